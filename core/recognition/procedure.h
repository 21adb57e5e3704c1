// What happens to a case at the competent authority, step by step: the table of transitions.h, its guards, and what
// each step leaves in the case. Every step is an event with actor, time, reason code and evidence.
//
// Problems, with the place: kTransitionNotAllowed at "step" where the table has no such transition, kActorNotAllowed at
// "role", kGuardNotMet at "guard" for a condition that does not hold, kClockSetBack at "event_time"; kEtagMismatch at
// "revision" when somebody else acted since the case was read; kConsentWithdrawn at "consent", and
// kAuthorisationInvalid there while nothing is known of the holder's consent; kFieldInvalid and kNoEvidence for the
// decision, and those of decisions.h. A refused step changes nothing.
//
// Thread-safety: free functions on values.
//
//   ASSIGN_OR_RETURN(v1::CaseEvent event, TakeStep(policy, action, now, &content));
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/recognition/transitions.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Items of one request; more would hide what matters.
inline constexpr int kMissingItemsMax = 64;
// Questions that one case may ask of others.
inline constexpr int kInquiriesMax = 32;

// The case and what somebody wants to do to it, as the guards see it.
struct Attempt {
  const v1::RecognitionPolicy& policy;
  const v1::RecognitionCase& content;
  const v1::CaseAction& action;
  absl::Time now;
};

// Whether a guard holds; otherwise why not.
absl::Status CheckGuard(Guard guard, const Attempt& attempt);

// Takes the step, appends its event to the case and returns it.
absl::StatusOr<v1::CaseEvent> TakeStep(const v1::RecognitionPolicy& policy, const v1::CaseAction& action,
                                       absl::Time now, v1::RecognitionCase* content);

// Where the procedure stands after the machine's first check of an application that came under the holder's
// authorisation: what is missing is open, or the time for the decision runs.
void BeginProcedure(const v1::RecognitionPolicy& policy, const v1::RecognitionOutcome& outcome, absl::Time now,
                    v1::CaseProcedure* procedure);

// Whether the last day for the decision is over. False while no clock runs.
bool IsOverdue(const v1::RecognitionCase& content, absl::Time now);

// The share of the time for the decision that is over, of kWarningShares; 0 before the first of them and while no clock
// runs.
int WarningShare(const v1::RecognitionCase& content, absl::Time now);

}  // namespace passerelle::recognition
