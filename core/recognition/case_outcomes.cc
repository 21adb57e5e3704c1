#include "core/recognition/case_outcomes.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/proto_time.h"
#include "core/recognition/clocks.h"
#include "core/recognition/policy.h"
#include "core/recognition/transitions.h"

namespace passerelle::recognition {
namespace {

bool IsInternal(const v1::CaseEvent& event) {
  switch (event.step()) {
    case v1::CASE_STEP_UNSPECIFIED:
    case v1::CASE_STEP_CHECK_AUTHENTICITY:
    case v1::CASE_STEP_RUN_RULES:
    case v1::CASE_STEP_ASK:
    case v1::CASE_STEP_ANSWER:
    case v1::CASE_STEP_PROPOSE:
      return true;
    case v1::CASE_STEP_HAND_TO_EVALUATOR:
      return event.role() == v1::CASE_ACTOR_DECIDER;  // a proposal that was sent back
    default:
      return false;
  }
}

// The holder learns of a decision when it was taken, not when it was proposed.
v1::CaseState ToldState(v1::CaseState state) {
  return state == v1::CASE_STATE_PROPOSED || state == v1::CASE_STATE_AUTO_CHECK ? v1::CASE_STATE_EVALUATION : state;
}

absl::string_view PurposeText(int purpose) {
  switch (purpose) {
    case sharing::v1::PURPOSE_FURTHER_LEARNING:
      return "access to further learning";
    case sharing::v1::PURPOSE_EMPLOYMENT:
      return "employment";
    default:
      return "recognition of the qualification or period of study";
  }
}

void Tell(absl::string_view reason, v1::RecognitionOutcome* outcome) {
  if (!reason.empty()) outcome->add_reasons(std::string(reason));
}

void TellDecision(const v1::Decision& decision, v1::RecognitionOutcome* outcome) {
  outcome->set_decision(decision.kind());
  *outcome->mutable_full_decision() = decision;
  if (!decision.competent_authority().empty()) outcome->set_competent_authority(decision.competent_authority());
  if (!decision.legal_base().empty()) outcome->set_legal_base(decision.legal_base());
  if (!decision.appeal().empty()) outcome->set_appeal(decision.appeal());
}

// In words for the holder, with the name under which the holder's side supplies it.
std::string MissingText(const v1::MissingItem& item) {
  return absl::StrContains(item.needed(), item.input()) ? item.needed()
                                                        : absl::StrCat(item.needed(), " (", item.input(), ")");
}

void TellDays(const v1::CaseProcedure& procedure, v1::RecognitionOutcome* outcome) {
  if (outcome->state() == v1::CASE_STATE_INCOMPLETE) {
    outcome->set_reply_until(procedure.reply_until());
    for (const v1::MissingItem& item : procedure.items()) {
      if (!item.supplied()) outcome->add_missing(MissingText(item));
    }
  }
  if (ClockRuns(outcome->state())) {
    outcome->set_due_day(procedure.due_day());
    outcome->set_expected_day(procedure.expected_day());
  }
  if (outcome->state() == v1::CASE_STATE_NOTIFIED || outcome->state() == v1::CASE_STATE_REVOKED) {
    outcome->set_appeal_until(procedure.appeal_until());
  }
}

}  // namespace

bool IsDecided(v1::CaseState state) {
  switch (state) {
    case v1::CASE_STATE_DECIDED:
    case v1::CASE_STATE_STATEMENT_ISSUED:
    case v1::CASE_STATE_NOTIFIED:
    case v1::CASE_STATE_APPEALED:
    case v1::CASE_STATE_APPEAL_DECIDED:
    case v1::CASE_STATE_FINAL:
    case v1::CASE_STATE_REVOKED:
    case v1::CASE_STATE_SUPERSEDED:
      return true;
    default:
      return false;
  }
}

bool ConcernsHolder(const v1::RecognitionCase& content, int events) {
  for (int i = events; i < content.events_size(); ++i) {
    if (!IsInternal(content.events(i))) return true;
  }
  return false;
}

v1::RecognitionOutcome OutcomeOfCase(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                     int events, absl::Time now) {
  const v1::CaseProcedure& procedure = content.procedure();
  v1::RecognitionOutcome outcome = MakeOutcome(policy, procedure.evaluation());
  // What the rules found is told in full the first time, and stands in the evaluation ever after.
  const bool first = !content.has_outcome() && procedure.has_evaluation();
  if (!first) outcome.clear_reasons();
  outcome.clear_decision();
  outcome.clear_missing();
  outcome.set_state(ToldState(content.state()));
  outcome.set_case_id(content.id());
  outcome.set_document_sha256(content.document().sha256());
  outcome.set_revision(procedure.revision());
  *outcome.mutable_outcome_time() = base::ToProto(now);
  for (int i = events; i < content.events_size(); ++i) {
    if (IsInternal(content.events(i))) continue;
    outcome.set_step(content.events(i).step());
    if (!first) Tell(content.events(i).reason(), &outcome);
  }
  if (IsDecided(content.state())) TellDecision(procedure.decision(), &outcome);
  TellDays(procedure, &outcome);
  return outcome;
}

v1::Decision DecisionByRule(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                            std::optional<int> eqf_level, absl::CivilDay today) {
  const v1::Evaluation& evaluation = content.procedure().evaluation();
  v1::Decision decision;
  decision.set_kind(v1::DECISION_KIND_AUTO_LEVEL);
  decision.set_agreement(evaluation.agreement());
  decision.set_scope("level only");
  for (const v1::Agreement& agreement : policy.agreements()) {
    if (agreement.id() != evaluation.agreement()) continue;
    decision.set_agreement(agreement.title().empty() ? agreement.id() : agreement.title());
    if (agreement.scope() == v1::AGREEMENT_SCOPE_ACCESS) decision.set_scope("access to further learning only");
    if (agreement.scope() == v1::AGREEMENT_SCOPE_LEVEL_AND_FIELD) decision.set_scope("level and field");
  }
  if (eqf_level.has_value()) decision.set_eqf_level(static_cast<uint32_t>(*eqf_level));
  // R-A04 is among the rules that are met.
  for (const v1::RuleResult& rule : evaluation.rules()) {
    if (rule.rule() == "R-A04") decision.set_authenticity_checked(rule.outcome() == v1::RULE_OUTCOME_MET);
  }
  CompleteDecision(policy, content, today, &decision);
  return decision;
}

void CompleteDecision(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content, absl::CivilDay today,
                      v1::Decision* decision) {
  const auto fill = [](const std::string& value, std::string* field) {
    if (field->empty()) *field = value;
  };
  fill(std::string(PurposeText(content.purpose())), decision->mutable_purpose());
  fill(policy.competent_authority(), decision->mutable_competent_authority());
  fill(policy.legal_base(), decision->mutable_legal_base());
  fill(policy.appeal(), decision->mutable_appeal());
  fill(policy.id(), decision->mutable_policy_id());
  fill(policy.version(), decision->mutable_policy_version());
  fill(DayText(today), decision->mutable_decision_date());
}

}  // namespace passerelle::recognition
