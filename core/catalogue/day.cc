#include "core/catalogue/day.h"

namespace passerelle::catalogue {

std::optional<absl::CivilDay> DayOf(absl::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) return std::nullopt;
  return day;
}

absl::Status CheckDay(absl::string_view text, base::Reason reason, absl::string_view place) {
  if (text.empty() || DayOf(text).has_value()) return absl::OkStatus();
  return base::Problem(reason, place, "it is no day such as 2026-01-31");
}

bool IsWithin(absl::CivilDay day, absl::string_view from, absl::string_view until) {
  return (from.empty() || DayOf(from) <= day) && (until.empty() || day <= DayOf(until));
}

}  // namespace passerelle::catalogue
