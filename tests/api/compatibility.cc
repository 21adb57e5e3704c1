#include "tests/api/compatibility.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace passerelle::api {
namespace {

// Cuts `text` at the last `mark` and returns what stood behind it; empty, with `text` as it was, when there is none.
std::string CutOff(absl::string_view& text, absl::string_view mark) {
  const size_t at = text.rfind(mark);
  if (at == absl::string_view::npos) return "";
  std::string rest(text.substr(at + mark.size()));
  text = text.substr(0, at);
  return rest;
}

// "<name> = <number>" into both.
bool TakeNumbered(absl::string_view text, std::string& name, int& number) {
  const std::string digits = CutOff(text, " = ");
  name = std::string(text);
  return !name.empty() && absl::SimpleAtoi(digits, &number);
}

// "a.b.c" into "a.b" and "c".
bool SplitName(const std::string& full, std::string& parent, std::string& name) {
  const size_t dot = full.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == full.size()) return false;
  parent = full.substr(0, dot);
  name = full.substr(dot + 1);
  return true;
}

// "passerelle.a.v1.M.f = 7: repeated string in oneof o of X deprecated"
bool TakeField(absl::string_view text, Contracts& contracts) {
  const size_t colon = text.find(": ");
  if (colon == absl::string_view::npos) return false;
  std::string full;
  int number = 0;
  if (!TakeNumbered(text.substr(0, colon), full, number)) return false;
  text.remove_prefix(colon + 2);
  absl::ConsumeSuffix(&text, " deprecated");
  const std::string extended = CutOff(text, " of ");
  Contracts::Field field;
  field.oneof = CutOff(text, " in oneof ");
  field.label = "singular";
  for (const char* label : {"repeated", "optional"}) {
    if (absl::ConsumePrefix(&text, absl::StrCat(label, " "))) field.label = label;
  }
  field.type = std::string(text);
  std::string parent;
  if (!SplitName(full, parent, field.name) || field.type.empty()) return false;
  if (!extended.empty()) parent = absl::StrCat("extensions of ", extended);
  return contracts.messages[parent].emplace(number, std::move(field)).second;
}

bool TakeValue(absl::string_view text, Contracts& contracts) {
  std::string full, parent, name;
  int number = 0;
  return TakeNumbered(text, full, number) && SplitName(full, parent, name) &&
         contracts.enums[parent].emplace(number, name).second;
}

bool TakeMethod(absl::string_view text, Contracts& contracts) {
  const size_t open = text.find('(');
  if (open == absl::string_view::npos || !absl::StrContains(text, ") returns (")) return false;
  return contracts.methods.emplace(text.substr(0, open), text.substr(open)).second;
}

bool TakeLine(absl::string_view line, Contracts& contracts) {
  if (absl::ConsumePrefix(&line, "field ")) return TakeField(line, contracts);
  if (absl::ConsumePrefix(&line, "value ")) return TakeValue(line, contracts);
  if (absl::ConsumePrefix(&line, "method ")) return TakeMethod(line, contracts);
  if (!absl::ConsumePrefix(&line, "message ") || !absl::ConsumeSuffix(&line, " without fields")) return false;
  contracts.messages[std::string(line)];
  return true;
}

void CompareField(const std::string& where, const Contracts::Field& before, const Contracts::Field& after,
                  std::vector<std::string>& breaks) {
  const auto changed = [&](absl::string_view what, absl::string_view was, absl::string_view is) {
    breaks.push_back(absl::StrCat(where, " was ", what, was, " and is now ", what, is));
  };
  if (before.name != after.name) changed("named ", before.name, after.name);
  if (before.type != after.type) changed("", before.type, after.type);
  // Whether a value is there can be told in addition; what could be told stays.
  const bool adds_presence = before.label == "singular" && after.label == "optional";
  if (before.label != after.label && !adds_presence) changed("", before.label, after.label);
  if (before.oneof != after.oneof) {
    changed("in ", before.oneof.empty() ? "no oneof" : "oneof " + before.oneof,
            after.oneof.empty() ? "no oneof" : "oneof " + after.oneof);
  }
}

void CompareMessage(const std::string& name, const std::map<int, Contracts::Field>& before,
                    const std::map<int, Contracts::Field>& after, std::vector<std::string>& breaks) {
  for (const auto& [number, field] : before) {
    const auto same = after.find(number);
    if (same != after.end()) {
      CompareField(absl::StrCat("field ", number, " of ", name), field, same->second, breaks);
      continue;
    }
    const auto moved = std::find_if(after.begin(), after.end(),
                                    [&wanted = field.name](const auto& other) { return other.second.name == wanted; });
    breaks.push_back(moved == after.end() ? absl::StrCat("field ", number, " of ", name, ", ", field.name, ", is gone")
                                          : absl::StrCat("field ", field.name, " of ", name, " was ", number,
                                                         " and is now ", moved->first));
  }
}

void CompareEnum(const std::string& name, const std::map<int, std::string>& before,
                 const std::map<int, std::string>& after, std::vector<std::string>& breaks) {
  for (const auto& [number, value] : before) {
    const auto same = after.find(number);
    if (same != after.end()) {
      if (same->second != value) {
        breaks.push_back(absl::StrCat("value ", number, " of ", name, " was ", value, " and is now ", same->second));
      }
      continue;
    }
    const auto moved = std::find_if(after.begin(), after.end(),
                                    [&wanted = value](const auto& other) { return other.second == wanted; });
    breaks.push_back(moved == after.end()
                         ? absl::StrCat("value ", number, " of ", name, ", ", value, ", is gone")
                         : absl::StrCat("value ", value, " of ", name, " was ", number, " and is now ", moved->first));
  }
}

}  // namespace

absl::StatusOr<Contracts> ReadContracts(const std::vector<std::string>& lines) {
  Contracts contracts;
  for (const std::string& line : lines) {
    if (!TakeLine(line, contracts)) return absl::InvalidArgumentError("no line of a surface: " + line);
  }
  return contracts;
}

std::vector<std::string> Breaks(const Contracts& released, const Contracts& now) {
  std::vector<std::string> breaks;
  for (const auto& [name, fields] : released.messages) {
    const auto found = now.messages.find(name);
    if (found == now.messages.end()) {
      breaks.push_back(absl::StrCat("message ", name, " is gone"));
    } else {
      CompareMessage(name, fields, found->second, breaks);
    }
  }
  for (const auto& [name, values] : released.enums) {
    const auto found = now.enums.find(name);
    if (found == now.enums.end()) {
      breaks.push_back(absl::StrCat("enum ", name, " is gone"));
    } else {
      CompareEnum(name, values, found->second, breaks);
    }
  }
  for (const auto& [name, signature] : released.methods) {
    const auto found = now.methods.find(name);
    if (found == now.methods.end()) {
      breaks.push_back(absl::StrCat("method ", name, " is gone"));
    } else if (found->second != signature) {
      breaks.push_back(absl::StrCat("method ", name, " was ", signature, " and is now ", found->second));
    }
  }
  return breaks;
}

}  // namespace passerelle::api
