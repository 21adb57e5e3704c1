// The walk of the state machine: every state, every step and every actor is allowed by the table or refused with a
// reason, and every guard of every row can hold and can fail.
#include "core/recognition/procedure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/recognition/clocks.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/decision_examples.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;

const absl::Time kProcedureNow = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 10, 0, 0), absl::UTCTimeZone());
constexpr char kProcedureDigest[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

// An attempt at which every guard holds that can hold at once.
struct Scene {
  v1::RecognitionPolicy policy;
  v1::RecognitionCase content;
  v1::CaseAction action;

  absl::StatusOr<v1::CaseEvent> Take(absl::Time now = kProcedureNow) { return TakeStep(policy, action, now, &content); }
};

v1::RuleResult Rule(const char* id, v1::RuleOutcome outcome, bool essential) {
  v1::RuleResult rule;
  rule.set_rule(id);
  rule.set_outcome(outcome);
  rule.set_explanation("because");
  rule.set_essential(essential);
  return rule;
}

Scene MakeScene() {
  Scene scene;
  scene.policy.set_country("BG");
  v1::Procedure* procedure = scene.policy.mutable_procedure();
  procedure->set_version("2026-01");
  procedure->set_kind(v1::CASE_KIND_DECISION);
  procedure->set_four_eyes(true);
  procedure->set_system_may_decide(true);
  v1::AppealLimit* limit = procedure->add_appeal_limits();
  limit->set_country("BG");
  limit->set_months(1);
  scene.policy.mutable_comparison()->add_rules()->set_rule("R-C01");
  scene.content.set_id("11111111-1111-4111-8111-111111111111");
  scene.content.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  v1::CaseProcedure* held = scene.content.mutable_procedure();
  held->set_consent(v1::KNOWN_YES);
  held->set_route(v1::RECOGNITION_ROUTE_LRC);
  held->set_due_day("2026-06-01");
  held->set_reminded(true);
  held->set_reply_until("2026-02-28");
  held->set_proposed_by("official-1");
  v1::Evaluation* evaluation = held->mutable_evaluation();
  evaluation->set_proposed_kind(v1::DECISION_KIND_FULL);
  *evaluation->add_rules() = Rule("R-A01", v1::RULE_OUTCOME_MET, false);
  *evaluation->add_rules() = Rule("R-C01", v1::RULE_OUTCOME_MET, true);
  v1::CaseAction& action = scene.action;
  action.set_actor("official-2");
  action.set_reason("said in words");
  action.set_reason_code("AUTH-REVOKED");
  action.set_evidence_sha256(kProcedureDigest);
  action.set_day("2026-07-01");
  action.mutable_inquiry()->set_question("Was this award made?");
  action.mutable_inquiry()->set_asked("NO");
  action.mutable_inquiry()->set_answer("Yes.");
  action.set_holder_agrees(v1::KNOWN_YES);
  action.set_other("22222222-2222-4222-8222-222222222222");
  v1::MissingItem* item = action.add_items();
  item->set_input("A1-M06");
  item->set_needed("The learning outcomes, from the description of the course");
  return scene;
}

void AddItem(bool supplied, Scene* scene) {
  v1::MissingItem* item = scene->content.mutable_procedure()->add_items();
  item->set_input("A1-M06");
  item->set_needed("The learning outcomes");
  item->set_supplied(supplied);
}

void AddInquiry(v1::CaseState from, Scene* scene) {
  v1::Inquiry* inquiry = scene->content.mutable_procedure()->add_inquiries();
  inquiry->set_asked("NO");
  inquiry->set_asked_from(from);
  scene->action.set_actor("NO");
}

// Makes the guard hold, where it does not in every scene.
void Satisfy(Guard guard, Scene* scene) {
  v1::CaseProcedure* held = scene->content.mutable_procedure();
  switch (guard) {
    case Guard::kRegulated:
      held->set_route(v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36);
      break;
    case Guard::kRouteRpl:
      held->set_route(v1::RECOGNITION_ROUTE_RPL_WITH_EVIDENCE);
      break;
    case Guard::kKindAdvice:
      scene->policy.mutable_procedure()->set_kind(v1::CASE_KIND_ADVICE);
      break;
    case Guard::kSomeRuleOpen:
      held->mutable_evaluation()->mutable_rules(0)->set_outcome(v1::RULE_OUTCOME_UNKNOWN);
      break;
    case Guard::kItemsKnown:
      AddItem(false, scene);
      break;
    case Guard::kFromEvaluation:
      AddInquiry(v1::CASE_STATE_EVALUATION, scene);
      break;
    case Guard::kFromAuthenticity:
      AddInquiry(v1::CASE_STATE_AUTHENTICITY, scene);
      break;
    case Guard::kAppealOpen:
      held->set_appeal_until("2026-03-02");
      break;
    case Guard::kAppealOver:
      held->set_appeal_until("2026-03-01");
      break;
    case Guard::kDecisionComplete: {
      const v1::CaseStep step = scene->action.step();
      *scene->action.mutable_decision() =
          ExampleDecision(step == v1::CASE_STEP_DECIDE_BY_RULE    ? v1::DECISION_KIND_AUTO_LEVEL
                          : step == v1::CASE_STEP_ISSUE_STATEMENT ? v1::DECISION_KIND_STATEMENT
                                                                  : v1::DECISION_KIND_FULL);
      break;
    }
    default:
      break;
  }
}

// Makes a guard about questions, items and days fail.
void ViolateExchange(Guard guard, Scene* scene) {
  v1::CaseProcedure* held = scene->content.mutable_procedure();
  v1::CaseAction* action = &scene->action;
  switch (guard) {
    case Guard::kAllItemsListed: {
      const v1::MissingItem twice = action->items(0);
      *action->add_items() = twice;
      return;
    }
    case Guard::kReplyDay:
      return action->set_day("2026-03-02");
    case Guard::kItemsKnown:
      return action->mutable_items(0)->set_input("A1-M07");
    case Guard::kNothingOpen:
      return AddItem(false, scene);
    case Guard::kReplyOver:
      return held->set_reply_until("2026-03-02");
    case Guard::kQuestionNamed:
      return action->mutable_inquiry()->clear_asked();
    case Guard::kAnswerFromAsked:
      return action->set_actor("RO");
    case Guard::kFromEvaluation:
      return held->mutable_inquiries(0)->set_asked_from(v1::CASE_STATE_AUTHENTICITY);
    case Guard::kFromAuthenticity:
      return held->mutable_inquiries(0)->set_asked_from(v1::CASE_STATE_EVALUATION);
    case Guard::kLaterDay:
      return action->set_day("2026-06-01");
    case Guard::kAppealOpen:
      return held->set_appeal_until("2026-03-01");
    case Guard::kAppealOver:
      return held->set_appeal_until("2026-03-02");
    default:
      ADD_FAILURE() << "a guard that nothing violates: " << GuardText(guard);
  }
}

// Makes a guard about the policy and the evaluation fail.
void ViolateJudgement(Guard guard, Scene* scene) {
  v1::CaseProcedure* held = scene->content.mutable_procedure();
  v1::CaseAction* action = &scene->action;
  v1::Procedure* procedure = scene->policy.mutable_procedure();
  v1::Evaluation* evaluation = held->mutable_evaluation();
  switch (guard) {
    case Guard::kAuthorityActs:
      return procedure->set_system_may_decide(false);
    case Guard::kAllRulesMet:
      return evaluation->mutable_rules(0)->set_outcome(v1::RULE_OUTCOME_UNKNOWN);
    case Guard::kSomeRuleOpen:
      return evaluation->mutable_rules(0)->set_outcome(v1::RULE_OUTCOME_MET);
    case Guard::kAllCompared:
      return evaluation->mutable_rules(1)->clear_explanation();
    case Guard::kNotAgainstUnknown:
      evaluation->mutable_rules(1)->set_outcome(v1::RULE_OUTCOME_UNKNOWN);
      *action->mutable_decision() = ExampleDecision(v1::DECISION_KIND_REFUSED);
      return action->mutable_decision()->set_departure_reason("for this case");
    case Guard::kDecisionComplete:
      return action->mutable_decision()->clear_purpose();
    case Guard::kAmendmentComplete:
      *action->mutable_decision() = ExampleDecision(v1::DECISION_KIND_FULL);
      return action->mutable_decision()->clear_purpose();
    case Guard::kKindDecision:
      return procedure->set_kind(v1::CASE_KIND_ADVICE);
    case Guard::kKindAdvice:
      return procedure->set_kind(v1::CASE_KIND_DECISION);
    default:
      return ViolateExchange(guard, scene);
  }
}

// Makes the guard fail, and nothing else of the row.
void Violate(Guard guard, Scene* scene) {
  v1::CaseProcedure* held = scene->content.mutable_procedure();
  v1::CaseAction* action = &scene->action;
  switch (guard) {
    case Guard::kConsent:
      return held->set_consent(v1::KNOWN_UNSPECIFIED);
    case Guard::kAimStated:
      return scene->content.clear_purpose();
    case Guard::kInScope:
      return held->set_route(v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36);
    case Guard::kRegulated:
    case Guard::kRouteRpl:
      return held->set_route(v1::RECOGNITION_ROUTE_LRC);
    case Guard::kRouteCompares:
      return held->set_route(v1::RECOGNITION_ROUTE_RPL_WITH_EVIDENCE);
    case Guard::kFraudEvidence:
      return action->set_reason_code("SD-LEVEL");
    case Guard::kReason:
      return action->clear_reason();
    case Guard::kOtherPerson:
      return action->set_actor("official-1");
    case Guard::kHolderAgrees:
      return action->set_holder_agrees(v1::KNOWN_UNSPECIFIED);
    case Guard::kLinked:
      return action->clear_other();
    default:
      return ViolateJudgement(guard, scene);
  }
}

v1::CaseActor ActorOf(const Transition& row) {
  for (int actor = v1::CaseActor_MIN; actor <= v1::CaseActor_MAX; ++actor) {
    // The machine last: some guards ask more of it than of a person.
    if (row.Allows(static_cast<v1::CaseActor>(actor))) {
      return row.Allows(v1::CASE_ACTOR_SYSTEM) ? v1::CASE_ACTOR_SYSTEM : static_cast<v1::CaseActor>(actor);
    }
  }
  return v1::CASE_ACTOR_UNSPECIFIED;
}

Scene SceneFor(const Transition& row) {
  Scene scene = MakeScene();
  scene.content.set_state(row.from);
  scene.action.set_step(row.step);
  scene.action.set_role(ActorOf(row));
  for (const Guard guard : row.guards) Satisfy(guard, &scene);
  return scene;
}

TEST(ProcedureTable, EveryRowIsTakenWhenItsGuardsHoldAndLeavesAnEvent) {
  for (const Transition& row : Transitions()) {
    SCOPED_TRACE(absl::StrCat(row.id, " ", StateName(row.from), " ", StepName(row.step)));
    Scene scene = SceneFor(row);
    const absl::StatusOr<v1::CaseEvent> event = scene.Take();
    ASSERT_OK(event.status());
    EXPECT_EQ(event->transition(), row.id);
    EXPECT_EQ(scene.content.state(), row.to);
    ASSERT_EQ(scene.content.events_size(), 1);
    EXPECT_EQ(scene.content.events(0).SerializeAsString(), event->SerializeAsString());
    EXPECT_EQ(event->state(), row.to);
    EXPECT_EQ(event->step(), row.step);
    EXPECT_EQ(event->role(), scene.action.role());
    EXPECT_EQ(event->actor(), scene.action.actor());
    EXPECT_EQ(event->evidence_sha256(), kProcedureDigest);
    EXPECT_EQ(base::FromProto(event->event_time()), kProcedureNow);
    EXPECT_EQ(scene.content.procedure().revision(), 1u);
  }
}

TEST(ProcedureTable, EveryGuardOfEveryRowCanFailAndThenChangesNothing) {
  std::set<Guard> failed;
  for (const Transition& row : Transitions()) {
    for (const Guard guard : row.guards) {
      if (guard == Guard::kNone) continue;
      SCOPED_TRACE(absl::StrCat(row.id, " ", StateName(row.from), " ", GuardText(guard)));
      Scene scene = SceneFor(row);
      Violate(guard, &scene);
      // A question of the other kind leads back to where it was asked from: that is the other row.
      if (guard == Guard::kFromAuthenticity || guard == Guard::kFromEvaluation) {
        const absl::StatusOr<v1::CaseEvent> event = scene.Take();
        ASSERT_OK(event.status());
        EXPECT_NE(event->transition(), row.id);
        failed.insert(guard);
        continue;
      }
      const std::string before = scene.content.SerializeAsString();
      const absl::StatusOr<v1::CaseEvent> event = scene.Take();
      EXPECT_FALSE(event.ok());
      EXPECT_NE(base::PlaceOf(event.status()), "");
      EXPECT_EQ(scene.content.SerializeAsString(), before);
      failed.insert(guard);
    }
  }
  EXPECT_EQ(failed.size(), static_cast<size_t>(Guard::kLinked)) << "a guard that no row uses";
}

TEST(ProcedureTable, EveryStateStepAndActorIsAllowedByTheTableOrRefusedWithAReason) {
  int allowed = 0;
  int refused = 0;
  for (int state = v1::CaseState_MIN; state <= v1::CaseState_MAX; ++state) {
    for (int step = v1::CaseStep_MIN; step <= v1::CaseStep_MAX; ++step) {
      const auto rows = TransitionsFrom(static_cast<v1::CaseState>(state), static_cast<v1::CaseStep>(step));
      for (int actor = v1::CaseActor_MIN; actor <= v1::CaseActor_MAX; ++actor) {
        const auto role = static_cast<v1::CaseActor>(actor);
        const Transition* row = nullptr;
        for (const Transition* candidate : rows) {
          if (candidate->Allows(role)) row = candidate;
        }
        Scene scene = row != nullptr ? SceneFor(*row) : MakeScene();
        scene.content.set_state(static_cast<v1::CaseState>(state));
        scene.action.set_step(static_cast<v1::CaseStep>(step));
        scene.action.set_role(role);
        const absl::StatusOr<v1::CaseEvent> event = scene.Take();
        EXPECT_EQ(event.ok(), row != nullptr) << StateName(scene.content.state()) << " " << step << " " << actor;
        if (event.ok()) {
          ++allowed;
          continue;
        }
        ++refused;
        EXPECT_THAT(event, rows.empty() ? HasReasonAt(Reason::kTransitionNotAllowed, "step")
                                        : HasReasonAt(Reason::kActorNotAllowed, "role"));
      }
    }
  }
  // 24 states, 30 steps and 9 actors, the unspecified ones included.
  EXPECT_EQ(allowed + refused, 24 * 30 * 9);
  EXPECT_GE(allowed, static_cast<int>(Transitions().size()));
}

TEST(ProcedureTable, HasEveryTransitionOfTheWorkflowAndNoStateThatCannotBeReached) {
  std::set<std::string> ids;
  std::set<v1::CaseState> reached = {v1::CASE_STATE_DRAFT};
  for (const Transition& row : Transitions()) {
    ids.insert(row.id);
    reached.insert(row.to);
  }
  for (int i = 1; i <= 24; ++i) {
    EXPECT_EQ(ids.count(absl::StrCat("T", i < 10 ? "0" : "", i)), 1u) << i;
  }
  for (int state = 1; state <= v1::CaseState_MAX; ++state) {
    // Whether a message arrives is between the nodes, not between people.
    if (state == v1::CASE_STATE_NOT_DELIVERED) continue;
    EXPECT_EQ(reached.count(static_cast<v1::CaseState>(state)), 1u) << StateName(static_cast<v1::CaseState>(state));
  }
}

TEST(Procedure, TwoWhoActAtOnceDoNotBothSucceed) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_PROPOSED, v1::CASE_STEP_DECIDE)[0]);
  ASSERT_OK(scene.Take().status());
  EXPECT_THAT(scene.Take(), HasReasonAt(Reason::kEtagMismatch, "revision"));
}

