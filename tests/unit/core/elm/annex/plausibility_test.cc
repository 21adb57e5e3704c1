// Plausibility and the definition of a micro-credential, on variants of the complete credential.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/elm/constraints.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

struct PlausibilityCase {
  const char* name;
  std::vector<Edit> edits;
  const char* rule;  // empty: nothing is implausible
};

// An identifier of the learner, beside the given name.
std::string LearnerIdentifier(const std::string& scheme, const std::string& notation) {
  return absl::StrCat("\"identifier\": {\"id\": \"urn:example:i:9\", \"type\": \"Identifier\", \"schemeName\": \"",
                      scheme, "\", \"notation\": \"", notation, "\"}, \"givenName\": ");
}

// A level of the national framework with that code, before the European one.
std::string NqfLevel(const std::string& code) {
  return absl::StrCat("\"nqfLevel\": {\"id\": \"http://data.europa.eu/snb/qdr/", code,
                      "\", \"type\": \"Concept\", \"inScheme\": {\"id\": \"http://data.europa.eu/snb/qdr/25831c2\", "
                      "\"type\": \"ConceptScheme\"}}, \"eqfLevel\": {");
}

const PlausibilityCase kPlausibilityCases[] = {
    {"complete credential", {}, ""},
    {"workload in months", {{"PT78H", "P78M"}}, "plausible.duration-months"},
    {"workload of nothing", {{"PT78H", "PT0H"}}, "plausible.duration-empty"},
    {"greatest duration in months is usual", {{"\"volumeOfLearning\": \"PT78H\"", "\"maximumDuration\": \"P6M\""}}, ""},
    {"days count 24 hours", {{"PT78H", "P3DT6H"}}, ""},
    {"local midnight written in UTC", {{"1998-03-14T00:00:00Z", "1998-03-13T22:00:00Z"}}, "plausible.birth-time"},
    {"midnight of a zone", {{"1998-03-14T00:00:00Z", "1998-03-14T00:00:00+02:00"}}, "plausible.birth-time"},
    {"midnight without a zone", {{"1998-03-14T00:00:00Z", "1998-03-14T00:00:00"}}, ""},
    {"born after the issue", {{"1998-03-14", "2098-03-14"}}, "plausible.birth-after-issue"},
    {"address with a blank", {{"rannu.example/bogs", "rannu.example/raised bogs"}}, "plausible.address"},
    {"EQF level nine", {{"snb/eqf/6", "snb/eqf/9"}}, "plausible.eqf-level"},
    {"credits of nought", {{"\"point\": \"3\"", "\"point\": \"0\""}}, "plausible.credit-none"},
    {"negative credits", {{"\"point\": \"3\"", "\"point\": \"-3\""}}, "plausible.credit-none"},
    {"credits in words", {{"\"point\": \"3\"", "\"point\": \"three\""}}, "plausible.credit-number"},
    {"decimal comma", {{"\"point\": \"3\"", "\"point\": \"3,0\""}}, "plausible.credit-number"},
    {"too many hours for a credit", {{"PT78H", "PT780H"}}, "plausible.hours-per-credit"},
    {"too few hours for a credit", {{"PT78H", "PT30H"}}, "plausible.hours-per-credit"},
    {"twenty hours for a credit", {{"PT78H", "PT60H"}}, ""},
    {"awarded after the issue", {{"2025-05-30T00:00:00Z", "2025-07-30T00:00:00Z", 0}}, "plausible.award-after-issue"},
    {"ends before it begins",
     {{"\"validFrom\"", "\"validUntil\": \"2024-01-01T00:00:00Z\", \"validFrom\""}},
     "plausible.validity"},
    {"label of another country", {{"\"en\": \"Estonia\"", "\"en\": \"Finland\"", 0}}, "plausible.label"},
    {"label of another level", {{"\"en\": \"Level 6\"", "\"en\": \"Level 5\""}}, "plausible.label"},
    {"label of nothing near",
     {{"\"en\": \"European Credit Transfer System\"", "\"en\": \"Peat points\""}},
     "plausible.label"},
    {"initials for a label", {{"\"en\": \"European Credit Transfer System\"", "\"en\": \"ECTS\""}}, ""},
    {"label in other words", {{"\"en\": \"Level 6\"", "\"en\": \"EQF Level 6\""}}, ""},
    {"private concept of an EU scheme",
     {{"http://data.europa.eu/snb/assessment/795dac4096", "urn:example:concept:1"}},
     "plausible.scheme-member"},
    {"invented code", {{"6fcec5c5af", "e82660b314"}}, "plausible.scheme-member"},
    {"country that is none", {{"country/EST", "country/XXX", 0}}, "plausible.scheme-member"},
    {"country by two letters", {{"country/EST", "country/EE", 0}}, "plausible.scheme-member"},
    {"text of unknown language",
     {{"\"en\": \"Restoring raised bogs\"", "\"und\": \"Restoring raised bogs\"", 0}},
     "plausible.language"},
    {"language with a script",
     {{"\"en\": \"Restoring raised bogs\"", "\"sr-Latn\": \"Obnova\"", 0}},
     "plausible.language"},
    {"language that is none",
     {{"\"en\": \"Restoring raised bogs\"", "\"xx\": \"Restoring\"", 0}},
     "plausible.language"},
    {"private concept where a public vocabulary exists",
     {{"{\"id\": \"http://data.europa.eu/snb/eqf/25831c2\", \"type\": \"ConceptScheme\"}",
       "{\"id\": \"urn:example:levels\", \"type\": \"ConceptScheme\"}"},
      {"http://data.europa.eu/snb/eqf/6", "urn:example:level:6"}},
     "plausible.private-concept"},
    {"national level beside its European one", {{"\"eqfLevel\": {", NqfLevel("c_3dddfd70")}}, ""},
    {"national level referenced to another one",
     {{"\"eqfLevel\": {", NqfLevel("c_9173237a")}},
     "plausible.level-referencing"},
    {"level of a framework that is not referenced",
     {{"\"eqfLevel\": {", NqfLevel("c_f626da7f")}},
     "plausible.level-referencing"},
    {"level of another country's framework", {{"\"eqfLevel\": {", NqfLevel("c_c392e7a2")}}, "plausible.level-country"},
    {"same id with different content",
     {{"\"location\": {",
       "\"identifier\": [{\"id\": \"urn:example:i:1\", \"type\": \"Identifier\", \"notation\": \"1\", "
       "\"schemeName\": \"a\"}, "
       "{\"id\": \"urn:example:i:1\", \"type\": \"Identifier\", \"notation\": \"2\"}], \"location\": {"}},
     "plausible.same-id"},
    {"European Student Identifier",
     {{"\"givenName\": ",
       LearnerIdentifier("European Student Identifier", "urn:schac:personalUniqueCode:int:esi:rannu.example:0042")}},
     ""},
    {"number that calls itself one",
     {{"\"givenName\": ", LearnerIdentifier("European Student Identifier", "0042")}},
     "plausible.student-identifier"},
    {"European Student Identifier without a code",
     {{"\"givenName\": ", LearnerIdentifier("x", "urn:schac:personalUniqueCode:int:esi:ee:")}},
     "plausible.student-identifier"},
    {"identifier of an institution", {{"\"givenName\": ", LearnerIdentifier("rannu", "0042")}}, ""},
    {"second scheme beside its own",
     {{"{\"id\": \"http://data.europa.eu/snb/eqf/25831c2\", \"type\": \"ConceptScheme\"}",
       "[{\"id\": \"http://data.europa.eu/snb/eqf/25831c2\"}, {\"id\": "
       "\"http://data.europa.eu/snb/assessment/25831c2\"}]"}},
     ""},
};

