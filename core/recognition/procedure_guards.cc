#include <algorithm>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"
#include "core/recognition/decisions.h"
#include "core/recognition/procedure.h"
#include "core/recognition/reason_codes.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

constexpr char kAutomaticRule[] = "R-A";
constexpr char kComparisonRule[] = "R-C";

absl::Status Hold(bool holds, Guard guard) {
  return holds ? absl::OkStatus() : Problem(Reason::kGuardNotMet, "guard", absl::StrCat("not so: ", GuardText(guard)));
}

const v1::Evaluation& EvaluationOf(const Attempt& attempt) {
  return attempt.action.has_evaluation() ? attempt.action.evaluation() : attempt.content.procedure().evaluation();
}

// The decision that a step is about: its own, or the one that was proposed.
const v1::Decision& DecisionOf(const Attempt& attempt) {
  return attempt.action.has_decision() ? attempt.action.decision() : attempt.content.procedure().decision();
}

bool AllItemsListed(const Attempt& attempt) {
  const auto& items = attempt.action.items();
  if (items.empty() || items.size() > kMissingItemsMax) return false;
  absl::flat_hash_set<absl::string_view> listed;
  for (const v1::MissingItem& item : items) {
    if (item.input().empty() || item.needed().empty() || !listed.insert(item.input()).second) return false;
  }
  // What is known to be missing by now: a second request later would cost the holder another wait.
  const auto& known = attempt.content.procedure().items();
  return std::all_of(known.begin(), known.end(),
                     [&](const v1::MissingItem& item) { return item.supplied() || listed.contains(item.input()); });
}

bool ItemsKnown(const Attempt& attempt) {
  const auto& known = attempt.content.procedure().items();
  const auto& items = attempt.action.items();
  return !items.empty() && std::all_of(items.begin(), items.end(), [&](const v1::MissingItem& item) {
    return std::any_of(known.begin(), known.end(), [&](const auto& other) { return other.input() == item.input(); });
  });
}

bool NothingOpen(const Attempt& attempt) {
  const auto& items = attempt.content.procedure().items();
  return std::all_of(items.begin(), items.end(), [](const v1::MissingItem& item) { return item.supplied(); });
}

const v1::Inquiry* LastInquiry(const Attempt& attempt) {
  const auto& inquiries = attempt.content.procedure().inquiries();
  return inquiries.empty() ? nullptr : &inquiries.Get(inquiries.size() - 1);
}

bool AnswerFromAsked(const Attempt& attempt) {
  const v1::Inquiry* const asked = LastInquiry(attempt);
  // A node that was not asked is not the competent one, whatever it says.
  return asked != nullptr && asked->asked() == attempt.action.actor() && !attempt.action.inquiry().answer().empty() &&
         !attempt.action.evidence_sha256().empty();
}

bool AskedFrom(const Attempt& attempt, v1::CaseState state) {
  const v1::Inquiry* const asked = LastInquiry(attempt);
  return asked != nullptr && asked->asked_from() == state;
}

bool AllRulesMet(const Attempt& attempt) {
  int met = 0;
  for (const v1::RuleResult& rule : attempt.content.procedure().evaluation().rules()) {
    if (!absl::StartsWith(rule.rule(), kAutomaticRule)) continue;
    if (rule.outcome() == v1::RULE_OUTCOME_NOT_APPLICABLE) continue;
    if (rule.outcome() != v1::RULE_OUTCOME_MET) return false;
    ++met;
  }
  return met > 0;
}

bool AllCompared(const Attempt& attempt) {
  const v1::Evaluation& evaluation = EvaluationOf(attempt);
  for (const v1::ComparisonRule& asked : attempt.policy.comparison().rules()) {
    const auto& rules = evaluation.rules();
    const bool judged = std::any_of(rules.begin(), rules.end(), [&](const v1::RuleResult& rule) {
      return absl::StartsWith(rule.rule(), asked.rule()) && rule.outcome() != v1::RULE_OUTCOME_UNSPECIFIED &&
             !rule.explanation().empty();
    });
    if (!judged) return false;
  }
  return std::any_of(evaluation.rules().begin(), evaluation.rules().end(),
                     [](const v1::RuleResult& rule) { return absl::StartsWith(rule.rule(), kComparisonRule); });
}

