#include "core/elm/vocabulary.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::elm {
namespace {

TEST(Vocabulary, ConceptIsWrittenWithSchemeAndLabel) {
  const std::optional<v3::Concept> made = ConceptOf(Vocabulary::kMode, kModeOnline);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->id(), "http://data.europa.eu/snb/learning-assessment/920fbb3cbe");
  EXPECT_THAT(made->type(), ::testing::ElementsAre("Concept"));
  ASSERT_EQ(made->in_scheme_size(), 1);
  EXPECT_EQ(made->in_scheme(0).id(), "http://data.europa.eu/snb/learning-assessment/25831c2");
  EXPECT_THAT(made->in_scheme(0).type(), ::testing::ElementsAre("ConceptScheme"));
  ASSERT_EQ(made->pref_label_size(), 1);
  EXPECT_EQ(made->pref_label(0).language(), "en");
  EXPECT_EQ(made->pref_label(0).value(), "Online");
  EXPECT_FALSE(ConceptOf(Vocabulary::kMode, "0000000000").has_value());
}

TEST(Vocabulary, LabelsLeadToConcepts) {
  EXPECT_EQ(ConceptByLabel(Vocabulary::kAssessment, " Written Examination ")->id(),
            "http://data.europa.eu/snb/assessment/6e6cb2cc78");
  EXPECT_FALSE(ConceptByLabel(Vocabulary::kAssessment, "").has_value());
  EXPECT_FALSE(ConceptByLabel(Vocabulary::kAssessment, "Online").has_value());
}

TEST(Vocabulary, EqfHasEightLevels) {
  for (int level = -1; level <= 10; ++level) EXPECT_EQ(EqfLevel(level).has_value(), level >= 1 && level <= 8) << level;
}

TEST(Vocabulary, FieldsAreTakenAsSourcesWriteThem) {
  for (const char* code : {"0732", "732", "07.32", " 0732 "}) {
    ASSERT_TRUE(IscedField(code).has_value()) << code;
    EXPECT_EQ(IscedField(code)->id(), "http://data.europa.eu/snb/isced-f/0732") << code;
  }
  EXPECT_EQ(IscedField("07")->id(), "http://data.europa.eu/snb/isced-f/07");
  for (const char* code : {"", "5555", "bogs"}) EXPECT_FALSE(IscedField(code).has_value()) << code;
}

struct Code {
  const char* written;
  const char* code;  // nullptr: names nothing
};

TEST(Vocabulary, CountriesByEveryCode) {
  const Code cases[] = {
      {"NO", "NOR"},
      {"no", "NOR"},
      {"NOR", "NOR"},
      {"EL", "GRC"},
      {"GR", "GRC"},
      {"UK", "GBR"},
      {"GB", "GBR"},
      {"XK", "1A0"},
      {"1A0", "1A0"},
      {"EU", "EUR"},
      {"TF", "FQ0"},
      {"OP_DATPRO", "OP_DATPRO"},
      {" ie ", "IRL"},
      {"AA", nullptr},
      {"XX", nullptr},
      {"ZZ", nullptr},
      {"", nullptr},
      {"ATF", nullptr},
      {"http://publications.europa.eu/resource/authority/country/FIN", "FIN"},
  };
  for (const Code& test : cases) {
    const std::optional<v3::Concept> made = Country(test.written);
    ASSERT_EQ(made.has_value(), test.code != nullptr) << test.written;
    if (test.code != nullptr) {
      EXPECT_EQ(made->id(), absl::StrCat(kCountryScheme, "/", test.code)) << test.written;
    }
  }
  EXPECT_EQ(Country("NO")->pref_label(0).value(), "Norway");
}

TEST(Vocabulary, LanguagesByEveryTag) {
  const Code cases[] = {
      {"no", "NOR"},
      {"nb", "NOB"},
      {"nn", "NNO"},
      {"en-US", "ENG"},
      {"nl_NL", "NLD"},
      {"DEU", "DEU"},
      {"spa", "SPA"},
      {"und", "UND"},
      {"mul", "MUL"},
      {"sr-Latn", "SRP"},
      {"jp", nullptr},
      {"", nullptr},
      {"e", nullptr},
      {"12", nullptr},
      {"english", nullptr},
      {"http://publications.europa.eu/resource/authority/language/FRA", "FRA"},
      {"https://publications.europa.eu/resource/authority/language/FRA", "FRA"},
  };
  for (const Code& test : cases) {
    const std::optional<v3::Concept> made = Language(test.written);
    ASSERT_EQ(made.has_value(), test.code != nullptr) << test.written;
    if (test.code != nullptr) {
      EXPECT_EQ(made->id(), absl::StrCat(kLanguageScheme, "/", test.code)) << test.written;
    }
  }
}

