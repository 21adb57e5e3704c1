#include "core/elm/labels/labels.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/elm/annex_one.h"
#include "core/elm/rules/level.h"
#include "core/elm/vocabulary.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::elm {
namespace {

// Key and text of every line of a language's table.
std::map<std::string, std::string> TableOf(absl::string_view language) {
  std::ifstream file(absl::StrCat(testing::kSourceDir, "/core/elm/labels/", language, ".def"));
  std::map<std::string, std::string> table;
  std::string line;
  while (std::getline(file, line)) {
    const size_t begin = line.find("LABEL(\"");
    const size_t middle = line.find("\", \"");
    if (begin != 0 || middle == std::string::npos) continue;
    const std::string key = line.substr(7, middle - 7);
    EXPECT_TRUE(table.emplace(key, line.substr(middle + 4, line.size() - middle - 6)).second) << language << " " << key;
  }
  return table;
}

// Words that are the same in English and in another language, on purpose.
const std::set<std::string>& SameAsEnglish() {
  static const auto* const same = new std::set<std::string>{
      "cs learning-assessment/920fbb3cbe",
      "da learning-assessment/920fbb3cbe",
      "de learning-assessment/920fbb3cbe",
      "sk learning-assessment/920fbb3cbe",
      "de assessment/4f03b91c0e",
      "de assessment/b1b68f6735",
      "es report/no",
      "it report/no",
      "fr accreditation-decision/c_0ab66479",
  };
  return *same;
}

TEST(Labels, AreThoseOfTheOfficialLanguages) {
  EXPECT_EQ(LabelLanguages().size(), 24u);
  EXPECT_TRUE(IsLabelLanguage("ga"));
  EXPECT_FALSE(IsLabelLanguage("no"));
  EXPECT_FALSE(IsLabelLanguage(""));
}

TEST(Labels, EveryLanguageHasEveryKey) {
  const std::map<std::string, std::string> english = TableOf("en");
  ASSERT_GT(english.size(), 90u);
  for (const absl::string_view language : LabelLanguages()) {
    const std::map<std::string, std::string> table = TableOf(language);
    for (const auto& [key, text] : english) {
      const auto found = table.find(key);
      ASSERT_NE(found, table.end()) << language << " lacks " << key;
      EXPECT_FALSE(absl::StripAsciiWhitespace(found->second).empty()) << language << " " << key;
      EXPECT_EQ(absl::StrContains(text, "%"), absl::StrContains(found->second, "%")) << language << " " << key;
      EXPECT_EQ(Word(key, language), found->second);
    }
    EXPECT_EQ(table.size(), english.size()) << language << " has keys that English lacks";
  }
}

TEST(Labels, NoneIsEnglishByAccident) {
  const std::map<std::string, std::string> english = TableOf("en");
  for (const absl::string_view language : LabelLanguages()) {
    if (language == "en") continue;
    for (const auto& [key, text] : TableOf(language)) {
      const bool same = absl::EqualsIgnoreCase(text, english.at(key));
      const bool listed = SameAsEnglish().count(absl::StrCat(language, " ", key)) > 0;
      EXPECT_EQ(same, listed) << language << " " << key << ": " << text;
    }
  }
}

// A table under the wrong name would pass everything else.
TEST(Labels, ScriptIsThatOfTheLanguage) {
  for (const absl::string_view language : LabelLanguages()) {
    const UScriptCode script = language == "bg" ? USCRIPT_CYRILLIC : language == "el" ? USCRIPT_GREEK : USCRIPT_LATIN;
    for (const auto& [key, text] : TableOf(language)) {
      const icu::UnicodeString characters = icu::UnicodeString::fromUTF8(text);
      int own = 0;
      int other = 0;
      for (int32_t i = 0; i < characters.length(); ++i) {
        if (!u_isalpha(characters.charAt(i))) continue;
        UErrorCode status = U_ZERO_ERROR;
        (uscript_getScript(characters.charAt(i), &status) == script ? own : other) += 1;
      }
      // Roman numerals and "EQAR" are Latin everywhere.
      EXPECT_GT(own, other) << language << " " << key << ": " << text;
      if (script == USCRIPT_LATIN) {
        EXPECT_EQ(other, 0) << language << " " << key << ": " << text;
      }
    }
  }
}

TEST(Labels, EveryElementAndConceptThatAnnexOneShowsHasANameInEveryLanguage) {
  std::vector<std::string> concepts;
#define CONCEPT(vocabulary, name, code, label)                                \
  if (*(label) != '\0') {                                                     \
    switch (Vocabulary::k##vocabulary) {                                      \
      case Vocabulary::kEqf:                                                  \
      case Vocabulary::kMode:                                                 \
      case Vocabulary::kAssessment:                                           \
      case Vocabulary::kLearningSetting:                                      \
      case Vocabulary::kCreditSystem:                                         \
      case Vocabulary::kIdVerification:                                       \
      case Vocabulary::kEntitlementType:                                      \
      case Vocabulary::kEntitlementStatus:                                    \
      case Vocabulary::kAccreditationType:                                    \
      case Vocabulary::kAccreditationDecision:                                \
      case Vocabulary::kGradeStatus:                                          \
        concepts.push_back(ConceptOf(Vocabulary::k##vocabulary, code)->id()); \
        break;                                                                \
      default:                                                                \
        break;                                                                \
    }                                                                         \
  }
#include "core/elm/vocabulary.def"
  for (const Cycle cycle : {Cycle::kShort, Cycle::kFirst, Cycle::kSecond, Cycle::kThird}) {
    concepts.push_back(CycleConcept(cycle).id());
  }
  ASSERT_GT(concepts.size(), 45u);
  for (const absl::string_view language : LabelLanguages()) {
    for (const AnnexOneName& name : kAnnexOne) EXPECT_FALSE(Word(name.id, language).empty()) << language << name.id;
    for (const std::string& iri : concepts) {
      EXPECT_TRUE(ConceptLabel(iri, language).has_value()) << language << " " << iri;
    }
  }
  EXPECT_EQ(ConceptLabel("http://data.europa.eu/snb/eqf/6", "hu"), "6. szint");
  EXPECT_EQ(ConceptLabel("http://data.europa.eu/snb/eqf/9", "hu"), std::nullopt);
}

TEST(Labels, EnglishNamesOfConceptsAreThePublishedOnes) {
#define CONCEPT(vocabulary, name, code, label)                                              \
  if (*(label) != '\0') {                                                                   \
    EXPECT_EQ(ConceptLabel(ConceptOf(Vocabulary::k##vocabulary, code)->id(), "en"), label); \
  }
#include "core/elm/vocabulary.def"
}

TEST(Labels, CountriesLanguagesAndUnitsComeFromIcu) {
  for (const absl::string_view language : LabelLanguages()) {
    for (const char* country : {"NO", "BG", "GR", "XK", "MT", "IE"}) {
      EXPECT_TRUE(ConceptLabel(Country(country)->id(), language).has_value()) << language << " " << country;
    }
    for (const absl::string_view other : LabelLanguages()) {
      EXPECT_TRUE(ConceptLabel(Language(other)->id(), language).has_value()) << language << " " << other;
    }
    EXPECT_TRUE(absl::StrContains(HoursLabel(60, language), "60")) << language << HoursLabel(60, language);
    EXPECT_GT(HoursLabel(60, language).size(), 3u) << language;
    EXPECT_GT(MonthsLabel(3, language).size(), 2u) << language;
  }
  EXPECT_EQ(ConceptLabel(Country("NO")->id(), "de"), "Norwegen");
  EXPECT_EQ(ConceptLabel(Language("et")->id(), "fr"), "estonien");
  EXPECT_EQ(ConceptLabel("http://publications.europa.eu/resource/authority/country/XXX", "fr"), std::nullopt);
  EXPECT_EQ(ConceptLabel("urn:example:concept", "fr"), std::nullopt);
}

TEST(Labels, UnknownKeysAndLanguagesFallBack) {
  EXPECT_EQ(Word("A1-M02", "xx"), "Title of the micro-credential");
  EXPECT_EQ(Word("A1-M99", "bg"), "");
  EXPECT_EQ(WordWith("value/issued", "2025-05-30", "de"),
            "Dokument ausgestellt am 2025-05-30; kein Datum der Verleihung");
}

}  // namespace
}  // namespace passerelle::elm
