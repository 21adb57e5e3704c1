#include "core/elm/national_level.h"

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/elm/region.h"
#include "core/elm/vocabulary.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::elm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Eqf(const std::optional<NationalLevel>& level) {
  if (!level.has_value()) return "no such level";
  return level->eqf.has_value() ? absl::StrCat(*level->eqf) : "none";
}

TEST(NationalLevel, IsReferencedByFramework) {
  struct Row {
    const char* framework;
    const char* level;
    const char* eqf;
  };
  for (const Row& row :
       {Row{"IE-NFQ", "8", "6"}, Row{"IE-NFQ", "7", "6"}, Row{"IE-NFQ", "10", "8"}, Row{"IS-ISQF", "7", "8"},
        Row{"FR-RNCP-OLD", "III", "5"}, Row{"FR-CNCP", "3", "3"}, Row{"BE-QDG", "6", "none"}, Row{"BE-VKS", "6", "6"},
        Row{"NL-NLQF", "4+", "none"}, Row{"NL-NLQF", "Entry", "none"}, Row{"BG-NQF", "0", "none"},
        Row{"GB-RQF", "6", "none"}, Row{"IE-NFQ", "11", "no such level"}, Row{"XX", "1", "no such level"}}) {
    EXPECT_EQ(Eqf(NationalLevelOf(row.framework, row.level)), row.eqf) << row.framework << " " << row.level;
  }
}

TEST(NationalLevel, DayAndCountryChooseTheFrameworkWhereThereIsOne) {
  EXPECT_EQ(Eqf(NationalLevelIn("FR", "III", "2016-06-30")), "5");
  EXPECT_EQ(Eqf(NationalLevelIn("FR", "3", "2021-06-30")), "3");
  EXPECT_EQ(Eqf(NationalLevelIn("FR", "3", "2016-06-30")), "no such level");
  EXPECT_EQ(Eqf(NationalLevelIn("FR", "3", "2019-06-30")), "no such level") << "two scales in that year";
  EXPECT_EQ(Eqf(NationalLevelIn("BE", "6", "2021-06-30")), "no such level") << "three frameworks";
  EXPECT_EQ(Eqf(NationalLevelIn("EL", "6", "")), Eqf(NationalLevelIn("GR", "6", "")));
  EXPECT_THAT(FrameworksOf("BE"), ElementsAre("BE-VKS", "BE-CFC", "BE-QDG"));
  EXPECT_THAT(FrameworksOf("fr", "2021-01-01"), ElementsAre("FR-CNCP"));
  EXPECT_THAT(FrameworksOf("US"), IsEmpty());
}

TEST(NationalLevel, WayBackIsNoFunction) {
  EXPECT_THAT(LevelsReferencedTo("IE-NFQ", 6), ElementsAre("7", "8"));
  EXPECT_THAT(LevelsReferencedTo("BE-QDG", 6), IsEmpty());
}

TEST(NationalLevel, SaysHowWellItIsKnown) {
  EXPECT_EQ(NationalLevelOf("NO-NKR", "5.1")->match, ReferencingMatch::kWeak);
  EXPECT_EQ(NationalLevelOf("IS-ISQF", "2")->basis, ReferencingBasis::kInferred);
  EXPECT_EQ(BasisWord(NationalLevelOf("BE-QDG", "6")->basis), "not_referenced");
  EXPECT_EQ(BasisWord(NationalLevelOf("TR-TQF", "6")->basis), "unknown");
  const auto rqf = NationalLevelByIri("http://data.europa.eu/snb/qdr/c_c392e7a2");
  ASSERT_TRUE(rqf.has_value());
  EXPECT_EQ(rqf->country, "GB");
  EXPECT_EQ(rqf->level, "6");
  EXPECT_EQ(MembershipOf(rqf->iri, kNationalLevelScheme), Membership::kMember);
  EXPECT_EQ(MembershipOf("http://data.europa.eu/snb/qdr/c_00000000", kNationalLevelScheme), Membership::kUnknown);
  EXPECT_EQ(MembershipOf("urn:example:level", kNationalLevelScheme), Membership::kNotMember);
  EXPECT_FALSE(NationalLevelByIri("http://data.europa.eu/snb/qdr/").has_value());
}

TEST(Region, LiesInTheCountryThatItsCodeNames) {
  struct Row {
    const char* iri;
    const char* country;
  };
  for (const Row& row :
       {Row{"http://publications.europa.eu/resource/authority/atu/AUT_BLD_BURG", "AT"},
        Row{"http://publications.europa.eu/resource/authority/atu/SCT_CA_FIFE", "GB"},
        Row{"http://publications.europa.eu/resource/authority/atu/IRL", "IE"},
        Row{"http://publications.europa.eu/resource/authority/atu/XXX_A", ""},
        Row{"http://data.europa.eu/nuts/code/DE212", "DE"}, Row{"http://data.europa.eu/nuts/code/EL30", "GR"},
        Row{"http://data.europa.eu/nuts/code/de212", ""}, Row{"http://data.europa.eu/nuts/code/DE21212", ""},
        Row{"urn:example:DE", ""}}) {
    const auto country = CountryOfRegion(row.iri);
    EXPECT_EQ(country.has_value() ? CountryCodeOf(country->id()).value_or("") : "", row.country) << row.iri;
  }
  EXPECT_EQ(MembershipOf("http://publications.europa.eu/resource/authority/atu/XXX_A", kTerritorialUnitScheme),
            Membership::kNotMember);
  EXPECT_EQ(MembershipOf("http://publications.europa.eu/resource/authority/atu/AUT_A", kTerritorialUnitScheme),
            Membership::kUnknown);
}

// Every level of the EU's list, where that is at hand.
TEST(NationalLevelCorpus, TableHasEveryLevelOfTheList) {
  std::ifstream list(std::string(testing::kSourceDir) + "/../shared/schemas/elm/vocabularies.tsv");
  if (!list.good()) GTEST_SKIP() << "SKIPPED: there is no ../shared/schemas/elm";
  std::string line;
  int levels = 0;
  std::vector<std::string> absent;
  while (std::getline(list, line)) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    if (row.size() < 4 || !absl::StartsWith(row[0], "nqf-level")) continue;
    if (NationalLevelByIri(row[1]).has_value()) {
      ++levels;
    } else {
      absent.push_back(row[3]);
    }
  }
  EXPECT_GT(levels, 370);
  for (const std::string& name : absent) std::printf("a framework, not a level: %s\n", name.c_str());
  EXPECT_LE(absent.size(), 45u);
}

}  // namespace
}  // namespace passerelle::elm
