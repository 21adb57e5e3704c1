#include "core/recognition/clocks.h"

#include <algorithm>

namespace passerelle::recognition {

std::optional<absl::CivilDay> ParseDay(absl::string_view text) {
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) return std::nullopt;
  // "2026-1-05 " and the like are read too; one spelling is enough.
  if (absl::FormatCivilTime(day) != text) return std::nullopt;
  return day;
}

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

DecisionClock StartDecisionClock(absl::CivilDay complete, const v1::Procedure& procedure) {
  const int months =
      procedure.limit_months() == 0 ? kDecisionMonthsMax : std::min<int>(kDecisionMonthsMax, procedure.limit_months());
  DecisionClock clock;
  clock.due = AddMonths(complete, months);
  if (procedure.limit_days() > 0) clock.due = std::min(clock.due, complete + procedure.limit_days());
  const absl::civil_diff_t span = clock.due - complete;
  for (const int share : kWarningShares) clock.warnings.push_back(complete + (span * share + 99) / 100);
  return clock;
}

std::optional<absl::CivilDay> AppealUntil(const v1::Procedure& procedure, absl::string_view country,
                                          absl::CivilDay notified) {
  for (const v1::AppealLimit& limit : procedure.appeal_limits()) {
    if (limit.country() != country || !Within(notified, limit.from(), limit.until())) continue;
    if (limit.months() > 0) return AddMonths(notified, static_cast<int>(limit.months()));
    if (limit.days() > 0) return notified + limit.days();
  }
  return std::nullopt;
}

bool Within(absl::CivilDay day, absl::string_view from, absl::string_view until) {
  const std::optional<absl::CivilDay> first = ParseDay(from);
  const std::optional<absl::CivilDay> last = ParseDay(until);
  return (!first.has_value() || *first <= day) && (!last.has_value() || day <= *last);
}

}  // namespace passerelle::recognition
