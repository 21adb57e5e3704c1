#include "core/recognition/policy_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/json.h"

namespace passerelle::recognition {
namespace {

void WriteTexts(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& texts,
                base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

}  // namespace

absl::string_view RuleWord(v1::RuleOutcome outcome) {
  switch (outcome) {
    case v1::RULE_OUTCOME_MET:
      return "MET";
    case v1::RULE_OUTCOME_NOT_MET:
      return "NOT_MET";
    default:
      return "UNKNOWN";
  }
}

absl::string_view StateWord(v1::CaseState state) {
  switch (state) {
    case v1::CASE_STATE_SUBMITTED:
      return "SUBMITTED";
    case v1::CASE_STATE_AUTO_CHECK:
      return "AUTO_CHECK";
    case v1::CASE_STATE_INCOMPLETE:
      return "INCOMPLETE";
    case v1::CASE_STATE_EVALUATION:
      return "EVALUATION";
    case v1::CASE_STATE_DECIDED:
      return "DECIDED";
    case v1::CASE_STATE_NOT_DELIVERED:
      return "NOT_DELIVERED";
    default:
      return "UNKNOWN";
  }
}

std::string OutcomeJson(const v1::RecognitionOutcome& outcome) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  json.Member("policy", outcome.evaluation().policy_id());
  json.Member("version", outcome.evaluation().policy_version());
  json.Member("state", StateWord(outcome.state()));
  json.Member("decision", outcome.decision() == v1::DECISION_KIND_FULL ? "FULL" : "");
  json.Key("rules");
  json.BeginArray();
  for (const v1::RuleResult& rule : outcome.evaluation().rules()) {
    json.BeginObject();
    json.Member("rule", rule.rule());
    json.Member("outcome", RuleWord(rule.outcome()));
    json.Member("required", rule.required());
    json.Member("found", rule.found());
    json.Member("explanation", rule.explanation());
    json.EndObject();
  }
  json.EndArray();
  WriteTexts("reasons", outcome.reasons(), &json);
  WriteTexts("missing", outcome.missing(), &json);
  json.Member("competent_authority", outcome.competent_authority());
  json.Member("legal_base", outcome.legal_base());
  json.Member("appeal", outcome.appeal());
  json.EndObject();
  return text;
}

std::string OutcomeText(const v1::RecognitionOutcome& outcome) {
  std::string text = absl::StrCat(
      StateWord(outcome.state()), outcome.decision() == v1::DECISION_KIND_FULL ? ", recognised in full" : "",
      "\npolicy ", outcome.evaluation().policy_id(), ", version ", outcome.evaluation().policy_version(), "\n\n");
  for (const v1::RuleResult& rule : outcome.evaluation().rules()) {
    absl::StrAppend(&text,
                    absl::StrFormat("%-8s %-26s %s\n", RuleWord(rule.outcome()), rule.rule(), rule.explanation()),
                    absl::StrFormat("%-36sasked: %s; found: %s\n", "", rule.required(),
                                    rule.found().empty() ? "nothing" : rule.found()));
  }
  if (!outcome.reasons().empty()) absl::StrAppend(&text, "\n", outcome.reasons(0), "\n");
  for (const std::string& missing : outcome.missing()) absl::StrAppend(&text, "  needed: ", missing, "\n");
  absl::StrAppend(&text, "\nCompetent authority: ", outcome.competent_authority(), "\n");
  if (!outcome.legal_base().empty()) absl::StrAppend(&text, "Legal base: ", outcome.legal_base(), "\n");
  if (!outcome.appeal().empty()) absl::StrAppend(&text, "Against this: ", outcome.appeal(), "\n");
  return text;
}

}  // namespace passerelle::recognition
