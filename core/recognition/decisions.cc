#include "core/recognition/decisions.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/decimal.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"
#include "core/recognition/reason_codes.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

constexpr uint32_t kDecidedLevelMax = 8;  // of the European Qualifications Framework

absl::Status Missing(absl::string_view field) {
  return Problem(Reason::kFieldMissing, absl::StrCat("decision.", field));
}
absl::Status InvalidDecision(absl::string_view field, absl::string_view detail) {
  return Problem(Reason::kFieldInvalid, absl::StrCat("decision.", field), detail);
}

// Whether a text says something: blanks alone are none.
bool Says(absl::string_view text) { return text.find_first_not_of(" \t\r\n") != absl::string_view::npos; }

struct Named {
  const char* field;
  const std::string& text;
};

absl::Status Demand(std::initializer_list<Named> texts) {
  for (const Named& named : texts) {
    if (!Says(named.text)) return Missing(named.field);
  }
  return absl::OkStatus();
}

absl::Status CheckReasons(const v1::Decision& decision) {
  for (int i = 0; i < decision.reasons_size(); ++i) {
    const v1::DecisionReason& reason = decision.reasons(i);
    const std::string place = absl::StrCat("reasons[", i, "].");
    if (!FindReasonCode(reason.code()).has_value())
      return InvalidDecision(place + "code", "there is no such reason code");
    if (!Says(reason.text())) return Missing(place + "text");
  }
  return absl::OkStatus();
}

// L8: whoever gets less than was asked for is told why, and what can be done.
absl::Status CheckReasonsAndAppeal(const v1::Decision& decision) {
  if (decision.reasons().empty()) return Missing("reasons");
  return Demand({{"appeal", decision.appeal()}});
}

absl::Status CheckUnits(const v1::Decision& decision) {
  RETURN_IF_ERROR(Demand({{"target", decision.target()}}));
  if (decision.accepted().empty()) return Missing("accepted");
  if (decision.not_accepted().empty()) return Missing("not_accepted");
  for (int i = 0; i < decision.accepted_size(); ++i) {
    const std::string place = absl::StrCat("accepted[", i, "].");
    if (!Says(decision.accepted(i).unit())) return Missing(place + "unit");
    if (!base::Decimal::Parse(decision.accepted(i).ects()).has_value()) {
      return InvalidDecision(place + "ects", "it is no decimal number such as 7.5");
    }
  }
  for (int i = 0; i < decision.not_accepted_size(); ++i) {
    const std::string place = absl::StrCat("not_accepted[", i, "].");
    if (!Says(decision.not_accepted(i).unit())) return Missing(place + "unit");
    if (!Says(decision.not_accepted(i).reason())) return Missing(place + "reason");
  }
  return absl::OkStatus();
}

absl::Status CheckConditions(const v1::Decision& decision) {
  if (decision.conditions().empty()) return Missing("conditions");
  for (int i = 0; i < decision.conditions_size(); ++i) {
    const v1::DecisionCondition& condition = decision.conditions(i);
    const std::string place = absl::StrCat("conditions[", i, "].");
    if (!Says(condition.condition())) return Missing(place + "condition");
    if (!Says(condition.checked_by())) return Missing(place + "checked_by");
    if (!ParseDay(condition.until()).has_value())
      return InvalidDecision(place + "until", "it is no day such as 2026-01-31");
    if (!Says(condition.if_met())) return Missing(place + "if_met");
    if (!Says(condition.if_unmet())) return Missing(place + "if_unmet");
  }
  return absl::OkStatus();
}

// L7: refused only when nothing else works, and only for a difference that matters.
absl::Status CheckRefusal(const v1::Decision& decision) {
  bool grounded = false;
  for (int i = 0; i < decision.reasons_size(); ++i) {
    const v1::DecisionReason& reason = decision.reasons(i);
    if (FindReasonCode(reason.code())->kind != ReasonKind::kSubstantial) continue;
    const std::string place = absl::StrCat("reasons[", i, "].");
    if (!Says(reason.evidence())) return Missing(place + "evidence");
    if (!Says(reason.purpose_link())) return Missing(place + "purpose_link");
    grounded = true;
  }
  if (!grounded) {
    return Problem(Reason::kRefusalWithoutGround, "decision.reasons",
                   "no substantial difference is shown; what is not known or does not matter refuses nothing");
  }
  for (const v1::DecisionKind kind :
       {v1::DECISION_KIND_ALTERNATIVE, v1::DECISION_KIND_PARTIAL, v1::DECISION_KIND_CONDITIONAL}) {
    const auto& considered = decision.considered();
    const bool explained = std::any_of(considered.begin(), considered.end(), [&](const v1::ConsideredKind& entry) {
      return entry.kind() == kind && Says(entry.reason());
    });
    if (!explained) return Missing(absl::StrCat("considered[", KindWord(kind), "]"));
  }
  return Demand({{"remedial_advice", decision.remedial_advice()}});
}

