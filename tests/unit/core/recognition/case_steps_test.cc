// Steps of the procedure as they are taken at the authority's node, what the holder's side sees of them, and the
// clocks.

#include <functional>
#include <map>

#include "core/recognition/case_outcomes.h"
#include "core/recognition/cases.h"
#include "core/recognition/clocks.h"
#include "core/recognition/machine_steps.h"
#include "core/recognition/procedure.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::WireFault;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDigest[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

TEST_F(CaseStepsTest, WhatTheNodeDoesByItselfGoesByTheTable) {
  const std::string id = Open();
  const v1::RecognitionCase theirs = Authoritys(id);
  // The note says nothing of its setting or assessment, so that no route can be chosen: one request lists all.
  EXPECT_EQ(theirs.state(), v1::CASE_STATE_INCOMPLETE);
  EXPECT_THAT(Path(theirs), ElementsAre("T01", "T02"));
  EXPECT_FALSE(theirs.procedure().items().empty());
  EXPECT_EQ(theirs.procedure().reply_until(), Day(60));
  const v1::RecognitionCase ours = Applicants(id);
  EXPECT_EQ(ours.state(), v1::CASE_STATE_INCOMPLETE);
  // The key by which it is supplied, and what it is in words for the holder.
  EXPECT_EQ(theirs.procedure().items(0).input(), "credential.assessment");
  EXPECT_THAT(theirs.procedure().items(0).needed(), ::testing::StartsWith("whether what was learnt was assessed"));
  EXPECT_EQ(ours.outcome().missing(0), absl::StrCat(theirs.procedure().items(0).needed(), " (credential.assessment)"));
  EXPECT_EQ(ours.outcome().missing_size(), theirs.procedure().items_size());
  EXPECT_EQ(ours.outcome().reply_until(), Day(60));

  BringToEvaluation(id);
  EXPECT_THAT(Path(Authoritys(id)), ElementsAre("T01", "T02", "T02a", "T03", "T06", "T09a"));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_EVALUATION);
  EXPECT_EQ(Applicants(id).outcome().due_day(), Authoritys(id).procedure().due_day());
  EXPECT_THAT(Applicants(id).outcome().missing(), IsEmpty());
}

TEST_F(CaseStepsTest, ADecisionOfTwoPeopleReachesTheHolderAndIsNotified) {
  const std::string id = Open();
  BringToEvaluation(id);
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase proposed, Take(Proposal(id, v1::DECISION_KIND_FULL)));
  EXPECT_EQ(proposed.state(), v1::CASE_STATE_PROPOSED);
  EXPECT_EQ(proposed.events().rbegin()->actor(), "office/official-1");
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_EVALUATION) << "a proposal is not told";
  // The same official under another role is still the same person.
  EXPECT_FALSE(Take(Step(id, v1::CASE_STEP_DECIDE), {v1::CASE_ACTOR_DECIDER}).ok());
  const v1::TakeStepRequest decide = Step(id, v1::CASE_STEP_DECIDE, "official-2");
  ASSERT_OK(Take(decide, {v1::CASE_ACTOR_DECIDER}).status());
  network_.Run();

  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_EQ(theirs.state(), v1::CASE_STATE_NOTIFIED);
  EXPECT_EQ(theirs.events().rbegin()[1].transition(), "T17");
  EXPECT_NE(theirs.events().rbegin()[1].evidence_sha256(), "") << "the receipt of the holder's side";
  const v1::RecognitionCase ours = Applicants(id);
  EXPECT_EQ(ours.state(), v1::CASE_STATE_NOTIFIED);
  EXPECT_EQ(ours.outcome().decision(), v1::DECISION_KIND_FULL);
  EXPECT_EQ(ours.outcome().full_decision().recognised_as(), "a unit of the programme");
  EXPECT_EQ(ours.outcome().appeal_until(), theirs.procedure().appeal_until());
  EXPECT_THAT(Events(ours), Contains("outcome received: decided"));
  EXPECT_THAT(Events(ours), Contains("outcome received: the case is notified"));
  // The same request again is the same step, whatever happened since.
  const int events = theirs.events_size();
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase again, Take(decide, {v1::CASE_ACTOR_DECIDER}));
  EXPECT_EQ(again.events_size(), events);
  network_.Run();
  EXPECT_EQ(Applicants(id).SerializeAsString(), ours.SerializeAsString());
}

