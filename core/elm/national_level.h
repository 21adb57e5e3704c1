// National qualifications frameworks: their levels, and which level of the European framework each was referenced to.
//
// The key is the framework, not the country: Belgium has three, one of them not referenced, and France changed its
// scale in 2019, so that "niveau 3" means two different things before and after. The way back is no function: two Irish
// levels are referenced to EQF 6. Rows are in national_level.def.
//
// Thread-safety: free functions on values; the tables are built once, on first use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

// Where the referencing to the European framework is known from; kUnknown for countries outside the European Economic
// Area.
enum class ReferencingBasis { kSeen, kInferred, kGeneral, kNotReferenced, kUnknown };
// How well the levels match by the country's own account.
enum class ReferencingMatch { kFull, kPartial, kWeak };

struct NationalLevel {
  absl::string_view framework;       // "IE-NFQ"
  absl::string_view framework_name;  // English
  absl::string_view country;         // ISO 3166-1 alpha-2
  absl::string_view region;          // "VLG", "DG"; empty for the whole country
  absl::string_view first_day;       // "2019-01-01"; empty where it is open
  absl::string_view last_day;
  absl::string_view level;  // as the country writes it: "8", "5.1", "III", "4+"
  std::string iri;          // empty where the EU's list has none
  std::optional<int> eqf;   // absent: not referenced
  ReferencingBasis basis = ReferencingBasis::kUnknown;
  ReferencingMatch match = ReferencingMatch::kFull;
};

// Ids of the frameworks of a country (alpha-2; EL is Greece too) that are in force on a day, yyyy-mm-dd; of all days if
// it is empty.
std::vector<absl::string_view> FrameworksOf(absl::string_view country, absl::string_view day = "");

// A level of a framework; nullopt if it has none of that name.
std::optional<NationalLevel> NationalLevelOf(absl::string_view framework, absl::string_view level);

// A level of a country on a day: nullopt where the country has several frameworks on that day, since they differ.
std::optional<NationalLevel> NationalLevelIn(absl::string_view country, absl::string_view level, absl::string_view day);

// The level with that IRI.
std::optional<NationalLevel> NationalLevelByIri(absl::string_view iri);

// The levels of a framework that are referenced to a level of the European one.
std::vector<absl::string_view> LevelsReferencedTo(absl::string_view framework, int eqf);

// "seen", "inferred", "general", "not_referenced", "unknown".
absl::string_view BasisWord(ReferencingBasis basis);

}  // namespace passerelle::elm
