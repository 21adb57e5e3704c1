#include "core/elm/national_level.h"

#include <algorithm>
#include <iterator>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace passerelle::elm {
namespace {

constexpr absl::string_view kBase = "http://data.europa.eu/snb/qdr/";

using enum ReferencingBasis;
using enum ReferencingMatch;

struct FrameworkRow {
  absl::string_view id;
  absl::string_view country;
  absl::string_view region;
  absl::string_view first_day;
  absl::string_view last_day;
  absl::string_view name;
};

constexpr FrameworkRow kFrameworks[] = {
#define FRAMEWORK(id, country, region, code, first_day, last_day, name) \
  {id, country, region, first_day, last_day, name},
#include "core/elm/national_level.def"
};

struct LevelRow {
  absl::string_view framework;
  absl::string_view level;
  absl::string_view code;
  int eqf;
  ReferencingBasis basis;
  ReferencingMatch match;
};

constexpr LevelRow kLevels[] = {
#define LEVEL(framework, level, code, eqf, basis, match) {framework, level, code, eqf, basis, match},
#include "core/elm/national_level.def"
};

NationalLevel Made(const LevelRow& row) {
  NationalLevel made;
  made.framework = row.framework;
  for (const FrameworkRow& framework : kFrameworks) {
    if (framework.id != row.framework) continue;
    made.framework_name = framework.name;
    made.country = framework.country;
    made.region = framework.region;
    made.first_day = framework.first_day;
    made.last_day = framework.last_day;
  }
  made.level = row.level;
  if (!row.code.empty()) made.iri = absl::StrCat(kBase, row.code);
  if (row.eqf > 0) made.eqf = row.eqf;
  made.basis = row.basis;
  made.match = row.match;
  return made;
}

// Days are compared as texts, which yyyy-mm-dd allows.
bool InForce(const FrameworkRow& framework, absl::string_view day) {
  if (day.empty()) return true;
  return (framework.first_day.empty() || framework.first_day <= day) &&
         (framework.last_day.empty() || day <= framework.last_day);
}

}  // namespace

std::vector<absl::string_view> FrameworksOf(absl::string_view country, absl::string_view day) {
  std::vector<absl::string_view> ids;
  const absl::string_view iso = absl::EqualsIgnoreCase(country, "EL") ? "GR" : country;
  for (const FrameworkRow& framework : kFrameworks) {
    if (absl::EqualsIgnoreCase(framework.country, iso) && InForce(framework, day)) ids.push_back(framework.id);
  }
  return ids;
}

std::optional<NationalLevel> NationalLevelOf(absl::string_view framework, absl::string_view level) {
  level = absl::StripAsciiWhitespace(level);
  for (const LevelRow& row : kLevels) {
    if (row.framework == framework && absl::EqualsIgnoreCase(row.level, level)) return Made(row);
  }
  return std::nullopt;
}

std::optional<NationalLevel> NationalLevelIn(absl::string_view country, absl::string_view level,
                                             absl::string_view day) {
  const std::vector<absl::string_view> frameworks = FrameworksOf(country, day);
  // Two scales of one country mean different things by one name.
  if (frameworks.size() != 1) return std::nullopt;
  return NationalLevelOf(frameworks.front(), level);
}

std::optional<NationalLevel> NationalLevelByIri(absl::string_view iri) {
  static const auto* const by_iri = [] {
    auto* made = new absl::flat_hash_map<std::string, const LevelRow*>;
    for (const LevelRow& row : kLevels) {
      if (!row.code.empty()) made->emplace(absl::StrCat(kBase, row.code), &row);
    }
    return made;
  }();
  const auto found = by_iri->find(iri);
  if (found == by_iri->end()) return std::nullopt;
  return Made(*found->second);
}

std::vector<absl::string_view> LevelsReferencedTo(absl::string_view framework, int eqf) {
  std::vector<absl::string_view> levels;
  for (const LevelRow& row : kLevels) {
    if (row.framework == framework && row.eqf == eqf) levels.push_back(row.level);
  }
  return levels;
}

absl::string_view BasisWord(ReferencingBasis basis) {
  switch (basis) {
    case kSeen:
      return "seen";
    case kInferred:
      return "inferred";
    case kGeneral:
      return "general";
    case kNotReferenced:
      return "not_referenced";
    default:
      return "unknown";
  }
}

}  // namespace passerelle::elm
