// Dates: rules date.calendar, date.order and date.zone.
#include "core/elm/rules/date.h"

#include <string>

#include "adapters/elmo/text.h"

namespace passerelle::adapters::elmo {
namespace {

std::optional<elm::SourceDate> TakeParsed(Source* source, const xml_node& node) {
  const std::string text = base::XmlText(node);
  if (text.empty()) return std::nullopt;
  std::optional<elm::SourceDate> date = elm::ReadDate(text);
  if (!date.has_value()) {
    source->Warn("date.unreadable", node, "This is no date.");
    source->Drop(node, "is no date");
    return std::nullopt;
  }
  source->Take(node);
  source->TakeAttribute(node, "dtf");
  if (date->turned) source->Note("date.order", node, "Day, month and year were put into the order of ISO 8601.");
  return date;
}

}  // namespace

std::string TakeDate(Source* source, const xml_node& node) {
  const std::optional<elm::SourceDate> date = TakeParsed(source, node);
  if (!date.has_value()) return "";
  if (date->lacks_zone()) source->Note("date.zone", node, "The time has no zone; it is written as UTC.");
  return date->DateTime();
}

std::string TakeBirthDate(Source* source, const xml_node& node) {
  const std::optional<elm::SourceDate> date = TakeParsed(source, node);
  if (!date.has_value()) return "";
  if (!date->zone.empty() || !date->time.empty()) {
    source->Note("date.calendar", node, "A birth date is a day of the calendar; its time and zone were left out.");
  }
  return date->WholeDay();
}

}  // namespace passerelle::adapters::elmo