TEST_F(CaseStepsTest, StepsThatAreNotAllowedChangeNothingAndNameThePlace) {
  const std::string id = Open();
  BringToEvaluation(id);
  const std::string before = Authoritys(id).SerializeAsString();
  struct Row {
    const char* name;
    std::function<void(v1::TakeStepRequest&)> change;
    std::vector<v1::CaseActor> roles;
    const char* place;
  };
  const std::vector<v1::CaseActor> evaluator = {v1::CASE_ACTOR_EVALUATOR};
  for (const Row& row : std::vector<Row>{
           {"no request id", [](auto& r) { r.clear_request_id(); }, evaluator, "request_id"},
           {"no case", [](auto& r) { r.clear_id(); }, evaluator, "id"},
           {"no such case", [this](auto& r) { r.set_id(NewId()); }, evaluator, "id"},
           {"no step", [](auto& r) { r.mutable_action()->clear_step(); }, evaluator, "action.step"},
           {"a client without a role", [](auto&) {}, {}, "action.role"},
           {"a role that it has not", [](auto& r) { r.mutable_action()->set_role(v1::CASE_ACTOR_DECIDER); }, evaluator,
            "action.role"},
           {"the machine's", [](auto& r) { r.mutable_action()->set_role(v1::CASE_ACTOR_SYSTEM); }, evaluator,
            "action.role"},
           {"one of two roles", [](auto&) {}, {v1::CASE_ACTOR_EVALUATOR, v1::CASE_ACTOR_DECIDER}, "action.role"},
           {"a name with a slash", [](auto& r) { r.mutable_action()->set_actor("a/b"); }, evaluator, "action.actor"},
           {"no digest", [](auto& r) { r.mutable_action()->set_evidence_sha256("x"); }, evaluator,
            "action.evidence_sha256"},
           {"too large", [](auto& r) { r.mutable_action()->set_reason(std::string(300u << 10, 'x')); }, evaluator,
            "action"},
           {"words that steer a terminal", [](auto& r) { r.mutable_action()->set_reason("late\x1b[2J"); }, evaluator,
            "action.reason"},
           {"such words in a list", [](auto& r) { r.mutable_action()->add_items()->set_needed("\r"); }, evaluator,
            "action.items[0].needed"},
           {"read before", [](auto& r) { r.mutable_action()->set_revision(1); }, evaluator, "revision"},
           {"no such transition", [](auto& r) { r.mutable_action()->set_step(v1::CASE_STEP_REVOKE); }, evaluator,
            "step"},
           {"another's step", [](auto&) {}, {v1::CASE_ACTOR_HOLDER}, "role"},
           {"no later day", [](auto& r) { r.mutable_action()->clear_day(); }, evaluator, "guard"},
       }) {
    SCOPED_TRACE(row.name);
    v1::TakeStepRequest request = Step(id, v1::CASE_STEP_DELAY);
    request.mutable_action()->set_day("2099-01-01");
    row.change(request);
    const auto refused = Take(request, row.roles);
    EXPECT_FALSE(refused.ok());
    EXPECT_EQ(base::PlaceOf(refused.status()), row.place) << refused.status();
    EXPECT_EQ(Authoritys(id).SerializeAsString(), before);
  }
  // At the holder's side it is the holder's steps that can be taken, by who submitted the case.
  EXPECT_THAT(italy_.cases.Take("portal", {v1::CASE_ACTOR_EVALUATOR}, Step(id, v1::CASE_STEP_DELAY)),
              HasReasonAt(Reason::kActorNotAllowed, "action.step"));
  EXPECT_THAT(italy_.cases.Take("office", {v1::CASE_ACTOR_EVALUATOR}, Step(id, v1::CASE_STEP_DELAY)),
              HasReasonAt(Reason::kResourceNotFound, "id"));
}

