#include "core/elm/rules/level.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

struct CycleRow {
  absl::string_view code;
  absl::string_view label;
  int eqf;
};
// In the order of Cycle.
constexpr CycleRow kCycles[] = {{"short", "Short cycle", 5},
                                {"first", "First cycle", 6},
                                {"second", "Second cycle", 7},
                                {"third", "Third cycle", 8}};

struct CycleWord {
  absl::string_view word;  // without regard to case
  Cycle cycle;
};
constexpr CycleWord kCycleWords[] = {
    {"short cycle", Cycle::kShort},
    {"associate degree", Cycle::kShort},
    {"associate_degree", Cycle::kShort},
    {"bachelor", Cycle::kFirst},
    {"first cycle", Cycle::kFirst},
    {"1st cycle", Cycle::kFirst},
    {"master", Cycle::kSecond},
    {"second cycle", Cycle::kSecond},
    {"2nd cycle", Cycle::kSecond},
    {"doctoral", Cycle::kThird},
    {"doctorate", Cycle::kThird},
    {"doctor", Cycle::kThird},
    {"phd", Cycle::kThird},
    {"ph.d.", Cycle::kThird},
    {"third cycle", Cycle::kThird},
    {"3rd cycle", Cycle::kThird},
};

const CycleRow& RowOf(Cycle cycle) { return kCycles[static_cast<size_t>(cycle)]; }

}  // namespace

bool IsEqfFramework(absl::string_view name) {
  name = absl::StripAsciiWhitespace(name);
  for (const absl::string_view known :
       {"eqf", "ext:eqf", "european qualifications framework", "european qualification framework",
        "http://data.europa.eu/snb/eqf", "http://data.europa.eu/snb/eqf/25831c2"}) {
    if (absl::EqualsIgnoreCase(name, known)) return true;
  }
  return false;
}

std::optional<int> EqfLevelOf(absl::string_view value, bool defined_as_eqf) {
  const std::string lower = absl::AsciiStrToLower(absl::StripAsciiWhitespace(value));
  absl::string_view rest = lower;
  bool names_framework = false;
  for (const absl::string_view prefix :
       {"http://data.europa.eu/snb/eqf/", "https://data.europa.eu/snb/eqf/", "eqf_", "eqf-", "eqf level", "eqf"}) {
    if (!absl::ConsumePrefix(&rest, prefix)) continue;
    names_framework = true;
    break;
  }
  if (!names_framework && defined_as_eqf) absl::ConsumePrefix(&rest, "level");
  rest = absl::StripAsciiWhitespace(rest);
  if (!names_framework && !defined_as_eqf) return std::nullopt;
  if (rest.size() != 1 || rest[0] < '1' || rest[0] > '8') return std::nullopt;
  return rest[0] - '0';
}

bool IsEntranceCertificate(absl::string_view type) {
  return absl::StartsWithIgnoreCase(absl::StripAsciiWhitespace(type), "DE.HZB");
}

std::optional<Cycle> CycleOf(absl::string_view word) {
  word = absl::StripAsciiWhitespace(word);
  for (const CycleWord& row : kCycleWords) {
    if (absl::EqualsIgnoreCase(word, row.word)) return row.cycle;
  }
  return std::nullopt;
}

int EqfLevelOfCycle(Cycle cycle) { return RowOf(cycle).eqf; }

v3::Concept CycleConcept(Cycle cycle) {
  return MakeConcept(absl::StrCat(kCycleScheme, ":", RowOf(cycle).code), kCycleScheme, RowOf(cycle).label);
}

}  // namespace passerelle::elm
