// What a person reads, in the 24 official languages of the Union: the elements of Annex I, words of the check report,
// and names of concepts.
//
// Names of countries, languages and units come from ICU. All other texts stand in <language>.def: English names of
// concepts as the EU publishes them, everything else written or translated for Passerelle and not published by the EU.
//
//   ConceptLabel("http://data.europa.eu/snb/learning-assessment/920fbb3cbe", "bg")   "онлайн"
//   Word("A1-M07", "de")                                                            "Angenommener Arbeitsaufwand"
//
// Thread-safety: free functions on values; the tables are built once, on first use.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

// Codes of the official languages by ISO 639-1, in their order.
const std::vector<absl::string_view>& LabelLanguages();

bool IsLabelLanguage(absl::string_view language);

// The text of a key of the tables ("A1-M01", "status/stated", "report/yes"), in English where the language has none;
// empty for a key that no table has.
absl::string_view Word(absl::string_view key, absl::string_view language);

// A word with its "%" replaced.
std::string WordWith(absl::string_view key, absl::string_view value, absl::string_view language);

// The name of a concept of the European vocabularies, of a country, of a language or of a cycle. nullopt where the
// tables have none in that language.
std::optional<std::string> ConceptLabel(absl::string_view iri, absl::string_view language);

// "60 hours", "3 months" in a language.
std::string HoursLabel(double hours, absl::string_view language);
std::string MonthsLabel(double months, absl::string_view language);

}  // namespace passerelle::elm
