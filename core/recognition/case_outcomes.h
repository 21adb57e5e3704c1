// What the holder's side is told of a case at the competent authority, and the decision that rules carry.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Whether something that concerns the holder happened since the case had `events` events. What the authority weighs
// among its own people, and asks of others, does not.
bool ConcernsHolder(const v1::RecognitionCase& content, int events);

// The case as the holder's side is told of it: its state, what is missing and until when, the decision once it was
// taken, and the reasons of what happened since the case had `events` events.
v1::RecognitionOutcome OutcomeOfCase(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                     int events, absl::Time now);

// Whether a case in this state has been decided, by a decision that the holder is told.
bool IsDecided(v1::CaseState state);

// The decision that automatic rules carry: a level, or access, and nothing beyond it. It lacks the level where that is
// not known, and is then refused by the guard.
v1::Decision DecisionByRule(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                            std::optional<int> eqf_level, absl::CivilDay today);

// Fills in what the case and its policy say and a decision leaves open: purpose, authority, legal base, appeal, policy,
// version and day.
void CompleteDecision(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content, absl::CivilDay today,
                      v1::Decision* decision);

}  // namespace passerelle::recognition
