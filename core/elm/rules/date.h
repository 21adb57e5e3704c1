// Dates as sources write them, and as the European Learning Model wants them: xsd:dateTime.
//
// A date without a time is a day of the calendar. It becomes midnight UTC and is never moved between zones, because
// moving it makes it the day before for half of the world (rule date.calendar).
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

// A date that was read, with what was done to it, for the report.
struct SourceDate {
  std::string day;      // "2025-05-30"
  std::string time;     // "09:30:00.5"; empty for a date
  std::string zone;     // "Z", "+02:00"; empty where none is stated
  bool turned = false;  // day, month and year stood in another order: rule date.order
  // A time without a zone is written as UTC: rule date.zone.
  bool lacks_zone() const { return !time.empty() && zone.empty(); }
  // xsd:dateTime.
  std::string DateTime() const;
  // xsd:dateTime of a date whose time and zone mean nothing, such as a birth date: rule date.calendar.
  std::string WholeDay() const;
};

// Reads yyyy-mm-dd, dd-mm-yyyy and dd.mm.yyyy, each with an optional time and zone, a blank allowed for the "T".
// nullopt for what is no day of the calendar.
std::optional<SourceDate> ReadDate(absl::string_view text);

// Rule date.award: the day on which something was awarded is the achievement's own date; the date of the document
// stands in for it where there is none, and is marked as derived.
struct AwardDate {
  std::string date_time;  // empty where neither is a date
  bool derived = false;
};
AwardDate DateOfAward(absl::string_view own, absl::string_view of_document);

// The day that an xsd:dateTime states in its own zone, as written: "2025-05-30". nullopt if it is no xsd:dateTime.
std::optional<std::string> StatedDay(absl::string_view date_time);

}  // namespace passerelle::elm