TEST_F(CaseStepsTest, ARefusalWithoutAGroundIsNotTaken) {
  const std::string id = Open();
  BringToEvaluation(id);
  v1::TakeStepRequest request = Proposal(id, v1::DECISION_KIND_REFUSED);
  request.mutable_action()->mutable_decision()->mutable_reasons(0)->set_code("ND-LEVEL");
  const auto refused = Take(request);
  EXPECT_EQ(base::PlaceOf(refused.status()), "decision.reasons") << refused.status();
  request.mutable_action()->mutable_decision()->mutable_reasons(0)->set_code("SD-LEVEL");
  EXPECT_OK(Take(request).status()) << "a refused request is no request";
}

TEST_F(CaseStepsTest, ValidateOnlyTellsAndWritesNothing) {
  const std::string id = Open();
  BringToEvaluation(id);
  const std::string before = Authoritys(id).SerializeAsString();
  v1::TakeStepRequest request = Step(id, v1::CASE_STEP_DELAY);
  request.set_validate_only(true);
  EXPECT_EQ(base::PlaceOf(Take(request).status()), "guard");
  request.mutable_action()->set_day("2099-01-01");
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase checked, Take(request));
  EXPECT_EQ(checked.procedure().expected_day(), "2099-01-01");
  EXPECT_EQ(Authoritys(id).SerializeAsString(), before);
  request.set_validate_only(false);
  EXPECT_OK(Take(request).status());
  request.mutable_action()->set_day("2099-01-02");
  EXPECT_THAT(Take(request), HasReason(Reason::kRequestIdReused));
}

TEST_F(CaseStepsTest, OutcomesThatOvertakeEachOtherLeaveTheLastOne) {
  const std::string id = Open();
  BringToEvaluation(id);
  // The first delay is answered, and the answer lost: it is sent again after the second.
  network_.faults = {WireFault::kUnreachable};
  for (const char* day : {"2098-01-01", "2099-01-01"}) {
    v1::TakeStepRequest request = Step(id, v1::CASE_STEP_DELAY);
    request.mutable_action()->set_day(day);
    ASSERT_OK(Take(request).status());
    network_.Run();
  }
  EXPECT_EQ(Applicants(id).outcome().expected_day(), "2099-01-01");
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(Applicants(id).outcome().expected_day(), "2099-01-01");
  EXPECT_THAT(Events(Applicants(id)), Contains("outcome received: a later one is here already"));
}

TEST_F(CaseStepsTest, TheClockOfTheDecisionIsRecordedOnceEachAndHasItsPlaceInTheQueue) {
  const std::string id = Open();
  BringToEvaluation(id);
  const std::string due = Authoritys(id).procedure().due_day();
  EXPECT_THAT(Queue(), ElementsAre(due));
  EXPECT_THAT(Queue(Day(1)), IsEmpty());
  AdvanceDays(130);
  const std::vector<std::string> events = Events(Authoritys(id));
  EXPECT_THAT(
      std::vector<std::string>(events.end() - 4, events.end()),
      ElementsAre("a half of the time for the decision is over", "three quarters of the time for the decision are over",
                  "nine tenths of the time for the decision are over", "the time for the decision is over"));
  EXPECT_TRUE(Authoritys(id).events().rbegin()->overdue());
  EXPECT_EQ(clocks_["warning"], 3);
  EXPECT_EQ(clocks_["decision"], 1);
  EXPECT_THAT(Queue(), ElementsAre(due)) << "what is overdue stays in front";
  // Nobody who read the case before is refused for a warning.
  v1::TakeStepRequest delay = Step(id, v1::CASE_STEP_DELAY);
  delay.mutable_action()->set_day(Day(30));
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase late, Take(delay));
  EXPECT_TRUE(late.events().rbegin()->overdue());
  EXPECT_THAT(Queue(), ElementsAre(Day(30)));
}

