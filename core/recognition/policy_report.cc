#include "core/recognition/policy_report.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/recognition/decisions.h"
#include "core/recognition/routes.h"
#include "core/recognition/transitions.h"

namespace passerelle::recognition {
namespace {

void WriteTexts(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& texts,
                base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

void WriteInputs(absl::string_view name, const google::protobuf::RepeatedPtrField<v1::RuleInput>& inputs,
                 base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const v1::RuleInput& input : inputs) {
    json->BeginObject();
    json->Member("name", input.name());
    json->Member("value", input.value());
    json->Member("source", input.source());
    json->EndObject();
  }
  json->EndArray();
}

void WriteWarnings(const v1::Evaluation& evaluation, base::JsonWriter* json) {
  json->Key("warnings");
  json->BeginArray();
  for (const v1::EvaluationWarning& warning : evaluation.warnings()) {
    json->BeginObject();
    json->Member("reason", warning.reason());
    json->Member("explanation", warning.explanation());
    WriteTexts("inputs", warning.inputs(), json);
    json->EndObject();
  }
  json->EndArray();
}

// Route, proposal and profile of a policy with rules.
void WriteProposal(const v1::Evaluation& evaluation, base::JsonWriter* json) {
  json->Member("route", RouteWord(evaluation.route()));
  json->Member("route_reason", evaluation.route_reason());
  json->Member("proposed", KindWord(evaluation.proposed_kind()));
  json->Member("agreement", evaluation.agreement());
  json->Key("considered");
  json->BeginArray();
  for (const v1::ConsideredKind& considered : evaluation.considered()) {
    json->BeginObject();
    json->Member("kind", KindWord(considered.kind()));
    json->Member("reason", considered.reason());
    json->EndObject();
  }
  json->EndArray();
  json->Member("profile", evaluation.profile());
  WriteInputs("profile_evidence", evaluation.profile_evidence(), json);
  json->Member("facts_sha256", evaluation.facts_sha256());
}

// "level: IE-NFQ 8 (register of IE); …"
std::string InputsText(const v1::RuleResult& rule) {
  std::vector<std::string> texts;
  for (const v1::RuleInput& input : rule.inputs()) {
    texts.push_back(absl::StrCat(input.name(), " = ", input.value().empty() ? "not known" : input.value(), " [",
                                 input.source(), "]"));
  }
  return absl::StrJoin(texts, "; ");
}

std::string ProposalText(const v1::Evaluation& evaluation) {
  if (evaluation.route_reason().empty()) return "";
  std::string text = absl::StrCat(
      "route    ", RouteWord(evaluation.route()), "\n         ", evaluation.route_reason(), "\nproposal ",
      evaluation.proposed_kind() == v1::DECISION_KIND_UNSPECIFIED ? "none" : KindWord(evaluation.proposed_kind()),
      evaluation.agreement().empty() ? "" : ", by ", evaluation.agreement(), "\n");
  for (const v1::ConsideredKind& considered : evaluation.considered()) {
    absl::StrAppend(&text, "         not ", KindWord(considered.kind()), ": ", considered.reason(), "\n");
  }
  if (!evaluation.profile().empty()) absl::StrAppend(&text, "profile  ", evaluation.profile(), "\n");
  return absl::StrCat(text, "facts    sha256:", evaluation.facts_sha256(), "\n\n");
}

}  // namespace

absl::string_view RuleWord(v1::RuleOutcome outcome) {
  switch (outcome) {
    case v1::RULE_OUTCOME_MET:
      return "MET";
    case v1::RULE_OUTCOME_NOT_MET:
      return "NOT_MET";
    case v1::RULE_OUTCOME_NON_SUBSTANTIAL:
      return "NON_SUBSTANTIAL";
    case v1::RULE_OUTCOME_SUBSTANTIAL:
      return "SUBSTANTIAL";
    case v1::RULE_OUTCOME_NOT_APPLICABLE:
      return "NOT_APPLICABLE";
    default:
      return "UNKNOWN";
  }
}

absl::string_view StateWord(v1::CaseState state) {
  return state == v1::CASE_STATE_UNSPECIFIED ? "UNKNOWN" : StateName(state);
}

std::string WarningText(const v1::EvaluationWarning& warning) {
  return absl::StrCat(warning.reason(), " (", absl::StrJoin(warning.inputs(), "; "), ")");
}

std::string OutcomeJson(const v1::RecognitionOutcome& outcome) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  json.Member("policy", outcome.evaluation().policy_id());
  json.Member("version", outcome.evaluation().policy_version());
  json.Member("state", StateWord(outcome.state()));
  json.Member("decision", KindWord(outcome.decision()));
  WriteProposal(outcome.evaluation(), &json);
  json.Key("rules");
  json.BeginArray();
  for (const v1::RuleResult& rule : outcome.evaluation().rules()) {
    json.BeginObject();
    json.Member("rule", rule.rule());
    json.Member("outcome", RuleWord(rule.outcome()));
    json.Member("required", rule.required());
    json.Member("found", rule.found());
    json.Member("explanation", rule.explanation());
    json.Member("reason_code", rule.reason_code());
    json.Member("essential", rule.essential());
    WriteInputs("inputs", rule.inputs(), &json);
    json.EndObject();
  }
  json.EndArray();
  WriteTexts("reasons", outcome.reasons(), &json);
  WriteTexts("missing", outcome.missing(), &json);
  WriteWarnings(outcome.evaluation(), &json);
  json.Member("competent_authority", outcome.competent_authority());
  json.Member("legal_base", outcome.legal_base());
  json.Member("appeal", outcome.appeal());
  json.EndObject();
  return text;
}

