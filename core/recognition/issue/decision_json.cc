#include "core/recognition/issue/decision_json.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/recognition/decisions.h"
#include "core/recognition/reason_codes.h"
#include "core/recognition/transitions.h"

namespace passerelle::recognition {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;

// A member that says something.
void Text(absl::string_view name, const std::string& text, JsonWriter& json) {
  if (!text.empty()) json.Member(name, text);
}

template <typename Entries, typename Write>
void List(absl::string_view name, const Entries& entries, Write write, JsonWriter& json) {
  if (entries.empty()) return;
  json.Key(name);
  json.BeginArray();
  for (const auto& entry : entries) {
    json.BeginObject();
    write(entry);
    json.EndObject();
  }
  json.EndArray();
}

void WriteUnits(const v1::Decision& decision, JsonWriter& json) {
  const auto unit = [&json](const v1::DecidedUnit& entry) {
    json.Member("unit", entry.unit());
    Text("ects", entry.ects(), json);
    Text("reason", entry.reason(), json);
  };
  List("accepted", decision.accepted(), unit, json);
  List("not_accepted", decision.not_accepted(), unit, json);
}

void WriteConditions(const v1::Decision& decision, JsonWriter& json) {
  const auto condition = [&json](const v1::DecisionCondition& entry) {
    json.Member("condition", entry.condition());
    json.Member("checked_by", entry.checked_by());
    json.Member("until", entry.until());
    json.Member("if_met", entry.if_met());
    json.Member("if_unmet", entry.if_unmet());
  };
  List("conditions", decision.conditions(), condition, json);
}

void WriteReasons(const v1::Decision& decision, JsonWriter& json) {
  const auto reason = [&json](const v1::DecisionReason& entry) {
    json.Member("code", entry.code());
    if (const std::optional<ReasonCode> code = FindReasonCode(entry.code())) json.Member("meaning", code->meaning);
    json.Member("text", entry.text());
    Text("evidence", entry.evidence(), json);
    Text("purpose_link", entry.purpose_link(), json);
  };
  const auto considered = [&json](const v1::ConsideredKind& entry) {
    json.Member("kind", KindWord(entry.kind()));
    json.Member("reason", entry.reason());
  };
  List("reasons", decision.reasons(), reason, json);
  List("considered", decision.considered(), considered, json);
}

void WriteStatement(const v1::Decision& decision, JsonWriter& json) {
  Text("workload", decision.workload(), json);
  Text("quality", decision.quality(), json);
  if (!decision.comparable().empty()) {
    json.Key("comparable");
    json.BeginArray();
    for (const std::string& credential : decision.comparable()) json.String(credential);
    json.EndArray();
  }
  if (decision.nothing_comparable()) json.Member("nothing_comparable", true);
  Text("legal_value", decision.legal_value(), json);
}

void WriteBase(const v1::RecognitionCase& content, JsonWriter& json) {
  const v1::Decision& decision = content.procedure().decision();
  json.Member("competent_authority", decision.competent_authority());
  Text("legal_base", decision.legal_base(), json);
  json.Key("policy");
  json.BeginObject();
  json.Member("id", decision.policy_id());
  json.Member("version", decision.policy_version());
  json.EndObject();
  Text("procedure_version", content.procedure().version(), json);
  json.Member("decision_date", decision.decision_date());
  Text("departure_reason", decision.departure_reason(), json);
}

}  // namespace

absl::Status CheckIssuable(const v1::RecognitionCase& content) {
  switch (content.state()) {
    case v1::CASE_STATE_NOTIFIED:
    case v1::CASE_STATE_APPEAL_DECIDED:
    case v1::CASE_STATE_FINAL:
    case v1::CASE_STATE_STATEMENT_ISSUED:
      return CheckDecision(content.procedure().decision());
    default:
      return Problem(Reason::kGuardNotMet, "state",
                     absl::StrCat("the case is ", StateName(content.state()),
                                  "; what is issued is a decision that the holder was told of and that stands"));
  }
}

std::string DecisionJson(const v1::RecognitionCase& content) {
  const v1::Decision& decision = content.procedure().decision();
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Member("case", content.id());
  json.Key("document");
  json.BeginObject();
  json.Member("sha256", content.document().sha256());
  json.EndObject();
  json.Member("kind", KindWord(decision.kind()));
  json.Member("purpose", decision.purpose());
  Text("recognised_as", decision.recognised_as(), json);
  Text("scope", decision.scope(), json);
  if (decision.eqf_level() > 0) json.Member("eqf_level", static_cast<int64_t>(decision.eqf_level()));
  Text("level", decision.level(), json);
  Text("agreement", decision.agreement(), json);
  if (decision.authenticity_checked()) json.Member("authenticity_checked", true);
  Text("target", decision.target(), json);
  WriteUnits(decision, json);
  WriteConditions(decision, json);
  Text("alternative", decision.alternative(), json);
  Text("bridging_offer", decision.bridging_offer(), json);
  WriteReasons(decision, json);
  Text("appeal", decision.appeal(), json);
  Text("remedial_advice", decision.remedial_advice(), json);
  WriteStatement(decision, json);
  WriteBase(content, json);
  json.EndObject();
  return text;
}

std::string DecisionSha256(const v1::RecognitionCase& content) { return base::Sha256Hex(DecisionJson(content)); }

}  // namespace passerelle::recognition