TEST_F(CaseStepsTest, WhoDoesNotReplyIsRemindedAndThenTheCaseLapses) {
  const std::string id = Open();
  ASSERT_EQ(Authoritys(id).state(), v1::CASE_STATE_INCOMPLETE);
  EXPECT_THAT(Queue(), ElementsAre(Day(60)));
  AdvanceDays(60);
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_INCOMPLETE) << "the last day is in time";
  EXPECT_TRUE(Authoritys(id).procedure().reminded());
  AdvanceDays(1);
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_LAPSED);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_LAPSED);
  EXPECT_THAT(Queue(), IsEmpty());
  EXPECT_EQ(clocks_["reminder"], 1);
  EXPECT_EQ(clocks_["reply"], 1);
}

TEST_F(CaseStepsTest, ADecisionBecomesFinalWhenTheTimeForAnAppealIsOver) {
  const std::string id = Decided();
  const std::string until = Authoritys(id).procedure().appeal_until();
  EXPECT_THAT(Queue(), ElementsAre(until));
  AdvanceDays(32);
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_FINAL);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_FINAL);
  EXPECT_EQ(clocks_["appeal"], 1);
  EXPECT_THAT(Queue(), IsEmpty());
}

TEST_F(CaseStepsTest, AnAppealGoesToItsBodyAndWhatThatDecidesIsFinalOnceTheHolderWasTold) {
  const std::string id = Decided(v1::DECISION_KIND_PARTIAL);
  ASSERT_OK(Take(Step(id, v1::CASE_STEP_APPEAL), {v1::CASE_ACTOR_HOLDER}).status());
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_APPEALED);
  ASSERT_OK(Take(Step(id, v1::CASE_STEP_DECIDE_APPEAL, "chair"), {v1::CASE_ACTOR_APPEAL_BODY}).status());
  network_.Run();
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_FINAL);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_FINAL);
  EXPECT_EQ(Applicants(id).outcome().decision(), v1::DECISION_KIND_PARTIAL);
}

TEST_F(CaseStepsTest, AnAppealBodyThatAmendsTheDecisionPutsItsOwnInTheCase) {
  const std::string id = Decided(v1::DECISION_KIND_PARTIAL);
  ASSERT_OK(Take(Step(id, v1::CASE_STEP_APPEAL), {v1::CASE_ACTOR_HOLDER}).status());
  v1::TakeStepRequest amended = Step(id, v1::CASE_STEP_DECIDE_APPEAL, "chair");
  v1::Decision& decision = *amended.mutable_action()->mutable_decision();
  decision = ExampleDecision(v1::DECISION_KIND_FULL);
  decision.set_departure_reason("The appeal body found the units comparable.");
  ASSERT_OK(Take(amended, {v1::CASE_ACTOR_APPEAL_BODY}).status());
  network_.Run();
  EXPECT_EQ(Authoritys(id).procedure().decision().kind(), v1::DECISION_KIND_FULL);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_FINAL);
  EXPECT_EQ(Applicants(id).outcome().decision(), v1::DECISION_KIND_FULL);
}