TEST(Procedure, AClockThatWasSetBackIsRefused) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_SUBMITTED, v1::CASE_STEP_COMPLETE)[0]);
  ASSERT_OK(scene.Take().status());
  scene.action.set_step(v1::CASE_STEP_CHECK_AUTHENTICITY);
  scene.action.set_revision(1);
  EXPECT_THAT(scene.Take(kProcedureNow - absl::Seconds(1)), HasReasonAt(Reason::kClockSetBack, "event_time"));
  EXPECT_OK(scene.Take(kProcedureNow).status());
}

TEST(Procedure, WithoutConsentNothingGoesOnButTheCaseCanEnd) {
  for (const auto& [consent, reason] : {std::make_pair(v1::KNOWN_NO, Reason::kConsentWithdrawn),
                                        std::make_pair(v1::KNOWN_UNSPECIFIED, Reason::kAuthorisationInvalid)}) {
    Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_COMPLETE, v1::CASE_STEP_CHECK_AUTHENTICITY)[0]);
    scene.content.mutable_procedure()->set_consent(consent);
    EXPECT_THAT(scene.Take(), HasReasonAt(reason, "consent"));
    scene.action.set_step(v1::CASE_STEP_WITHDRAW);
    scene.action.set_role(v1::CASE_ACTOR_HOLDER);
    EXPECT_OK(scene.Take().status());
  }
}