absl::Status CheckStatement(const v1::Decision& decision) {
  RETURN_IF_ERROR(Demand({{"level", decision.level()},
                          {"workload", decision.workload()},
                          {"quality", decision.quality()},
                          {"legal_value", decision.legal_value()}}));
  // Either there is something comparable, or it is said that there is nothing: silence is neither.
  if (decision.comparable().empty() != decision.nothing_comparable()) return Missing("comparable");
  return absl::OkStatus();
}

absl::Status CheckAutoLevel(const v1::Decision& decision) {
  RETURN_IF_ERROR(Demand({{"agreement", decision.agreement()}, {"scope", decision.scope()}}));
  if (decision.eqf_level() == 0) return Missing("eqf_level");
  if (!decision.authenticity_checked()) return Missing("authenticity_checked");
  return absl::OkStatus();
}

absl::Status CheckKind(const v1::Decision& decision) {
  switch (decision.kind()) {
    case v1::DECISION_KIND_FULL:
      return Demand({{"recognised_as", decision.recognised_as()}});
    case v1::DECISION_KIND_AUTO_LEVEL:
      return CheckAutoLevel(decision);
    case v1::DECISION_KIND_STATEMENT:
      return CheckStatement(decision);
    case v1::DECISION_KIND_PARTIAL:
      RETURN_IF_ERROR(CheckReasonsAndAppeal(decision));
      return CheckUnits(decision);
    case v1::DECISION_KIND_CONDITIONAL:
      RETURN_IF_ERROR(CheckReasonsAndAppeal(decision));
      return CheckConditions(decision);
    case v1::DECISION_KIND_ALTERNATIVE:
      RETURN_IF_ERROR(CheckReasonsAndAppeal(decision));
      return Demand({{"alternative", decision.alternative()}, {"bridging_offer", decision.bridging_offer()}});
    case v1::DECISION_KIND_REFUSED:
      RETURN_IF_ERROR(CheckReasonsAndAppeal(decision));
      return CheckRefusal(decision);
    default:
      return Missing("kind");
  }
}

}  // namespace

absl::Status CheckDecision(const v1::Decision& decision) {
  if (decision.kind() == v1::DECISION_KIND_UNSPECIFIED) return Missing("kind");
  RETURN_IF_ERROR(Demand({{"purpose", decision.purpose()},
                          {"competent_authority", decision.competent_authority()},
                          {"policy_id", decision.policy_id()},
                          {"policy_version", decision.policy_version()}}));
  if (decision.kind() != v1::DECISION_KIND_STATEMENT) {
    RETURN_IF_ERROR(Demand({{"legal_base", decision.legal_base()}}));
  }
  if (decision.eqf_level() > kDecidedLevelMax) return InvalidDecision("eqf_level", "levels go from 1 to 8");
  if (!ParseDay(decision.decision_date()).has_value()) {
    return InvalidDecision("decision_date", "it is no day such as 2026-01-31");
  }
  RETURN_IF_ERROR(CheckReasons(decision));
  return CheckKind(decision);
}

bool EssentialUnknown(const v1::Evaluation& evaluation) {
  return std::any_of(evaluation.rules().begin(), evaluation.rules().end(), [](const v1::RuleResult& rule) {
    return rule.essential() && rule.outcome() == v1::RULE_OUTCOME_UNKNOWN;
  });
}

absl::Status CheckAgainstEvaluation(const v1::Decision& decision, const v1::Evaluation& evaluation) {
  const bool less = decision.kind() != v1::DECISION_KIND_FULL && decision.kind() != v1::DECISION_KIND_AUTO_LEVEL &&
                    decision.kind() != v1::DECISION_KIND_STATEMENT;
  if (less && EssentialUnknown(evaluation)) {
    return Problem(Reason::kNoEvidence, "evaluation.rules",
                   "something essential is not known; ask before anything is decided against the applicant");
  }
  if (decision.kind() != evaluation.proposed_kind() && !Says(decision.departure_reason())) {
    return Missing("departure_reason");
  }
  return absl::OkStatus();
}

absl::string_view KindWord(v1::DecisionKind kind) {
  const absl::string_view name = v1::DecisionKind_Name(kind);
  constexpr absl::string_view kPrefix = "DECISION_KIND_";
  if (kind == v1::DECISION_KIND_UNSPECIFIED || name.size() <= kPrefix.size()) return "";
  return name.substr(kPrefix.size());
}

}  // namespace passerelle::recognition