bool LaterDay(const Attempt& attempt) {
  const std::optional<absl::CivilDay> day = ParseDay(attempt.action.day());
  const std::optional<absl::CivilDay> due = ParseDay(attempt.content.procedure().due_day());
  return day.has_value() && *day > DayOf(attempt.now) && (!due.has_value() || *day > *due);
}

bool ReplyOver(const Attempt& attempt) {
  const std::optional<absl::CivilDay> last = ParseDay(attempt.content.procedure().reply_until());
  return last.has_value() && DayOf(attempt.now) > *last && attempt.content.procedure().reminded();
}

// Whether today is after the last day for an appeal; nullopt while no such day is known.
std::optional<bool> AppealTimeOver(const Attempt& attempt) {
  const std::optional<absl::CivilDay> last = ParseDay(attempt.content.procedure().appeal_until());
  if (!last.has_value()) return std::nullopt;
  return DayOf(attempt.now) > *last;
}

// The kinds that a step can decide.
bool KindFits(v1::CaseStep step, v1::DecisionKind kind) {
  switch (step) {
    case v1::CASE_STEP_DECIDE_BY_RULE:
      return kind == v1::DECISION_KIND_AUTO_LEVEL;
    case v1::CASE_STEP_ISSUE_STATEMENT:
      return kind == v1::DECISION_KIND_STATEMENT;
    default:
      return kind != v1::DECISION_KIND_STATEMENT && kind != v1::DECISION_KIND_AUTO_LEVEL;
  }
}

absl::Status DecisionComplete(const Attempt& attempt) {
  const v1::Decision& decision = DecisionOf(attempt);
  RETURN_IF_ERROR(CheckDecision(decision));
  if (!KindFits(attempt.action.step(), decision.kind())) {
    return Problem(Reason::kFieldInvalid, "decision.kind", "this step cannot end in a decision of this kind");
  }
  if (attempt.action.step() == v1::CASE_STEP_DECIDE_BY_RULE || attempt.action.step() == v1::CASE_STEP_ISSUE_STATEMENT) {
    return absl::OkStatus();
  }
  return CheckAgainstEvaluation(decision, EvaluationOf(attempt));
}

absl::Status NotAgainstUnknown(const Attempt& attempt) {
  const bool full = DecisionOf(attempt).kind() == v1::DECISION_KIND_FULL;
  if (full || !EssentialUnknown(EvaluationOf(attempt))) return absl::OkStatus();
  return Problem(Reason::kNoEvidence, "evaluation.rules",
                 "something essential is not known; ask before anything is proposed against the applicant");
}

bool RouteIs(const Attempt& attempt, std::initializer_list<v1::RecognitionRoute> routes) {
  return std::find(routes.begin(), routes.end(), attempt.content.procedure().route()) != routes.end();
}

bool IsAdvice(const Attempt& attempt) { return attempt.policy.procedure().kind() == v1::CASE_KIND_ADVICE; }

bool RepliesLater(const Attempt& attempt) {
  const std::optional<absl::CivilDay> day = ParseDay(attempt.action.day());
  return day.has_value() && *day > DayOf(attempt.now);
}

bool OtherPerson(const Attempt& attempt) {
  if (attempt.action.actor().empty()) return false;
  return !attempt.policy.procedure().four_eyes() || attempt.action.actor() != attempt.content.procedure().proposed_by();
}