TEST(Procedure, ARequestForInformationListsEverythingThatIsKnownToBeMissing) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_SUBMITTED, v1::CASE_STEP_REQUEST_INFORMATION)[0]);
  AddItem(false, &scene);
  v1::MissingItem* other = scene.content.mutable_procedure()->add_items();
  other->set_input("A1-M07");
  EXPECT_THAT(scene.Take(), HasReasonAt(Reason::kGuardNotMet, "guard"));
  v1::MissingItem* asked = scene.action.add_items();
  asked->set_input("A1-M07");
  asked->set_needed("The workload");
  ASSERT_OK(scene.Take().status());
  EXPECT_EQ(scene.content.procedure().items_size(), 2);
  // Completeness cannot be claimed before both are there.
  scene.action.set_step(v1::CASE_STEP_COMPLETE);
  scene.action.set_role(v1::CASE_ACTOR_SYSTEM);
  scene.action.set_revision(1);
  EXPECT_THAT(scene.Take(), HasReasonAt(Reason::kGuardNotMet, "guard"));
  scene.action.set_step(v1::CASE_STEP_SUPPLY);
  scene.action.set_role(v1::CASE_ACTOR_HOLDER);
  ASSERT_OK(scene.Take().status());
  scene.action.set_step(v1::CASE_STEP_COMPLETE);
  scene.action.set_role(v1::CASE_ACTOR_SYSTEM);
  scene.action.set_revision(2);
  ASSERT_OK(scene.Take().status());
  EXPECT_EQ(scene.content.procedure().due_day(), "2026-07-02");
}

