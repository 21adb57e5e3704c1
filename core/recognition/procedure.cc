#include "core/recognition/procedure.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"
#include "core/recognition/missing_items.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

void StartClock(const v1::RecognitionPolicy& policy, absl::CivilDay today, v1::CaseProcedure* procedure) {
  const DecisionClock clock = StartDecisionClock(today, policy.procedure());
  procedure->set_complete_day(DayText(today));
  procedure->set_due_day(DayText(clock.due));
  procedure->clear_warning_days();
  for (const absl::CivilDay day : clock.warnings) procedure->add_warning_days(DayText(day));
  procedure->clear_expected_day();
}

void StartAppeal(const v1::RecognitionPolicy& policy, absl::CivilDay today, v1::CaseProcedure* procedure) {
  procedure->set_notified_day(DayText(today));
  const std::optional<absl::CivilDay> until = AppealUntil(policy.procedure(), policy.country(), today);
  procedure->set_appeal_until(until.has_value() ? DayText(*until) : "");
}

// What was known of the case goes; that it was there, and withdrawn, stays.
void Minimise(v1::CaseProcedure* procedure) {
  procedure->clear_items();
  procedure->clear_inquiries();
  procedure->clear_evaluation();
  procedure->clear_decision();
}

void TickOff(const v1::CaseAction& action, v1::CaseProcedure* procedure) {
  for (const v1::MissingItem& supplied : action.items()) {
    for (v1::MissingItem& item : *procedure->mutable_items()) {
      if (item.input() == supplied.input()) item.set_supplied(true);
    }
  }
}

void Ask(const Attempt& attempt, v1::CaseProcedure* procedure) {
  v1::Inquiry* inquiry = procedure->add_inquiries();
  inquiry->set_asked(attempt.action.inquiry().asked());
  inquiry->set_question(attempt.action.inquiry().question());
  inquiry->set_asked_from(attempt.content.state());
}

void Answer(const v1::CaseAction& action, v1::CaseProcedure* procedure) {
  v1::Inquiry* inquiry = procedure->mutable_inquiries(procedure->inquiries_size() - 1);
  inquiry->set_answer(action.inquiry().answer());
  inquiry->set_evidence_sha256(action.evidence_sha256());
}

void Decide(const v1::CaseAction& action, v1::CaseProcedure* procedure) {
  if (action.has_decision()) *procedure->mutable_decision() = action.decision();
  procedure->set_decided_by(action.actor());
}

// What a step leaves in the case besides its state.
void Leave(const Attempt& attempt, v1::CaseProcedure* procedure) {
  const v1::CaseAction& action = attempt.action;
  const absl::CivilDay today = DayOf(attempt.now);
  if (action.has_evaluation()) *procedure->mutable_evaluation() = action.evaluation();
  switch (action.step()) {
    case v1::CASE_STEP_SUBMIT:
      procedure->set_version(attempt.policy.procedure().version());
      procedure->set_kind(attempt.policy.procedure().kind());
      break;
    case v1::CASE_STEP_REQUEST_INFORMATION:
      *procedure->mutable_items() = action.items();
      for (v1::MissingItem& item : *procedure->mutable_items()) item.set_supplied(false);
      procedure->set_reply_until(action.day());
      procedure->set_reminded(false);
      break;
    case v1::CASE_STEP_SUPPLY:
      TickOff(action, procedure);
      break;
    case v1::CASE_STEP_REMIND:
      procedure->set_reminded(true);
      break;
    case v1::CASE_STEP_COMPLETE:
    case v1::CASE_STEP_SEND_BACK:
      StartClock(attempt.policy, today, procedure);
      break;
    case v1::CASE_STEP_ASK:
      Ask(attempt, procedure);
      break;
    case v1::CASE_STEP_ANSWER:
      Answer(action, procedure);
      break;
    case v1::CASE_STEP_PROPOSE:
      *procedure->mutable_decision() = action.decision();
      procedure->set_proposed_by(action.actor());
      break;
    case v1::CASE_STEP_DECIDE:
    case v1::CASE_STEP_DECIDE_BY_RULE:
    case v1::CASE_STEP_CORRECT:
    case v1::CASE_STEP_ISSUE_STATEMENT:
      Decide(action, procedure);
      break;
    case v1::CASE_STEP_DECIDE_APPEAL:
      // Upheld, the decision stays who decided it.
      if (action.has_decision()) Decide(action, procedure);
      break;
    case v1::CASE_STEP_ROUTE_TO_RPL:
      procedure->set_handed_to(action.other());
      break;
    case v1::CASE_STEP_NOTIFY:
    case v1::CASE_STEP_REVOKE:
      StartAppeal(attempt.policy, today, procedure);
      break;
    case v1::CASE_STEP_DELAY:
      procedure->set_expected_day(action.day());
      break;
    case v1::CASE_STEP_SUPERSEDE:
      procedure->set_linked_case(action.other());
      break;
    case v1::CASE_STEP_WITHDRAW:
      Minimise(procedure);
      break;
    default:
      break;
  }
}

