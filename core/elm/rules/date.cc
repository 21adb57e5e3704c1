#include "core/elm/rules/date.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "core/elm/constraints_lexical.h"

namespace passerelle::elm {
namespace {

// Takes the pattern off the text if it begins so: 'd' stands for a digit, all else for itself.
bool Consume(absl::string_view pattern, absl::string_view* text) {
  if (text->size() < pattern.size()) return false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool matches = pattern[i] == 'd' ? absl::ascii_isdigit((*text)[i]) : pattern[i] == (*text)[i];
    if (!matches) return false;
  }
  text->remove_prefix(pattern.size());
  return true;
}

int Number(absl::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

// Whether the calendar has the day yyyy-mm-dd.
bool IsDay(absl::string_view date) {
  const absl::CivilDay day(Number(date.substr(0, 4)), Number(date.substr(5, 2)), Number(date.substr(8, 2)));
  return day.month() == Number(date.substr(5, 2)) && day.day() == Number(date.substr(8, 2)) && day.year() > 0;
}

// "Z", an offset, or nothing.
bool IsTimeZone(absl::string_view zone) {
  if (zone.empty() || zone == "Z") return true;
  absl::string_view rest = zone;
  if (!(Consume("+dd:dd", &rest) || Consume("-dd:dd", &rest)) || !rest.empty()) return false;
  constexpr int kMinutesMost = 14 * 60;  // of XML Schema
  const int minutes = Number(zone.substr(4, 2));
  return minutes <= 59 && Number(zone.substr(1, 2)) * 60 + minutes <= kMinutesMost;
}

// Takes the day off the text, in the order of ISO 8601 or of most of Europe.
bool TakeDay(absl::string_view* text, SourceDate* date) {
  const absl::string_view all = *text;
  if (Consume("dddd-dd-dd", text)) {
    date->day = std::string(all.substr(0, 10));
  } else if (Consume("dd-dd-dddd", text) || Consume("dd.dd.dddd", text)) {
    date->day = absl::StrCat(all.substr(6, 4), "-", all.substr(3, 2), "-", all.substr(0, 2));
    date->turned = true;
  }
  return !date->day.empty() && IsDay(date->day);
}

// XML Schema also writes the end of a day as 24:00:00, which is the beginning of the next.
bool TakeEndOfDay(SourceDate* date) {
  if (date->time.substr(0, 8) != "24:00:00" || date->time.find_first_not_of(".0", 8) != std::string::npos) return false;
  const absl::string_view day = date->day;
  const absl::CivilDay next =
      absl::CivilDay(Number(day.substr(0, 4)), Number(day.substr(5, 2)), Number(day.substr(8, 2))) + 1;
  constexpr int kLastYear = 9999;
  if (next.year() > kLastYear) return false;
  date->day = absl::StrCat(absl::Dec(next.year(), absl::kZeroPad4), "-", absl::Dec(next.month(), absl::kZeroPad2), "-",
                           absl::Dec(next.day(), absl::kZeroPad2));
  date->time = "00:00:00";
  return true;
}

// Takes the time off the text; true also where there is none.
bool TakeTime(absl::string_view* text, SourceDate* date) {
  absl::string_view rest = *text;
  if (!Consume("Tdd:dd:dd", &rest) && !Consume(" dd:dd:dd", &rest)) return true;
  if (Consume(".d", &rest)) {
    while (Consume("d", &rest)) continue;
  }
  date->time = std::string(text->substr(1, text->size() - rest.size() - 1));
  *text = rest;
  if (TakeEndOfDay(date)) return true;
  return Number(date->time.substr(0, 2)) <= 23 && Number(date->time.substr(3, 2)) <= 59 &&
         Number(date->time.substr(6, 2)) <= 59;
}

}  // namespace

std::string SourceDate::DateTime() const {
  return absl::StrCat(day, "T", time.empty() ? "00:00:00" : time, zone.empty() ? "Z" : zone);
}

std::string SourceDate::WholeDay() const { return absl::StrCat(day, "T00:00:00Z"); }

std::optional<SourceDate> ReadDate(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  SourceDate date;
  if (!TakeDay(&text, &date) || !TakeTime(&text, &date) || !IsTimeZone(text)) return std::nullopt;
  date.zone = std::string(text);
  return date;
}

AwardDate DateOfAward(absl::string_view own, absl::string_view of_document) {
  if (const std::optional<SourceDate> date = ReadDate(own)) return {date->DateTime(), false};
  if (const std::optional<SourceDate> date = ReadDate(of_document)) return {date->DateTime(), true};
  return {};
}

std::optional<std::string> StatedDay(absl::string_view date_time) {
  if (!IsDateTime(date_time)) return std::nullopt;
  return std::string(date_time.substr(0, date_time.find('T')));
}

}  // namespace passerelle::elm