// Footnote 27 of the Recommendation: that every element is there recognises nothing.
TEST(Procedure, ACompleteRecordIsNoDecision) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_SUBMITTED, v1::CASE_STEP_COMPLETE)[0]);
  scene.content.clear_outcome();
  ASSERT_OK(scene.Take().status());
  EXPECT_EQ(scene.content.state(), v1::CASE_STATE_COMPLETE);
  EXPECT_FALSE(scene.content.procedure().has_decision());
  EXPECT_FALSE(scene.content.has_outcome());
  ASSERT_EQ(scene.content.events_size(), 1);
  // Nor can the next step be a decision.
  scene.action.set_step(v1::CASE_STEP_DECIDE);
  scene.action.set_role(v1::CASE_ACTOR_SYSTEM);
  scene.action.set_revision(1);
  EXPECT_FALSE(scene.Take().ok());
  EXPECT_EQ(scene.content.state(), v1::CASE_STATE_COMPLETE);
}

TEST(Procedure, TheDueDayIsInTimeTheNextIsOverdueAndADelayAfterItCountsAsLate) {
  for (const auto& [day, overdue] : {std::make_pair(1, false), std::make_pair(2, true)}) {
    Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_INQUIRY, v1::CASE_STEP_DELAY)[0]);
    const absl::Time now = absl::FromCivil(absl::CivilSecond(2026, 6, day, 23, 59, 59), absl::UTCTimeZone());
    // Asking others does not stop the clock.
    EXPECT_EQ(IsOverdue(scene.content, now), overdue);
    const absl::StatusOr<v1::CaseEvent> event = scene.Take(now);
    ASSERT_OK(event.status());
    EXPECT_EQ(event->overdue(), overdue);
    EXPECT_EQ(scene.content.procedure().expected_day(), "2026-07-01");
  }
}

