// Dates: rules date.calendar, date.order and date.zone.
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "adapters/elmo/text.h"

namespace passerelle::adapters::elmo {
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
bool IsZone(absl::string_view zone) {
  if (zone.empty() || zone == "Z") return true;
  absl::string_view rest = zone;
  return (Consume("+dd:dd", &rest) || Consume("-dd:dd", &rest)) && rest.empty() && Number(zone.substr(1, 2)) <= 14 &&
         Number(zone.substr(4, 2)) <= 59;
}

struct Parsed {
  std::string day;   // yyyy-mm-dd; empty if the text is no date
  std::string time;  // hh:mm:ss with fraction; empty for a date
  std::string zone;
  bool turned = false;
};

Parsed Parse(const std::string& text) {
  Parsed parsed;
  absl::string_view rest = text;
  if (Consume("dddd-dd-dd", &rest)) {
    parsed.day = text.substr(0, 10);
  } else if (Consume("dd-dd-dddd", &rest) || Consume("dd.dd.dddd", &rest)) {
    parsed.day = absl::StrCat(text.substr(6, 4), "-", text.substr(3, 2), "-", text.substr(0, 2));
    parsed.turned = true;
  }
  if (parsed.day.empty() || !IsDay(parsed.day)) return {};
  const size_t time_begin = text.size() - rest.size() + 1;
  if (Consume("Tdd:dd:dd", &rest)) {
    if (Consume(".d", &rest)) {
      while (Consume("d", &rest)) continue;
    }
    parsed.time = text.substr(time_begin, text.size() - rest.size() - time_begin);
    if (Number(parsed.time.substr(0, 2)) > 23 || Number(parsed.time.substr(3, 2)) > 59 ||
        Number(parsed.time.substr(6, 2)) > 59) {
      return {};
    }
  }
  if (!IsZone(rest)) return {};
  parsed.zone = std::string(rest);
  return parsed;
}

Parsed TakeParsed(Source* source, const xml_node& node) {
  const std::string text = base::XmlText(node);
  if (text.empty()) return {};
  Parsed parsed = Parse(text);
  if (parsed.day.empty()) {
    source->Warn("date.unreadable", node, "This is no date.");
    source->Drop(node, "is no date");
    return {};
  }
  source->Take(node);
  source->TakeAttribute(node, "dtf");
  if (parsed.turned) source->Note("date.order", node, "Day, month and year were put into the order of ISO 8601.");
  return parsed;
}

}  // namespace

std::string TakeDate(Source* source, const xml_node& node) {
  const Parsed parsed = TakeParsed(source, node);
  if (parsed.day.empty()) return "";
  if (!parsed.time.empty() && parsed.zone.empty()) {
    source->Note("date.zone", node, "The time has no zone; it is written as UTC.");
  }
  return absl::StrCat(parsed.day, "T", parsed.time.empty() ? "00:00:00" : parsed.time,
                      parsed.zone.empty() ? "Z" : parsed.zone);
}

std::string TakeBirthDate(Source* source, const xml_node& node) {
  const Parsed parsed = TakeParsed(source, node);
  if (parsed.day.empty()) return "";
  if (!parsed.zone.empty() || !parsed.time.empty()) {
    source->Note("date.calendar", node, "A birth date is a day of the calendar; its time and zone were left out.");
  }
  return absl::StrCat(parsed.day, "T00:00:00Z");
}

}  // namespace passerelle::adapters::elmo