TEST(Plausibility, EachRuleFindsWhatIsHardlyMeant) {
  for (const PlausibilityCase& test : kPlausibilityCases) {
    const std::vector<Finding> findings = CheckPlausibility(ReadEdited(test.edits).credential);
    if (*test.rule == '\0') {
      EXPECT_TRUE(findings.empty()) << test.name << ": " << findings.front().rule << " " << findings.front().pointer;
    } else {
      EXPECT_THAT(findings, ::testing::Contains(::testing::Field(&Finding::rule, test.rule))) << test.name;
    }
    for (const Finding& finding : findings) {
      EXPECT_THAT(finding.message, ::testing::Not(::testing::HasSubstr("1998"))) << test.name;
    }
  }
}

std::string SampleBytes() {
  std::ifstream file(
      std::string(testing::kSourceDir) + "/../shared/corpus/elm/official-v3.1/Sample-MC-Annex1-signed.jsonld",
      std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PlausibilityCorpus, OfficialSampleMeansFourThingsHardlySo) {
  const std::string bytes = SampleBytes();
  if (bytes.empty()) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/elm";
  const v3::EuropeanDigitalCredential credential = ReadText(bytes).credential;
  std::set<std::string> rules;
  for (const Finding& finding : CheckPlausibility(credential)) rules.insert(finding.rule);
  // Sixty months for sixty minutes, local midnight in UTC, a British level for an Irish body, a private concept.
  for (const char* rule : {"plausible.duration-months", "plausible.birth-time", "plausible.level-country"}) {
    EXPECT_TRUE(rules.count(rule) > 0) << rule;
  }
  EXPECT_TRUE(rules.count("plausible.private-concept") + rules.count("plausible.scheme-member") > 0);
  std::map<std::string, std::string> outcomes;
  for (const DefinitionLimb& limb : CheckDefinition(credential)) outcomes[limb.limb] = limb.outcome;
  EXPECT_EQ(outcomes["learning-outcomes"], "met");
  EXPECT_EQ(outcomes["small-volume"], "met");
  EXPECT_EQ(outcomes["quality-assured"], "unknown");
}

struct Limb {
  const char* name;
  std::vector<Edit> edits;
  const char* limb;
  const char* outcome;
};

TEST(Definition, CompleteCredentialMeetsEveryLimb) {
  const std::vector<DefinitionLimb> limbs = CheckDefinition(ReadEdited({}).credential);
  ASSERT_EQ(limbs.size(), 6u);
  for (const DefinitionLimb& limb : limbs) {
    EXPECT_EQ(limb.outcome, "met") << limb.limb << ": " << limb.explanation;
    EXPECT_FALSE(limb.explanation.empty());
    EXPECT_TRUE(!limb.paths.empty() || limb.limb == "stand-alone-or-combinable") << limb.limb;
  }
}

TEST(Definition, VariantsChangeTheLimbTheyTouch) {
  const Limb cases[] = {
      {"no outcomes", {{"\"learningOutcome\": {", "\"publisher\": {"}}, "learning-outcomes", "not_met"},
      {"75 credits are no refusal",
       {{"\"point\": \"3\"", "\"point\": \"75\""}, {"PT78H", "PT1900H"}},
       "small-volume",
       "unknown"},
      {"no workload", {{"\"creditPoint\": {", "\"publisher\": {"}, {"PT78H", "P1M"}}, "small-volume", "unknown"},
      {"hours alone", {{"\"creditPoint\": {", "\"publisher\": {"}}, "small-volume", "met"},
      {"no assessment", {{"\"provenBy\": {", "\"publisher\": {"}}, "assessed", "not_met"},
      {"attendance", {{"assessment/795dac4096", "assessment/7331eb4762"}}, "assessed", "not_met"},
      {"assessment of no stated kind", {{"\"specifiedBy\": {", "\"publisher\": {"}}, "assessed", "unknown"},
      {"no learner",
       {{"\"givenName\"", "\"publisher\""}, {"\"familyName\"", "\"dateCreated\""}},
       "owned-by-learner",
       "not_met"},
      {"no achievement", {{"\"hasClaim\": {", "\"publisher\": {"}}, "stand-alone-or-combinable", "unknown"},
      {"no quality assurance", {{"\"accreditation\": {", "\"publisher\": {"}}, "quality-assured", "unknown"},
  };
  for (const Limb& test : cases) {
    std::map<std::string, std::string> outcomes;
    for (const DefinitionLimb& limb : CheckDefinition(ReadEdited(test.edits).credential)) {
      outcomes[limb.limb] = limb.outcome;
    }
    EXPECT_EQ(outcomes[test.limb], test.outcome) << test.name;
  }
}

}  // namespace
}  // namespace passerelle::elm