TEST(Procedure, WarningsComeAtTheirDaysWhileTheClockRuns) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_SUBMITTED, v1::CASE_STEP_COMPLETE)[0]);
  ASSERT_OK(scene.Take().status());
  EXPECT_EQ(scene.content.procedure().complete_day(), "2026-03-02");
  EXPECT_EQ(scene.content.procedure().due_day(), "2026-07-02");
  const auto at = [&](int month, int day) {
    return WarningShare(scene.content, absl::FromCivil(absl::CivilDay(2026, month, day), absl::UTCTimeZone()));
  };
  EXPECT_EQ(at(5, 1), 0);
  EXPECT_EQ(at(5, 2), 50);
  EXPECT_EQ(at(6, 1), 50);
  EXPECT_EQ(at(6, 2), 75);
  EXPECT_EQ(at(6, 20), 90);
  scene.content.set_state(v1::CASE_STATE_NOTIFIED);
  EXPECT_EQ(at(6, 20), 0);
}

TEST(Procedure, AnAppealCountsFromNotificationByTheTableOfCountries) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_DECIDED, v1::CASE_STEP_NOTIFY)[0]);
  ASSERT_OK(scene.Take().status());
  EXPECT_EQ(scene.content.procedure().appeal_until(), "2026-04-02");
  scene.action.set_revision(1);
  scene.action.set_step(v1::CASE_STEP_APPEAL);
  scene.action.set_role(v1::CASE_ACTOR_HOLDER);
  Scene late = scene;
  EXPECT_THAT(late.Take(absl::FromCivil(absl::CivilDay(2026, 4, 3), absl::UTCTimeZone())),
              HasReasonAt(Reason::kGuardNotMet, "guard"));
  EXPECT_OK(scene.Take(absl::FromCivil(absl::CivilDay(2026, 4, 2), absl::UTCTimeZone())).status());

  // Where no limit is known, nothing becomes final by the clock.
  Scene unknown = SceneFor(*TransitionsFrom(v1::CASE_STATE_DECIDED, v1::CASE_STEP_NOTIFY)[0]);
  unknown.policy.set_country("SE");
  ASSERT_OK(unknown.Take().status());
  unknown.action.set_revision(1);
  unknown.action.set_step(v1::CASE_STEP_BECOME_FINAL);
  unknown.action.set_role(v1::CASE_ACTOR_SYSTEM);
  EXPECT_THAT(unknown.Take(kProcedureNow + absl::Hours(24 * 3650)), HasReasonAt(Reason::kGuardNotMet, "guard"));
}