// Without the holder's consent nothing goes on before the decision, except that the case ends.
absl::Status CheckConsent(const Attempt& attempt) {
  const v1::CaseState state = attempt.content.state();
  const bool undecided = ClockRuns(state) || state == v1::CASE_STATE_SUBMITTED || state == v1::CASE_STATE_INCOMPLETE;
  const v1::CaseStep step = attempt.action.step();
  if (!undecided || step == v1::CASE_STEP_WITHDRAW || step == v1::CASE_STEP_LAPSE ||
      step == v1::CASE_STEP_CLOSE_OUT_OF_SCOPE || attempt.content.procedure().consent() == v1::KNOWN_YES) {
    return absl::OkStatus();
  }
  // That nothing is known of the consent is not that it was withdrawn.
  const bool withdrawn = attempt.content.procedure().consent() == v1::KNOWN_NO;
  return Problem(withdrawn ? Reason::kConsentWithdrawn : Reason::kAuthorisationInvalid, "consent");
}

// The row that the action takes; the reason why none does otherwise.
absl::StatusOr<const Transition*> Choose(const Attempt& attempt) {
  const v1::CaseAction& action = attempt.action;
  const std::vector<const Transition*> rows = TransitionsFrom(attempt.content.state(), action.step());
  if (rows.empty()) {
    return Problem(
        Reason::kTransitionNotAllowed, "step",
        absl::StrCat("a case that is ", StateName(attempt.content.state()), " has no step ", StepName(action.step())));
  }
  absl::Status refusal =
      Problem(Reason::kActorNotAllowed, "role",
              absl::StrCat(ActorName(action.role()), " may not take the step ", StepName(action.step())));
  for (const Transition* row : rows) {
    if (!row->Allows(action.role())) continue;
    absl::Status status;
    for (const Guard guard : row->guards) {
      status = CheckGuard(guard, attempt);
      if (!status.ok()) break;
    }
    if (status.ok()) return row;
    refusal = status;
  }
  return refusal;
}

}  // namespace

absl::StatusOr<v1::CaseEvent> TakeStep(const v1::RecognitionPolicy& policy, const v1::CaseAction& action,
                                       absl::Time now, v1::RecognitionCase* content) {
  if (action.revision() != content->procedure().revision()) return Problem(Reason::kEtagMismatch, "revision");
  if (!content->events().empty() && now < base::FromProto(content->events().rbegin()->event_time())) {
    return Problem(Reason::kClockSetBack, "event_time", "it is before what happened last; the clock was set back");
  }
  const Attempt attempt{policy, *content, action, now};
  RETURN_IF_ERROR(CheckConsent(attempt));
  ASSIGN_OR_RETURN(const Transition* const row, Choose(attempt));
  v1::CaseEvent event;
  event.set_state(row->to);
  event.set_actor(action.actor());
  event.set_reason(action.reason());
  *event.mutable_event_time() = base::ToProto(now);
  event.set_evidence_sha256(action.evidence_sha256());
  event.set_step(action.step());
  event.set_role(action.role());
  event.set_transition(row->id);
  event.set_reason_code(action.reason_code());
  event.set_overdue(IsOverdue(*content, now));
  v1::CaseProcedure procedure = content->procedure();
  Leave(attempt, &procedure);
  procedure.set_revision(procedure.revision() + 1);
  *content->mutable_procedure() = std::move(procedure);
  content->set_state(row->to);
  *content->mutable_update_time() = event.event_time();
  *content->add_events() = event;
  return event;
}

void BeginProcedure(const v1::RecognitionPolicy& policy, const v1::RecognitionOutcome& outcome, absl::Time now,
                    v1::CaseProcedure* procedure) {
  procedure->set_version(policy.procedure().version());
  procedure->set_kind(policy.procedure().kind());
  procedure->set_consent(v1::KNOWN_YES);
  procedure->set_route(outcome.evaluation().route());
  *procedure->mutable_evaluation() = outcome.evaluation();
  if (outcome.state() != v1::CASE_STATE_INCOMPLETE) {
    StartClock(policy, DayOf(now), procedure);
    return;
  }
  for (const v1::RuleResult& rule : outcome.evaluation().rules()) {
    if (rule.outcome() == v1::RULE_OUTCOME_UNKNOWN) *procedure->add_items() = MissingItemOf(rule);
  }
  const int days =
      policy.procedure().reply_days() == 0 ? kReplyDays : static_cast<int>(policy.procedure().reply_days());
  procedure->set_reply_until(DayText(DayOf(now) + days));
}

bool IsOverdue(const v1::RecognitionCase& content, absl::Time now) {
  const std::optional<absl::CivilDay> due = ParseDay(content.procedure().due_day());
  return ClockRuns(content.state()) && due.has_value() && DayOf(now) > *due;
}

int WarningShare(const v1::RecognitionCase& content, absl::Time now) {
  if (!ClockRuns(content.state())) return 0;
  int share = 0;
  const int shares = static_cast<int>(std::size(kWarningShares));
  for (int i = 0; i < content.procedure().warning_days_size() && i < shares; ++i) {
    const std::optional<absl::CivilDay> day = ParseDay(content.procedure().warning_days(i));
    if (day.has_value() && *day <= DayOf(now)) share = kWarningShares[i];
  }
  return share;
}

}  // namespace passerelle::recognition