TEST_F(CaseStepsTest, AnAnswerCountsFromWhoWasAskedOnly) {
  const std::string id = Open();
  BringToEvaluation(id);
  v1::TakeStepRequest ask = Step(id, v1::CASE_STEP_ASK);
  ask.mutable_action()->mutable_inquiry()->set_asked("centre-no");
  ask.mutable_action()->mutable_inquiry()->set_question("Was this course assessed?");
  ASSERT_OK(Take(ask).status());
  v1::TakeStepRequest answer = Step(id, v1::CASE_STEP_ANSWER, "");
  answer.mutable_action()->mutable_inquiry()->set_answer("Yes, by a written examination.");
  answer.mutable_action()->set_evidence_sha256(kDigest);
  const std::vector<v1::CaseActor> centre = {v1::CASE_ACTOR_PEER_CENTRE};
  EXPECT_EQ(base::PlaceOf(bulgaria_.cases.Take("centre-ro", centre, answer).status()), "guard");
  EXPECT_OK(bulgaria_.cases.Take("centre-no", centre, answer).status());
  EXPECT_EQ(Authoritys(id).procedure().inquiries(0).answer(), "Yes, by a written examination.");
}

TEST_F(CaseStepsTest, AWithdrawalEndsTheCaseOnBothSides) {
  const std::string id = Open();
  ASSERT_OK(Take(Step(id, v1::CASE_STEP_WITHDRAW), {v1::CASE_ACTOR_HOLDER}).status());
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_WITHDRAWN);
  EXPECT_FALSE(Authoritys(id).procedure().has_evaluation());
  EXPECT_THAT(Queue(), IsEmpty());
}

TEST_F(CaseStepsTest, AFailedStoreTakesNoStepAndALostMessageIsSentAgain) {
  using Fault = passerelle::testing::FaultyStore::Fault;
  const std::string id = Open();
  BringToEvaluation(id);
  v1::TakeStepRequest request = Step(id, v1::CASE_STEP_DELAY);
  request.mutable_action()->set_day("2099-01-01");
  bulgaria_.store.FailWrite(0, Fault::kBeforeCommit);
  EXPECT_THAT(Take(request), HasReason(Reason::kStoreUnavailable));
  EXPECT_EQ(Authoritys(id).procedure().expected_day(), "");
  bulgaria_.store.FailWrite(0, Fault::kAfterCommit);
  EXPECT_FALSE(Take(request).ok());
  network_.faults = {WireFault::kAnswerLost, WireFault::kUnreachable};
  ASSERT_OK(Take(request).status());
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(Applicants(id).outcome().expected_day(), "2099-01-01");
  int delays = 0;
  const v1::RecognitionCase delayed = Authoritys(id);
  for (const v1::CaseEvent& event : delayed.events()) delays += event.step() == v1::CASE_STEP_DELAY ? 1 : 0;
  EXPECT_EQ(delays, 1);
}

TEST_F(CaseStepsTest, TheQueueIsListedPageByPage) {
  for (int i = 0; i < 5; ++i) {
    Open();
    AdvanceDays(1);
  }
  v1::ListDueCasesRequest request;
  request.set_page_size(2);
  std::vector<std::string> days;
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListDueCasesResponse page, bulgaria_.cases.ListDue(request));
    EXPECT_LE(page.due_cases_size(), 2);
    for (const v1::DueCase& due : page.due_cases()) {
      days.push_back(due.day());
      EXPECT_TRUE(due.recognition_case().evidence().empty());
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(days.size(), 5u);
  EXPECT_TRUE(std::is_sorted(days.begin(), days.end()));
  request.set_until_day("tomorrow");
  EXPECT_THAT(bulgaria_.cases.ListDue(request), HasReasonAt(Reason::kFieldInvalid, "until_day"));
}

// A case whose automatic rules are all met, as the table has it after them.
v1::RecognitionCase RulesMet() {
  v1::RecognitionCase content;
  content.set_state(v1::CASE_STATE_AUTO_CHECK);
  content.set_purpose(sharing::v1::PURPOSE_FURTHER_LEARNING);
  content.mutable_procedure()->set_consent(v1::KNOWN_YES);
  content.mutable_procedure()->set_route(v1::RECOGNITION_ROUTE_LRC);
  v1::Evaluation* const evaluation = content.mutable_procedure()->mutable_evaluation();
  evaluation->set_agreement("treaty");
  for (const char* id : {"R-A01", "R-A04"}) {
    v1::RuleResult* const rule = evaluation->add_rules();
    rule->set_rule(id);
    rule->set_outcome(v1::RULE_OUTCOME_MET);
  }
  return content;
}

