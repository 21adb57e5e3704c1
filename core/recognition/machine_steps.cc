#include "core/recognition/machine_steps.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "core/base/proto_time.h"
#include "core/recognition/case_context.h"
#include "core/recognition/clocks.h"
#include "core/recognition/missing_items.h"
#include "core/recognition/policy_check.h"
#include "core/recognition/procedure.h"
#include "core/recognition/routes.h"

namespace passerelle::recognition {
namespace {

constexpr uint32_t kAllOver = 100;       // per cent
constexpr char kFinalByClock[] = "T21";  // the row on which the time for an appeal is over

v1::CaseAction Machine(v1::CaseStep step, const v1::RecognitionCase& content, absl::string_view reason = "") {
  v1::CaseAction action;
  action.set_step(step);
  action.set_role(v1::CASE_ACTOR_SYSTEM);
  action.set_actor(std::string(kSystem));
  action.set_revision(content.procedure().revision());
  action.set_reason(std::string(reason));
  return action;
}

bool NothingOpen(const v1::CaseProcedure& procedure) {
  return !procedure.items().empty() && std::all_of(procedure.items().begin(), procedure.items().end(),
                                                   [](const v1::MissingItem& item) { return item.supplied(); });
}

// What the rules found missing, each once. Where nothing essential is, everything that is not known.
void ListItems(const v1::Evaluation& evaluation, v1::CaseAction* action) {
  bool essential = false;
  for (const v1::RuleResult& rule : evaluation.rules()) {
    essential = essential || (rule.essential() && rule.outcome() == v1::RULE_OUTCOME_UNKNOWN);
  }
  absl::flat_hash_set<std::string> listed;
  for (const v1::RuleResult& rule : evaluation.rules()) {
    if (rule.outcome() != v1::RULE_OUTCOME_UNKNOWN || (essential && !rule.essential())) continue;
    v1::MissingItem item = MissingItemOf(rule);
    if (action->items_size() == kMissingItemsMax || !listed.insert(item.input()).second) continue;
    *action->add_items() = std::move(item);
  }
}

v1::CaseAction RequestInformation(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                  absl::Time now) {
  v1::CaseAction action =
      Machine(v1::CASE_STEP_REQUEST_INFORMATION, content, "everything that is missing is asked for at once");
  ListItems(content.procedure().evaluation(), &action);
  const int days =
      policy.procedure().reply_days() == 0 ? kReplyDays : static_cast<int>(policy.procedure().reply_days());
  action.set_day(DayText(DayOf(now) + days));
  return action;
}

std::optional<v1::CaseAction> AfterSubmission(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                              absl::Time now) {
  if (!content.procedure().has_evaluation()) return std::nullopt;
  const v1::Evaluation& evaluation = content.procedure().evaluation();
  if (evaluation.route() == v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36) {
    return Machine(v1::CASE_STEP_CLOSE_OUT_OF_SCOPE, content, evaluation.route_reason());
  }
  if (evaluation.route() == v1::RECOGNITION_ROUTE_BLOCKED_CONSENT) return std::nullopt;
  if (evaluation.proposed_state() == v1::CASE_STATE_INCOMPLETE) return RequestInformation(policy, content, now);
  return Machine(v1::CASE_STEP_COMPLETE, content, "everything that is needed is there");
}

std::optional<v1::CaseAction> WhileIncomplete(const v1::RecognitionCase& content, absl::Time now) {
  const v1::CaseProcedure& procedure = content.procedure();
  if (NothingOpen(procedure)) return Machine(v1::CASE_STEP_COMPLETE, content, "everything that is needed is there");
  const std::optional<absl::CivilDay> until = ParseDay(procedure.reply_until());
  if (!until.has_value()) return std::nullopt;
  if (!procedure.reminded()) {
    if (DayOf(now) + kReminderDays < *until) return std::nullopt;
    return Machine(v1::CASE_STEP_REMIND, content, "what was asked for is still open");
  }
  if (DayOf(now) <= *until) return std::nullopt;
  return Machine(v1::CASE_STEP_LAPSE, content, "what was asked for did not come in time; the holder can apply again");
}

// Whether the rules found a suspicion of fraud that nobody has dropped.
bool Suspected(const v1::RecognitionCase& content) {
  if (content.procedure().evaluation().proposed_state() != v1::CASE_STATE_FRAUD_SUSPENDED) return false;
  return std::none_of(content.events().begin(), content.events().end(),
                      [](const v1::CaseEvent& event) { return event.step() == v1::CASE_STEP_RESUME; });
}

std::optional<v1::CaseAction> AfterAuthenticity(const v1::RecognitionCase& content) {
  if (Suspected(content)) return std::nullopt;
  if (HasAutomaticRules(content.procedure().route())) return Machine(v1::CASE_STEP_RUN_RULES, content);
  return Machine(v1::CASE_STEP_HAND_TO_EVALUATOR, content, "this route has no automatic rules");
}

std::optional<v1::CaseAction> AfterRules(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                         absl::Time now) {
  v1::CaseAction hand_over =
      Machine(v1::CASE_STEP_HAND_TO_EVALUATOR, content, "an automatic rule is not met or not known");
  if (CheckGuard(Guard::kSomeRuleOpen, {policy, content, hand_over, now}).ok()) return hand_over;
  // A person decides where national law asks for one.
  if (!policy.procedure().system_may_decide()) return std::nullopt;
  return Machine(v1::CASE_STEP_DECIDE_BY_RULE, content, "every automatic rule is met");
}

absl::string_view TimeOverText(uint32_t percent) {
  switch (percent) {
    case 50:
      return "a half of the time for the decision is over";
    case 75:
      return "three quarters of the time for the decision are over";
    case 90:
      return "nine tenths of the time for the decision are over";
    default:
      return "the time for the decision is over";
  }
}

std::optional<absl::CivilDay> DayToLook(const v1::RecognitionCase& content) {
  const v1::CaseProcedure& procedure = content.procedure();
  const auto after = [](std::optional<absl::CivilDay> day) {
    return day.has_value() ? std::optional<absl::CivilDay>(*day + 1) : std::nullopt;
  };
  if (content.state() == v1::CASE_STATE_INCOMPLETE) {
    const std::optional<absl::CivilDay> until = ParseDay(procedure.reply_until());
    if (!until.has_value() || procedure.reminded()) return after(until);
    return *until - kReminderDays;
  }
  if (content.state() == v1::CASE_STATE_NOTIFIED) return after(ParseDay(procedure.appeal_until()));
  if (!ClockRuns(content.state()) || procedure.time_over_percent() >= kAllOver) return std::nullopt;
  for (int i = 0; i < procedure.warning_days_size() && i < static_cast<int>(std::size(kWarningShares)); ++i) {
    if (kWarningShares[i] > static_cast<int>(procedure.time_over_percent())) return ParseDay(procedure.warning_days(i));
  }
  return after(ParseDay(procedure.due_day()));
}

}  // namespace

std::optional<v1::CaseAction> NextMachineStep(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                              absl::Time now) {
  switch (content.state()) {
    case v1::CASE_STATE_SUBMITTED:
      return AfterSubmission(policy, content, now);
    case v1::CASE_STATE_INCOMPLETE:
      return WhileIncomplete(content, now);
    case v1::CASE_STATE_COMPLETE:
      return Machine(v1::CASE_STEP_CHECK_AUTHENTICITY, content);
    case v1::CASE_STATE_AUTHENTICITY:
      return AfterAuthenticity(content);
    case v1::CASE_STATE_AUTO_CHECK:
      return AfterRules(policy, content, now);
    case v1::CASE_STATE_NOTIFIED: {
      v1::CaseAction action = Machine(v1::CASE_STEP_BECOME_FINAL, content, "the time for an appeal is over");
      if (!CheckGuard(Guard::kAppealOver, {policy, content, action, now}).ok()) return std::nullopt;
      return action;
    }
    default:
      return std::nullopt;
  }
}

std::optional<v1::CaseAction> OnceTold(const v1::RecognitionPolicy& policy, const v1::RecognitionOutcome& told,
                                       absl::string_view evidence, const v1::RecognitionCase& content) {
  if (!HasRuleBook(policy) || told.state() != content.state() || told.revision() != content.outcome().revision()) {
    return std::nullopt;
  }
  std::optional<v1::CaseAction> action;
  if (content.state() == v1::CASE_STATE_DECIDED) {
    action = Machine(v1::CASE_STEP_NOTIFY, content, "the holder's side has received the decision");
  } else if (content.state() == v1::CASE_STATE_APPEAL_DECIDED) {
    action = Machine(v1::CASE_STEP_BECOME_FINAL, content, "the holder's side was told what the appeal body decided");
  }
  if (action.has_value()) action->set_evidence_sha256(std::string(evidence));
  return action;
}

std::optional<v1::CaseEvent> RecordTimeOver(absl::Time now, v1::RecognitionCase* content) {
  const uint32_t over = IsOverdue(*content, now) ? kAllOver : static_cast<uint32_t>(WarningShare(*content, now));
  if (over <= content->procedure().time_over_percent()) return std::nullopt;
  content->mutable_procedure()->set_time_over_percent(over);
  v1::CaseEvent event;
  event.set_state(content->state());
  event.set_actor(std::string(kSystem));
  event.set_role(v1::CASE_ACTOR_SYSTEM);
  event.set_reason(std::string(TimeOverText(over)));
  event.set_overdue(over == kAllOver);
  *event.mutable_event_time() = base::ToProto(now);
  *content->mutable_update_time() = event.event_time();
  *content->add_events() = event;
  return event;
}

absl::string_view ClockOf(const v1::CaseEvent& event) {
  if (event.role() != v1::CASE_ACTOR_SYSTEM) return "";
  switch (event.step()) {
    case v1::CASE_STEP_UNSPECIFIED:
      return event.overdue() ? "decision" : "warning";
    case v1::CASE_STEP_REMIND:
      return "reminder";
    case v1::CASE_STEP_LAPSE:
      return "reply";
    case v1::CASE_STEP_BECOME_FINAL:
      return event.transition() == kFinalByClock ? "appeal" : "";
    default:
      return "";
  }
}

absl::Time NextLook(const v1::RecognitionCase& content, absl::Time now) {
  const std::optional<absl::CivilDay> day = DayToLook(content);
  if (!day.has_value()) return absl::InfiniteFuture();
  return absl::FromCivil(std::max(*day, DayOf(now) + 1), absl::UTCTimeZone());
}

std::optional<absl::CivilDay> DueDay(const v1::RecognitionCase& content) {
  const v1::CaseProcedure& procedure = content.procedure();
  if (content.state() == v1::CASE_STATE_INCOMPLETE) return ParseDay(procedure.reply_until());
  if (content.state() == v1::CASE_STATE_NOTIFIED) return ParseDay(procedure.appeal_until());
  if (!ClockRuns(content.state())) return std::nullopt;
  const std::optional<absl::CivilDay> expected = ParseDay(procedure.expected_day());
  return expected.has_value() ? expected : ParseDay(procedure.due_day());
}

}  // namespace passerelle::recognition
