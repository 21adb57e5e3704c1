// The table of the procedure: from which state who may do what, under which conditions, and where it leads. All that
// happens to a case at the competent authority goes through it (procedure.h); docs/reference/procedure.md shows it.
//
// T01 to T24 are those of the workflow that the Lisbon Recognition Convention's subsidiary texts describe; rows with
// other ids close what those leave open, such as the way back from an inquiry or from a suspicion that was dropped.
//
// Thread-safety: free functions on constants.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "passerelle/recognition/v1/case_state.pb.h"

namespace passerelle::recognition {

// A condition of a transition, with its words for people.
enum class Guard {
  kNone,
  kConsent,            // the holder is the subject and has authorised the sharing
  kAimStated,          // it is said what recognition is wanted for
  kInScope,            // the route is not that of a regulated profession
  kRegulated,          // the route is that of a regulated profession
  kAllItemsListed,     // every missing input is named, once, and tied to a rule
  kReplyDay,           // a last day for the reply is set, after today
  kItemsKnown,         // what is supplied was asked for
  kNothingOpen,        // no item is open
  kReplyOver,          // the last day for the reply is over and the holder was reminded
  kQuestionNamed,      // a question is put to somebody who is named
  kAnswerFromAsked,    // whoever answers is who was asked
  kFromEvaluation,     // the question was put during the evaluation
  kFromAuthenticity,   // the question was put about authenticity
  kFraudEvidence,      // a reason code of fraud, with evidence
  kReason,             // a reason is given
  kAuthorityActs,      // a person decides, unless national law permits a decision by rule
  kRouteCompares,      // the route has a comparison
  kAllRulesMet,        // every automatic rule is met
  kSomeRuleOpen,       // an automatic rule is not met or not known
  kAllCompared,        // every rule of the comparison has an outcome and a text
  kNotAgainstUnknown,  // nothing is proposed against the holder while something essential is unknown
  kDecisionComplete,   // the decision holds what its kind demands
  kAmendmentComplete,  // so does the one that takes its place, where there is one
  kOtherPerson,        // where the policy asks for four eyes, somebody else decides
  kKindDecision,       // the procedure ends in a decision
  kKindAdvice,         // the procedure ends in advice
  kRouteRpl,           // the route is that of recognition or validation of prior learning
  kHolderAgrees,       // the holder agrees
  kLaterDay,           // a later day is named
  kAppealOpen,         // the time for an appeal is not over
  kAppealOver,         // the time for an appeal is known and over
  kLinked,             // the other case is named
};

absl::string_view GuardText(Guard guard);

// A set of actors.
using Actors = uint16_t;
constexpr Actors ActorBit(v1::CaseActor actor) { return static_cast<Actors>(1U << static_cast<unsigned>(actor)); }

struct Transition {
  const char* id;
  v1::CaseState from;
  v1::CaseStep step;
  v1::CaseState to;
  Actors actors;
  std::array<Guard, 4> guards;  // filled up with kNone
  const char* effect;           // what happens besides, for the page

  bool Allows(v1::CaseActor actor) const { return (actors & ActorBit(actor)) != 0; }
};

// All rows, in the order in which they are printed.
absl::Span<const Transition> Transitions();

// The rows for a step from a state; several where guards tell them apart. Empty where the table has none.
std::vector<const Transition*> TransitionsFrom(v1::CaseState from, v1::CaseStep step);

// Whether the time for the decision runs in a state, and whether a case ends there.
bool ClockRuns(v1::CaseState state);
bool IsEnd(v1::CaseState state);

// "FRAUD_SUSPENDED", "REQUEST_INFORMATION", "EVALUATOR": the names of the contract without their prefix.
absl::string_view StateName(v1::CaseState state);
absl::string_view StepName(v1::CaseStep step);
absl::string_view ActorName(v1::CaseActor actor);

}  // namespace passerelle::recognition