TEST(Vocabulary, CodesComeBackFromConcepts) {
  for (const char* code : {"NO", "EE", "GR", "XK", "EU"}) EXPECT_EQ(CountryCodeOf(Country(code)->id()), code);
  for (const char* tag : {"no", "nb", "de", "et", "gsw", "und"}) EXPECT_EQ(LanguageTagOf(Language(tag)->id()), tag);
  EXPECT_EQ(CodeOf(Vocabulary::kEqf, "http://data.europa.eu/snb/eqf/6"), "6");
  EXPECT_FALSE(CodeOf(Vocabulary::kEqf, "http://data.europa.eu/snb/eqf/").has_value());
  EXPECT_FALSE(CountryCodeOf("urn:example:EE").has_value());
  EXPECT_FALSE(LanguageTagOf("urn:example:EN").has_value());
  EXPECT_EQ(VocabularyOf("http://data.europa.eu/snb/eqf/6"), Vocabulary::kEqf);
  EXPECT_FALSE(VocabularyOf("http://data.europa.eu/esco/skill/1").has_value());
}

TEST(Vocabulary, MembershipKnowsWhatItDoesNotKnow) {
  const std::string eqf = SchemeOf(Vocabulary::kEqf);
  const std::string credential = SchemeOf(Vocabulary::kCredentialType);
  const std::string country(kCountryScheme);
  const std::string language(kLanguageScheme);
  EXPECT_EQ(MembershipOf("http://data.europa.eu/snb/eqf/6", eqf), Membership::kMember);
  EXPECT_EQ(MembershipOf("http://data.europa.eu/snb/eqf/9", eqf), Membership::kNotMember);
  EXPECT_EQ(MembershipOf("urn:example:6", eqf), Membership::kNotMember);
  EXPECT_EQ(MembershipOf("http://data.europa.eu/snb/credential/new", credential), Membership::kUnknown);
  EXPECT_EQ(MembershipOf("urn:example:c", credential), Membership::kNotMember);
  EXPECT_EQ(MembershipOf(country + "/NOR", country), Membership::kMember);
  EXPECT_EQ(MembershipOf(country + "/NO", country), Membership::kNotMember);
  EXPECT_EQ(MembershipOf(language + "/NOB", language), Membership::kMember);
  EXPECT_EQ(MembershipOf(language + "/QQQ", language), Membership::kUnknown);
  EXPECT_EQ(MembershipOf("http://data.europa.eu/snb/qdr/c_1", "http://data.europa.eu/snb/qdr/25831c2"),
            Membership::kUnknown);
  EXPECT_EQ(MembershipOf("urn:example:q", "http://data.europa.eu/snb/qdr/25831c2"), Membership::kNotMember);
  EXPECT_EQ(MembershipOf("urn:example:q", "https://example.org/scheme"), Membership::kUnknown);
}

TEST(Vocabulary, MediaTypesLeadToFileTypes) {
  EXPECT_EQ(FileTypeOfMedia("application/pdf")->id(), "http://publications.europa.eu/resource/authority/file-type/PDF");
  EXPECT_EQ(FileTypeOfMedia("Application/XML; charset=utf-8")->id(),
            "http://publications.europa.eu/resource/authority/file-type/XML");
  EXPECT_FALSE(FileTypeOfMedia("application/x-bog").has_value());
}

// The tables against the published lists.
TEST(VocabularyCorpus, TablesAgreeWithThePublishedLists) {
  const std::filesystem::path list =
      std::filesystem::path(testing::kSourceDir).parent_path() / "shared" / "schemas" / "elm" / "vocabularies.tsv";
  std::ifstream file(list);
  if (!file) GTEST_SKIP() << "SKIPPED: the published lists are not beside this checkout";
  std::string line;
  std::getline(file, line);
  int known = 0;
  while (std::getline(file, line)) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    ASSERT_GE(row.size(), 6u);
    const std::string& name = row[0];
    const std::string& iri = row[1];
    const bool large = name == "language" || name == "currency" || name == "file-type" || name == "nqf-level (QDR)" ||
                       name == "administrative-territorial-unit" || name == "digcomp (DCF)";
    const Membership membership = MembershipOf(iri, row[4]);
    EXPECT_NE(membership, Membership::kNotMember) << iri;
    if (!large) {
      EXPECT_EQ(membership, Membership::kMember) << iri;
    }
    known += membership == Membership::kMember;
  }
  EXPECT_GT(known, 1100);
}

}  // namespace
}  // namespace passerelle::elm
