// Documents that are wrong in ways that were really seen, each on the complete credential: every one gets a finding
// that names what is wrong, and none is lost without a word.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

struct BadInput {
  const char* name;
  std::vector<Edit> edits;
  const char* rule;
  bool conforms;  // as the official shapes would have it
};

std::vector<Finding> AllFindings(const CheckResult& result) {
  std::vector<Finding> all = result.conformance.findings;
  all.insert(all.end(), result.plausibility.begin(), result.plausibility.end());
  return all;
}

const std::string kBigImage(5u << 20, 'A');

const BadInput kBadInputs[] = {
    {"invented concept that claims an EU scheme", {{"6fcec5c5af", "e82660b314"}}, "plausible.scheme-member", true},
    {"private concept that claims an EU scheme",
     {{"http://data.europa.eu/snb/assessment/795dac4096", "urn:example:concept:1"}},
     "plausible.scheme-member",
     true},
    {"label of another concept", {{"\"en\": \"Level 6\"", "\"en\": \"Level 5\""}}, "plausible.label", true},
    {"two labels of one concept in one language",
     {{"\"en\": \"Estonia\"", "\"en\": \"Eesti\""}},
     "shape.unique-language",
     false},
    {"language tag und",
     {{"\"en\": \"Rannu Applied Institute\"", "\"und\": \"Rannu\"", 0}},
     "plausible.language",
     true},
    {"language tag sr-Latn",
     {{"\"en\": \"Rannu Applied Institute\"", "\"sr-Latn\": \"Rannu\"", 0}},
     "plausible.language",
     true},
    {"language tag that is none",
     {{"\"en\": \"Rannu Applied Institute\"", "\"in English\": \"Rannu\"", 0}},
     "jsonld.language-tag",
     false},
    {"number where a text belongs", {{"\"point\": \"3\"", "\"point\": 3"}}, "json.literal-kind", true},
    {"text where a number belongs", {{"\"page\": 1", "\"page\": \"one\""}}, "jsonld.datatype", false},
    {"member that no context defines",
     {{"\"point\": \"3\"", "\"point\": \"3\", \"degreeProgramme\": \"x\""}},
     "jsonld.undefined-member",
     false},
    {"member of another class",
     {{"\"point\": \"3\"", "\"point\": \"3\", \"legalName\": {\"en\": \"x\"}"}},
     "json.unknown-member",
     true},
    {"member of the credential within a node",
     {{"\"point\": \"3\"", "\"point\": \"3\", \"validFrom\": null"}},
     "jsonld.undefined-member",
     false},
    {"text where a node belongs",
     {{"\"point\": \"3\"", "\"point\": \"3\", \"location\": \"Rannu\""}},
     "jsonld.relative-iri",
     false},
    {"id that is no IRI", {{"\"urn:example:org:1\"", "\"organisation 1\"", 0}}, "jsonld.relative-iri", false},
    {"id that is a list",
     {{"\"id\": \"urn:example:location:1\"", "\"id\": [\"urn:example:location:1\"]", 0}},
     "jsonld.id-value",
     false},
    {"second class whose shape is not met",
     {{"\"type\": \"CreditPoint\"", "\"type\": [\"CreditPoint\", \"DisplayDetail\"]"}},
     "shape.min",
     false},
    {"type that no context defines",
     {{"\"type\": \"CreditPoint\"", "\"type\": [\"CreditPoint\", \"Points\"]"}},
     "jsonld.unknown-type",
     false},
    {"concept without an id", {{"\"id\": \"http://data.europa.eu/snb/eqf/6\",", ""}}, "shape.node-kind", false},
    {"document of version 2 of the credential model",
     {{"https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"}},
     "jsonld.context",
     false},
    {"context that is not known",
     {{"https://www.w3.org/2018/credentials/v1", "https://contexts.example/v1"}},
     "jsonld.context",
     false},
    {"birth date without a time", {{"1998-03-14T00:00:00Z", "1998-03-14"}}, "shape.datatype", false},
    {"part of itself",
     {{"\"type\": \"CreditPoint\"", "\"type\": \"CreditPoint\", \"isPartOf\": \"urn:example:achievement:1\""}},
     "json.unknown-member",
     true},
    {"image of five megabytes",
     {{"\"point\": \"3\"", "\"point\": \"3\", \"x\": \"" + kBigImage + "\""}},
     "jsonld.undefined-member",
     false},
};

TEST(BadInput, EveryOneIsNamed) {
  for (const BadInput& test : kBadInputs) {
    const CheckResult result = CheckEdited(test.edits);
    const std::vector<Finding> findings = AllFindings(result);
    EXPECT_THAT(findings, ::testing::Contains(::testing::Field(&Finding::rule, test.rule))) << test.name;
    EXPECT_EQ(result.conformance.conforms, test.conforms) << test.name;
    for (const Finding& finding : findings) {
      EXPECT_FALSE(finding.message.empty()) << test.name;
      EXPECT_LT(finding.message.size(), 400u) << test.name;
    }
  }
}

// Achievements that are parts of each other, by reference and written out.
TEST(BadInput, CyclesEnd) {
  const std::string text =
      Edited(DataFile("complete.json"),
             {{"\"type\": \"LearningAchievement\",",
               "\"type\": \"LearningAchievement\", \"hasPart\": {\"id\": \"urn:example:loop\", "
               "\"type\": \"LearningAchievement\", \"hasPart\": {\"id\": \"urn:example:loop\"}},"}});
  const CheckResult result = Check(ReadText(text));
  EXPECT_THAT(result.conformance.findings, ::testing::Contains(::testing::Field(&Finding::rule, "shape.min")));
  EXPECT_EQ(result.annex_one.elements_size(), 16);
}

}  // namespace
}  // namespace passerelle::elm