std::string RulesText(const v1::Evaluation& evaluation) {
  std::string text;
  const auto add = [&text](const std::string& line) { absl::StrAppend(&text, base::OneLine(line), "\n"); };
  for (const v1::RuleResult& rule : evaluation.rules()) {
    add(absl::StrFormat("%-15s %-26s %s%s", RuleWord(rule.outcome()), rule.rule(), rule.explanation(),
                        rule.reason_code().empty() ? "" : absl::StrCat(" ", rule.reason_code())));
    add(absl::StrFormat("%-43sasked: %s; found: %s", "", rule.required(),
                        rule.found().empty() ? "nothing" : rule.found()));
    if (!rule.inputs().empty()) add(absl::StrFormat("%-43sfrom: %s", "", InputsText(rule)));
  }
  return text;
}

std::string OutcomeText(const v1::RecognitionOutcome& outcome) {
  const std::string decision =
      outcome.decision() == v1::DECISION_KIND_FULL
          ? ", recognised in full"
          : absl::StrCat(outcome.decision() == v1::DECISION_KIND_UNSPECIFIED ? "" : ", ", KindWord(outcome.decision()));
  std::string text = absl::StrCat(StateWord(outcome.state()), decision, "\n");
  const auto add = [&text](const std::string& line) { absl::StrAppend(&text, base::OneLine(line), "\n"); };
  add(absl::StrCat("policy ", outcome.evaluation().policy_id(), ", version ", outcome.evaluation().policy_version()));
  absl::StrAppend(&text, "\n", ProposalText(outcome.evaluation()), RulesText(outcome.evaluation()));
  if (!outcome.reasons().empty()) {
    text += "\n";
    add(outcome.reasons(0));
  }
  for (const std::string& missing : outcome.missing()) add("  needed: " + missing);
  for (const v1::EvaluationWarning& warning : outcome.evaluation().warnings()) {
    add(absl::StrCat("warning: ", WarningText(warning), " ", warning.explanation()));
  }
  text += "\n";
  add("Competent authority: " + outcome.competent_authority());
  if (!outcome.legal_base().empty()) add("Legal base: " + outcome.legal_base());
  if (!outcome.appeal().empty()) add("Against this: " + outcome.appeal());
  return text;
}

}  // namespace passerelle::recognition
