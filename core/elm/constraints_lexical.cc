#include "core/elm/constraints_lexical.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "core/elm/codec_literal.h"
#include "core/elm/rules/workload.h"

namespace passerelle::elm {
namespace {

bool AllDigits(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isdigit(c)) return false;
  }
  return !text.empty();
}

// Takes `count` digits off the text and gives their number; -1 if there are none.
int TakeDigits(absl::string_view& text, size_t count) {
  int number = 0;
  if (text.size() < count || !AllDigits(text.substr(0, count))) return -1;
  if (!absl::SimpleAtoi(text.substr(0, count), &number)) return -1;
  text.remove_prefix(count);
  return number;
}

bool TakeChar(absl::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool IsZone(absl::string_view text) {
  if (text.empty() || text == "Z") return true;
  if (!TakeChar(text, '+') && !TakeChar(text, '-')) return false;
  const int hours = TakeDigits(text, 2);
  if (hours < 0 || !TakeChar(text, ':')) return false;
  const int minutes = TakeDigits(text, 2);
  return text.empty() && minutes >= 0 && minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

// hh:mm:ss with an optional fraction, and the zone. 24:00:00 is the end of the day.
bool IsTimeAndZone(absl::string_view text) {
  const int hours = TakeDigits(text, 2);
  if (hours < 0 || !TakeChar(text, ':')) return false;
  const int minutes = TakeDigits(text, 2);
  if (minutes < 0 || !TakeChar(text, ':')) return false;
  const int seconds = TakeDigits(text, 2);
  if (seconds < 0) return false;
  if (TakeChar(text, '.')) {
    size_t digits = 0;
    while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
    if (digits == 0) return false;
    text.remove_prefix(digits);
  }
  const bool end_of_day = hours == 24 && minutes == 0 && seconds == 0;
  return (hours < 24 || end_of_day) && minutes < 60 && seconds < 60 && IsZone(text);
}

bool IsDecimal(absl::string_view text) {
  if (!TakeChar(text, '+')) TakeChar(text, '-');
  const size_t point = text.find('.');
  if (point == absl::string_view::npos) return AllDigits(text);
  const absl::string_view whole = text.substr(0, point);
  const absl::string_view rest = text.substr(point + 1);
  return (whole.empty() || AllDigits(whole)) && (rest.empty() || AllDigits(rest)) && whole.size() + rest.size() > 0;
}

bool IsInteger(absl::string_view text) {
  if (!TakeChar(text, '+')) TakeChar(text, '-');
  return AllDigits(text);
}

}  // namespace

bool IsDateTime(absl::string_view text) {
  const bool before_christ = TakeChar(text, '-');
  size_t year_digits = 0;
  while (year_digits < text.size() && absl::ascii_isdigit(text[year_digits])) ++year_digits;
  // Nine digits are more than any document needs and fit the number.
  if (year_digits < 4 || year_digits > 9 || (year_digits > 4 && text.front() == '0')) return false;
  const int year = TakeDigits(text, year_digits);
  if (!TakeChar(text, '-')) return false;
  const int month = TakeDigits(text, 2);
  if (month < 1 || month > 12 || !TakeChar(text, '-')) return false;
  const int day = TakeDigits(text, 2);
  if (day < 1 || !TakeChar(text, 'T')) return false;
  const absl::CivilDay civil(before_christ ? -year : year, month, day);
  return civil.month() == month && IsTimeAndZone(text);
}

bool IsLexical(v3::Datatype datatype, absl::string_view text) {
  switch (datatype) {
    case v3::DATATYPE_DATE_TIME:
      return IsDateTime(text);
    case v3::DATATYPE_DURATION:
      return ParseDuration(text).has_value();
    case v3::DATATYPE_INTEGER:
      return IsInteger(text);
    case v3::DATATYPE_POSITIVE_INTEGER:
      return IsInteger(text) && text.front() != '-' && text.find_first_of("123456789") != absl::string_view::npos;
    case v3::DATATYPE_DECIMAL:
      return IsDecimal(text);
    case v3::DATATYPE_BOOLEAN:
      return text == "true" || text == "false" || text == "1" || text == "0";
    case v3::DATATYPE_IRI:
      return IsAbsoluteIri(text);
    default:
      return true;
  }
}

}  // namespace passerelle::elm