// The guards that ask about questions, items and days.
bool HoldsOfExchange(Guard guard, const Attempt& attempt) {
  const v1::CaseAction& action = attempt.action;
  const v1::CaseProcedure& procedure = attempt.content.procedure();
  switch (guard) {
    case Guard::kAllItemsListed:
      return AllItemsListed(attempt);
    case Guard::kReplyDay:
      return RepliesLater(attempt);
    case Guard::kItemsKnown:
      return ItemsKnown(attempt);
    case Guard::kNothingOpen:
      return NothingOpen(attempt);
    case Guard::kReplyOver:
      return ReplyOver(attempt);
    case Guard::kQuestionNamed:
      return !action.inquiry().question().empty() && !action.inquiry().asked().empty() &&
             procedure.inquiries_size() < kInquiriesMax;
    case Guard::kAnswerFromAsked:
      return AnswerFromAsked(attempt);
    case Guard::kFromEvaluation:
      return AskedFrom(attempt, v1::CASE_STATE_EVALUATION);
    case Guard::kFromAuthenticity:
      return AskedFrom(attempt, v1::CASE_STATE_AUTHENTICITY);
    case Guard::kLaterDay:
      return LaterDay(attempt);
    case Guard::kAppealOpen:
      // While no limit is known, nobody is too late.
      return !AppealTimeOver(attempt).value_or(false);
    case Guard::kAppealOver:
      return AppealTimeOver(attempt).value_or(false);
    default:
      return false;
  }
}

bool Holds(Guard guard, const Attempt& attempt) {
  const v1::CaseAction& action = attempt.action;
  switch (guard) {
    case Guard::kConsent:
      return attempt.content.procedure().consent() == v1::KNOWN_YES;
    case Guard::kAimStated:
      return attempt.content.purpose() != sharing::v1::PURPOSE_UNSPECIFIED;
    case Guard::kInScope:
      return !RouteIs(attempt, {v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36});
    case Guard::kRegulated:
      return RouteIs(attempt, {v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36});
    case Guard::kFraudEvidence:
      return ShowsFraudOrLoss(action.reason_code()) && !action.evidence_sha256().empty();
    case Guard::kReason:
      return !action.reason().empty();
    case Guard::kAuthorityActs:
      return action.role() == v1::CASE_ACTOR_DECIDER || attempt.policy.procedure().system_may_decide();
    case Guard::kRouteCompares:
      return RouteIs(attempt, {v1::RECOGNITION_ROUTE_LRC, v1::RECOGNITION_ROUTE_MOBILITY_CREDIT});
    case Guard::kAllRulesMet:
      return AllRulesMet(attempt);
    case Guard::kSomeRuleOpen:
      return !AllRulesMet(attempt);
    case Guard::kAllCompared:
      return AllCompared(attempt);
    case Guard::kOtherPerson:
      return OtherPerson(attempt);
    case Guard::kKindDecision:
      return !IsAdvice(attempt);
    case Guard::kKindAdvice:
      return IsAdvice(attempt);
    case Guard::kRouteRpl:
      return RouteIs(attempt, {v1::RECOGNITION_ROUTE_RPL_VALIDATION, v1::RECOGNITION_ROUTE_RPL_WITH_EVIDENCE});
    case Guard::kHolderAgrees:
      return action.holder_agrees() == v1::KNOWN_YES && !action.other().empty();
    case Guard::kLinked:
      return !action.other().empty();
    default:
      return HoldsOfExchange(guard, attempt);
  }
}

}  // namespace

absl::Status CheckGuard(Guard guard, const Attempt& attempt) {
  switch (guard) {
    case Guard::kNone:
      return absl::OkStatus();
    case Guard::kDecisionComplete:
      return DecisionComplete(attempt);
    case Guard::kAmendmentComplete:
      return attempt.action.has_decision() ? DecisionComplete(attempt) : absl::OkStatus();
    case Guard::kNotAgainstUnknown:
      return NotAgainstUnknown(attempt);
    default:
      return Hold(Holds(guard, attempt), guard);
  }
}

}  // namespace passerelle::recognition
