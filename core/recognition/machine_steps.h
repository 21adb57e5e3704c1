// What the competent authority's node does with a case by itself: the steps of the table that are the machine's, and
// the clocks that run out. Everything else waits for a person.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Days before the last day for a reply on which the holder is reminded.
inline constexpr int kReminderDays = 7;

// The next step that the node takes by itself; nullopt when it is somebody else's turn. Whether the table allows it is
// for TakeStep to say: where it does not, the case waits for a person.
std::optional<v1::CaseAction> NextMachineStep(const v1::RecognitionPolicy& policy, const v1::RecognitionCase& content,
                                              absl::Time now);

// The step that follows when the holder's side has confirmed that it was told of a decision: it is notified, and the
// time for an appeal starts; or the appeal is over. nullopt while a later outcome is still on its way, and under a
// policy without rules of a procedure. `evidence` is the digest of the confirmation.
std::optional<v1::CaseAction> OnceTold(const v1::RecognitionPolicy& policy, const v1::RecognitionOutcome& told,
                                       absl::string_view evidence, const v1::RecognitionCase& content);

// Records that a half, three quarters, nine tenths, or all of the time for the decision is over, once each, as an event
// of the case. Returns the event; nullopt when there is nothing to record.
std::optional<v1::CaseEvent> RecordTimeOver(absl::Time now, v1::RecognitionCase* content);

// The clock that a step or event of the node means: "decision", "warning", "reply", "reminder" or "appeal"; empty for
// what no clock has brought about. For metrics.
absl::string_view ClockOf(const v1::CaseEvent& event);

// When the node has to look at the case again; InfiniteFuture for never. Always after today, since what is due today
// has been done.
absl::Time NextLook(const v1::RecognitionCase& content, absl::Time now);

// The day on which something is due in a case: the holder's reply, the decision (the day that the holder was told after
// a delay), the end of the time for an appeal. nullopt where no day is known or none runs.
std::optional<absl::CivilDay> DueDay(const v1::RecognitionCase& content);

}  // namespace passerelle::recognition