TEST(Procedure, WithdrawingLeavesNothingOfTheCaseButThatItWasThere) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_EVALUATION, v1::CASE_STEP_WITHDRAW)[0]);
  AddItem(true, &scene);
  ASSERT_OK(scene.Take().status());
  EXPECT_EQ(scene.content.procedure().items_size(), 0);
  EXPECT_FALSE(scene.content.procedure().has_evaluation());
  EXPECT_FALSE(scene.content.procedure().has_decision());
  EXPECT_TRUE(IsEnd(scene.content.state()));
}

TEST(Procedure, ARefusalForWhatIsNotKnownIsNotTaken) {
  Scene scene = SceneFor(*TransitionsFrom(v1::CASE_STATE_EVALUATION, v1::CASE_STEP_PROPOSE)[0]);
  v1::Decision refusal = ExampleDecision(v1::DECISION_KIND_REFUSED);
  refusal.mutable_reasons(0)->set_code("INFO-MISSING");
  refusal.set_departure_reason("it is missing");
  *scene.action.mutable_decision() = refusal;
  const absl::StatusOr<v1::CaseEvent> event = scene.Take();
  EXPECT_THAT(event, HasReasonAt(Reason::kRefusalWithoutGround, "decision.reasons"));
  EXPECT_EQ(event.status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace passerelle::recognition
