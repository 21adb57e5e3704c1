#include "core/recognition/transitions.h"

namespace passerelle::recognition {
namespace {

constexpr Actors kHolder = ActorBit(v1::CASE_ACTOR_HOLDER);
constexpr Actors kEvaluator = ActorBit(v1::CASE_ACTOR_EVALUATOR);
constexpr Actors kDecider = ActorBit(v1::CASE_ACTOR_DECIDER);
constexpr Actors kIssuingNode = ActorBit(v1::CASE_ACTOR_ISSUING_NODE);
constexpr Actors kPeerCentre = ActorBit(v1::CASE_ACTOR_PEER_CENTRE);
constexpr Actors kAppealBody = ActorBit(v1::CASE_ACTOR_APPEAL_BODY);
constexpr Actors kMachine = ActorBit(v1::CASE_ACTOR_SYSTEM);

constexpr char kStartsClock[] = "the time for the decision starts: four months, or the shorter national limit";
constexpr char kTellsDelay[] = "reason and new day go to the holder; after the due day it counts as late";
constexpr char kMinimises[] = "the data of the case are reduced to what proves the withdrawal";
constexpr char kHolderHeard[] = "the holder is heard; nothing is decided by the suspicion";
constexpr char kAnswerStored[] = "the answer is kept as evidence; the time for the decision never stopped";

#define STATE(name) v1::CASE_STATE_##name
#define STEP(name) v1::CASE_STEP_##name

using G = Guard;

constexpr Transition kTransitions[] = {
    {"T01",
     STATE(DRAFT),
     STEP(SUBMIT),
     STATE(SUBMITTED),
     kHolder,
     {G::kConsent, G::kAimStated},
     "the holder is told the procedure, its version, the time limit, the fee and the ways of appeal"},
    {"T02",
     STATE(SUBMITTED),
     STEP(REQUEST_INFORMATION),
     STATE(INCOMPLETE),
     static_cast<Actors>(kEvaluator | kMachine),
     {G::kInScope, G::kAllItemsListed, G::kReplyDay},
     "one request that lists all items"},
    {"T02a", STATE(INCOMPLETE), STEP(SUPPLY), STATE(INCOMPLETE), kHolder, {G::kItemsKnown}, "items are ticked off"},
    {"T02b",
     STATE(INCOMPLETE),
     STEP(REMIND),
     STATE(INCOMPLETE),
     kMachine,
     {},
     "the holder is reminded of what is open"},
    {"T03", STATE(INCOMPLETE), STEP(COMPLETE), STATE(COMPLETE), kMachine, {G::kNothingOpen}, kStartsClock},
    {"T04",
     STATE(SUBMITTED),
     STEP(COMPLETE),
     STATE(COMPLETE),
     static_cast<Actors>(kEvaluator | kMachine),
     {G::kInScope, G::kNothingOpen},
     kStartsClock},
    {"T05",
     STATE(INCOMPLETE),
     STEP(LAPSE),
     STATE(LAPSED),
     kMachine,
     {G::kReplyOver},
     "the holder is told how to apply again"},
    {"T06",
     STATE(COMPLETE),
     STEP(CHECK_AUTHENTICITY),
     STATE(AUTHENTICITY),
     kMachine,
     {},
     "seal, issuer, status and subject are checked"},
    {"T07",
     STATE(AUTHENTICITY),
     STEP(ASK),
     STATE(INQUIRY),
     kEvaluator,
     {G::kQuestionNamed},
     "a question to the issuing side or to the centre of origin; the time for the decision goes on"},
    {"T07a",
     STATE(INQUIRY),
     STEP(ANSWER),
     STATE(AUTHENTICITY),
     static_cast<Actors>(kIssuingNode | kPeerCentre),
     {G::kAnswerFromAsked, G::kFromAuthenticity},
     kAnswerStored},
    {"T08", STATE(AUTHENTICITY), STEP(SUSPEND), STATE(FRAUD_SUSPENDED), kEvaluator, {G::kFraudEvidence}, kHolderHeard},
    {"T08", STATE(INQUIRY), STEP(SUSPEND), STATE(FRAUD_SUSPENDED), kEvaluator, {G::kFraudEvidence}, kHolderHeard},
    {"T08a",
     STATE(FRAUD_SUSPENDED),
     STEP(RESUME),
     STATE(AUTHENTICITY),
     kEvaluator,
     {G::kReason},
     "the suspicion is dropped"},
    {"T08b",
     STATE(FRAUD_SUSPENDED),
     STEP(HAND_TO_EVALUATOR),
     STATE(EVALUATION),
     kEvaluator,
     {G::kReason},
     "the holder was heard; what is decided needs its own reasons"},
    {"T09",
     STATE(AUTHENTICITY),
     STEP(RUN_RULES),
     STATE(AUTO_CHECK),
     kMachine,
     {G::kRouteCompares},
     "the outcome of every rule is kept with the digest of the facts and the version of the policy"},
    {"T09a",
     STATE(AUTHENTICITY),
     STEP(HAND_TO_EVALUATOR),
     STATE(EVALUATION),
     kMachine,
     {},
     "routes without automatic rules go to the evaluator at once"},
    {"T10",
     STATE(AUTO_CHECK),
     STEP(DECIDE_BY_RULE),
     STATE(DECIDED),
     static_cast<Actors>(kDecider | kMachine),
     {G::kKindDecision, G::kAllRulesMet, G::kAuthorityActs, G::kDecisionComplete},
     "AUTO_LEVEL: the level, or access, and nothing beyond it"},
    {"T11",
     STATE(AUTO_CHECK),
     STEP(HAND_TO_EVALUATOR),
     STATE(EVALUATION),
     kMachine,
     {G::kSomeRuleOpen},
     "the rules that are open become the evaluator's list"},
    {"T12",
     STATE(EVALUATION),
     STEP(ASK),
     STATE(INQUIRY),
     kEvaluator,
     {G::kQuestionNamed},
     "the time for the decision goes on"},
    {"T12",
     STATE(INQUIRY),
     STEP(ANSWER),
     STATE(EVALUATION),
     static_cast<Actors>(kIssuingNode | kPeerCentre),
     {G::kAnswerFromAsked, G::kFromEvaluation},
     kAnswerStored},
    {"T13",
     STATE(EVALUATION),
     STEP(PROPOSE),
     STATE(PROPOSED),
     kEvaluator,
     {G::kKindDecision, G::kAllCompared, G::kNotAgainstUnknown, G::kDecisionComplete},
     "the proposal is kept"},
    {"T14",
     STATE(PROPOSED),
     STEP(DECIDE),
     STATE(DECIDED),
     kDecider,
     {G::kKindDecision, G::kNotAgainstUnknown, G::kDecisionComplete, G::kOtherPerson},
     "the decision is signed"},
    {"T14a",
     STATE(PROPOSED),
     STEP(HAND_TO_EVALUATOR),
     STATE(EVALUATION),
     kDecider,
     {G::kReason},
     "the decider sends the proposal back"},
    {"T15",
     STATE(EVALUATION),
     STEP(ISSUE_STATEMENT),
     STATE(STATEMENT_ISSUED),
     kEvaluator,
     {G::kKindAdvice, G::kDecisionComplete},
     "cannot be appealed; can be asked for again"},
    {"T16",
     STATE(EVALUATION),
     STEP(ROUTE_TO_RPL),
     STATE(ROUTED_RPL),
     kEvaluator,
     {G::kRouteRpl, G::kHolderAgrees},
     "the case is handed on with the holder's consent"},
    {"T17",
     STATE(DECIDED),
     STEP(NOTIFY),
     STATE(NOTIFIED),
     kMachine,
     {},
     "the time for an appeal starts, by the table of countries"},
    {"T18", STATE(COMPLETE), STEP(DELAY), STATE(COMPLETE), kEvaluator, {G::kReason, G::kLaterDay}, kTellsDelay},
    {"T18", STATE(AUTHENTICITY), STEP(DELAY), STATE(AUTHENTICITY), kEvaluator, {G::kReason, G::kLaterDay}, kTellsDelay},
    {"T18", STATE(AUTO_CHECK), STEP(DELAY), STATE(AUTO_CHECK), kEvaluator, {G::kReason, G::kLaterDay}, kTellsDelay},
    {"T18", STATE(EVALUATION), STEP(DELAY), STATE(EVALUATION), kEvaluator, {G::kReason, G::kLaterDay}, kTellsDelay},
    {"T18", STATE(INQUIRY), STEP(DELAY), STATE(INQUIRY), kEvaluator, {G::kReason, G::kLaterDay}, kTellsDelay},
    {"T18", STATE(PROPOSED), STEP(DELAY), STATE(PROPOSED), kEvaluator, {G::kReason, G::kLaterDay}, kTellsDelay},
    {"T18",
     STATE(FRAUD_SUSPENDED),
     STEP(DELAY),
     STATE(FRAUD_SUSPENDED),
     kEvaluator,
     {G::kReason, G::kLaterDay},
     kTellsDelay},
    {"T19", STATE(NOTIFIED), STEP(APPEAL), STATE(APPEALED), kHolder, {G::kAppealOpen}, "goes to the appeal body"},
    {"T19a",
     STATE(APPEALED),
     STEP(CORRECT),
     STATE(DECIDED),
     kDecider,
     {G::kReason, G::kDecisionComplete},
     "the authority corrects itself; the corrected decision is notified anew"},
    {"T20",
     STATE(APPEALED),
     STEP(DECIDE_APPEAL),
     STATE(APPEAL_DECIDED),
     kAppealBody,
     {G::kReason, G::kAmendmentComplete},
     "upheld, or amended by the decision that comes with it"},
    {"T20a",
     STATE(APPEALED),
     STEP(SEND_BACK),
     STATE(EVALUATION),
     kAppealBody,
     {G::kReason},
     "the time for the decision starts anew"},
    {"T20b", STATE(APPEAL_DECIDED), STEP(BECOME_FINAL), STATE(FINAL), kMachine, {}, "the holder was told"},
    {"T21", STATE(NOTIFIED), STEP(BECOME_FINAL), STATE(FINAL), kMachine, {G::kAppealOver}, ""},
    {"T22", STATE(DRAFT), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(SUBMITTED), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(INCOMPLETE), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(COMPLETE), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(AUTHENTICITY), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(AUTO_CHECK), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(EVALUATION), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(INQUIRY), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(PROPOSED), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T22", STATE(FRAUD_SUSPENDED), STEP(WITHDRAW), STATE(WITHDRAWN), kHolder, {}, kMinimises},
    {"T23",
     STATE(FINAL),
     STEP(REVOKE),
     STATE(REVOKED),
     kDecider,
     {G::kReason, G::kFraudEvidence},
     "an appeal is possible again"},
    {"T23a", STATE(REVOKED), STEP(APPEAL), STATE(APPEALED), kHolder, {G::kAppealOpen}, "goes to the appeal body"},
    {"T24",
     STATE(FINAL),
     STEP(SUPERSEDE),
     STATE(SUPERSEDED),
     kDecider,
     {G::kReason, G::kLinked},
     "the two cases name each other"},
    {"T25",
     STATE(SUBMITTED),
     STEP(CLOSE_OUT_OF_SCOPE),
     STATE(OUT_OF_SCOPE),
     static_cast<Actors>(kEvaluator | kMachine),
     {G::kRegulated},
     "the holder is pointed to the competent authority of Directive 2005/36/EC; nothing is compared"},
};

#undef STATE
#undef STEP

// In the order of Guard.
constexpr absl::string_view kGuardTexts[] = {
    "",
    "the holder is shown to be the subject and has authorised the sharing",
    "it is said what recognition is wanted for",
    "the case is not about a regulated profession",
    "the case is about a regulated profession",
    "every missing input is named, each once and tied to a rule",
    "a last day for the reply is named, after today",
    "what is supplied was asked for",
    "no item is open",
    "the last day for the reply is over, and the holder was reminded",
    "there is a question, and who is asked",
    "the answer comes from who was asked, with evidence",
    "the question was put during the evaluation",
    "the question was about authenticity",
    "a reason code that shows fraud or the loss of the credential, with evidence",
    "a reason is given",
    "a person decides, unless national law permits a decision by rule",
    "the route is one with automatic rules",
    "every automatic rule is met",
    "an automatic rule is not met or not known, or there is none",
    "every rule of the comparison has an outcome and a text",
    "nothing essential is unknown where the proposal is less than full recognition",
    "the decision holds what its kind demands",
    "where another decision takes its place, that one holds what its kind demands",
    "where the policy asks for four eyes, another person than the evaluator decides",
    "the procedure ends in a decision",
    "the procedure ends in advice",
    "the route is recognition or validation of prior learning",
    "the holder agrees, and the other body is named",
    "a day after today and after the due day is named",
    "the time for an appeal is not over",
    "the time for an appeal is known, and over",
    "the other case is named",
};

absl::string_view WithoutPrefix(absl::string_view name, absl::string_view prefix) {
  return name.substr(0, prefix.size()) == prefix ? name.substr(prefix.size()) : name;
}

}  // namespace

absl::Span<const Transition> Transitions() { return kTransitions; }

std::vector<const Transition*> TransitionsFrom(v1::CaseState from, v1::CaseStep step) {
  std::vector<const Transition*> found;
  for (const Transition& transition : Transitions()) {
    if (transition.from == from && transition.step == step) found.push_back(&transition);
  }
  return found;
}

bool ClockRuns(v1::CaseState state) {
  // Asking somebody else does not stop it, and neither does a suspicion.
  switch (state) {
    case v1::CASE_STATE_COMPLETE:
    case v1::CASE_STATE_AUTHENTICITY:
    case v1::CASE_STATE_AUTO_CHECK:
    case v1::CASE_STATE_EVALUATION:
    case v1::CASE_STATE_INQUIRY:
    case v1::CASE_STATE_PROPOSED:
    case v1::CASE_STATE_FRAUD_SUSPENDED:
      return true;
    default:
      return false;
  }
}

bool IsEnd(v1::CaseState state) {
  for (const Transition& transition : Transitions()) {
    if (transition.from == state) return false;
  }
  return true;
}

absl::string_view StateName(v1::CaseState state) { return WithoutPrefix(v1::CaseState_Name(state), "CASE_STATE_"); }
absl::string_view StepName(v1::CaseStep step) { return WithoutPrefix(v1::CaseStep_Name(step), "CASE_STEP_"); }
absl::string_view ActorName(v1::CaseActor actor) { return WithoutPrefix(v1::CaseActor_Name(actor), "CASE_ACTOR_"); }

absl::string_view GuardText(Guard guard) { return kGuardTexts[static_cast<size_t>(guard)]; }

}  // namespace passerelle::recognition