TEST(MachineSteps, AMachineDecidesByRuleOnlyWhereTheLawPermitsItAndTheLevelIsKnown) {
  const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone());
  v1::RecognitionPolicy policy = Procedure();
  v1::Agreement* const agreement = policy.add_agreements();
  agreement->set_id("treaty");
  agreement->set_title("Treaty on the level of degrees");
  agreement->set_scope(v1::AGREEMENT_SCOPE_LEVEL);
  v1::RecognitionCase content = RulesMet();
  EXPECT_FALSE(NextMachineStep(policy, content, now).has_value()) << "a person decides";
  policy.mutable_procedure()->set_system_may_decide(true);

  // What the rules carry is there before the step, for whoever takes it.
  *content.mutable_procedure()->mutable_decision() = DecisionByRule(policy, content, std::nullopt, DayOf(now));
  std::optional<v1::CaseAction> action = NextMachineStep(policy, content, now);
  ASSERT_TRUE(action.has_value());
  EXPECT_EQ(action->step(), v1::CASE_STEP_DECIDE_BY_RULE);
  EXPECT_EQ(base::PlaceOf(TakeStep(policy, *action, now, &content).status()), "decision.eqf_level");
  *content.mutable_procedure()->mutable_decision() = DecisionByRule(policy, content, 6, DayOf(now));
  ASSERT_OK(TakeStep(policy, *action, now, &content).status());
  EXPECT_EQ(content.state(), v1::CASE_STATE_DECIDED);
  EXPECT_EQ(content.procedure().decision().agreement(), "Treaty on the level of degrees");
  EXPECT_EQ(content.procedure().decision().scope(), "level only");

  // One rule that is not known is enough for a person.
  v1::RecognitionCase open = RulesMet();
  open.mutable_procedure()->mutable_evaluation()->mutable_rules(1)->set_outcome(v1::RULE_OUTCOME_UNKNOWN);
  EXPECT_EQ(NextMachineStep(policy, open, now)->step(), v1::CASE_STEP_HAND_TO_EVALUATOR);
}

TEST(MachineSteps, ASuspicionWaitsForAPersonAndARegulatedProfessionIsClosed) {
  const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone());
  v1::RecognitionCase content = RulesMet();
  content.set_state(v1::CASE_STATE_AUTHENTICITY);
  EXPECT_EQ(NextMachineStep(Procedure(), content, now)->step(), v1::CASE_STEP_RUN_RULES);
  content.mutable_procedure()->mutable_evaluation()->set_proposed_state(v1::CASE_STATE_FRAUD_SUSPENDED);
  EXPECT_FALSE(NextMachineStep(Procedure(), content, now).has_value());
  content.add_events()->set_step(v1::CASE_STEP_RESUME);
  EXPECT_EQ(NextMachineStep(Procedure(), content, now)->step(), v1::CASE_STEP_RUN_RULES);

  v1::RecognitionCase regulated = RulesMet();
  regulated.set_state(v1::CASE_STATE_SUBMITTED);
  regulated.mutable_procedure()->set_route(v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36);
  regulated.mutable_procedure()->mutable_evaluation()->set_route(v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36);
  const std::optional<v1::CaseAction> action = NextMachineStep(Procedure(), regulated, now);
  ASSERT_TRUE(action.has_value());
  ASSERT_OK(TakeStep(Procedure(), *action, now, &regulated).status());
  EXPECT_EQ(regulated.events(0).transition(), "T25");
}

}  // namespace
}  // namespace passerelle::recognition
