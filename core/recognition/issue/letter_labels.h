// The words of a letter, by language: one file a language in labels/, of the same form as those of Annex I
// (core/elm/labels). Every language that is there is complete; a test compares.
//
// Thread-safety: free functions on values; the tables are built once, on first use.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace passerelle::recognition {

// Codes by ISO 639-1 of the languages in which letters can be written, in their order.
const std::vector<absl::string_view>& LetterLanguages();
bool IsLetterLanguage(absl::string_view language);

// The text of a key; empty for a key, or a language, that there is not.
absl::string_view LetterWord(absl::string_view key, absl::string_view language);

// "2 March 2026", as the language writes it.
std::string LongDay(absl::CivilDay day, absl::string_view language);

}  // namespace passerelle::recognition
