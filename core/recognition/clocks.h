// The clocks of a case: until when a decision is due, when to warn, and until when an appeal can be made.
//
// The time for a decision counts from the day on which everything was there. It is four months at most, and questions
// to others do not stop it (Lisbon Recognition Convention, revised recommendation on criteria and procedures). The last
// day itself is in time.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "passerelle/recognition/v1/policy.pb.h"

namespace passerelle::recognition {

inline constexpr int kDecisionMonthsMax = 4;           // of the recommendation; a national limit can only be shorter
inline constexpr int kReplyDays = 60;                  // where a policy names no other
inline constexpr int kWarningShares[] = {50, 75, 90};  // per cent of the time for the decision

// yyyy-mm-dd and nothing else; nullopt for a day that there is not.
std::optional<absl::CivilDay> ParseDay(absl::string_view text);
std::string DayText(absl::CivilDay day);
// The day of a moment, in UTC.
absl::CivilDay DayOf(absl::Time time);

// The same day of a later month, or the last day of that month where it has no such day.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

struct DecisionClock {
  absl::CivilDay due;
  std::vector<absl::CivilDay> warnings;  // first days on which at least the share of the time is over
};
DecisionClock StartDecisionClock(absl::CivilDay complete, const v1::Procedure& procedure);

// The last day for an appeal against what was notified on that day; nullopt where no limit is known for the country, so
// that nothing becomes final by the clock alone.
std::optional<absl::CivilDay> AppealUntil(const v1::Procedure& procedure, absl::string_view country,
                                          absl::CivilDay notified);

// Whether a day lies within limits, either of which may be empty.
bool Within(absl::CivilDay day, absl::string_view from, absl::string_view until);

}  // namespace passerelle::recognition
