#include "core/pathway/credential_items.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/elm/codec.h"
#include "core/pathway/check_pathway.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"

namespace passerelle::pathway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A credential with these members of its one achievement, and these of the achievement's specification.
std::vector<v1::Item> ItemsOf(const std::string& achievement, const std::string& specification) {
  const std::string json = R"({"id":"urn:credential:1","type":["VerifiableCredential","EuropeanDigitalCredential"],
    "validFrom":"2025-06-30T10:00:00Z","validUntil":"2030-06-30T10:00:00Z",
    "credentialSubject":{"id":"did:key:learner","type":"Person","givenName":{"en":"Ada"},"hasClaim":{
      "id":"urn:epass:achievement:1","type":"LearningAchievement","title":{"en":"Statistics"},
      "awardedBy":{"id":"urn:epass:award:1","type":"AwardingProcess","awardingDate":"2025-06-20T00:00:00+02:00",
        "awardingBody":{"id":"https://uni.example/id","type":"Organisation","identifier":{"id":"urn:epass:identifier:1",
          "type":"Identifier","schemeName":"schac","notation":"uni.example"}}})" +
                           achievement + R"(,"specifiedBy":{"id":"urn:epass:spec:1","type":"Qualification")" +
                           specification + "}}}}";
  const auto read = elm::Read(json);
  EXPECT_OK(read);
  return read.ok() ? ItemsOfCredential(read->credential, "one.json") : std::vector<v1::Item>();
}

v1::Item ItemOf(const std::string& achievement, const std::string& specification) {
  const std::vector<v1::Item> items = ItemsOf(achievement, specification);
  EXPECT_EQ(items.size(), 1u);
  return items.empty() ? v1::Item() : items[0];
}

constexpr char kEcts[] =
    R"("framework":{"id":"http://data.europa.eu/snb/education-credit/6fcec5c5af","type":"Concept"})";

TEST(CredentialItemsTest, StatesWhatTheCredentialStates) {
  const v1::Item item = ItemOf(std::string(R"(,"creditReceived":{"type":"CreditPoint",)") + kEcts + R"(,"point":"7.5"},
        "provenBy":{"id":"urn:epass:a:1","type":"LearningAssessment","grade":{"type":"Note","noteLiteral":{"en":"B"}},
          "idVerification":{"id":"http://data.europa.eu/snb/supervision-verification/70be69aaf9","type":"Concept"},
          "specifiedBy":{"type":"LearningAssessmentSpecification","dcType":{"id":
            "http://data.europa.eu/snb/assessment/d30284d7df","type":"Concept"},"gradingScheme":{"id":"urn:epass:g:1",
            "type":"GradingScheme","identifier":{"type":"Identifier","notation":"a-f"}}}})",
                               R"(,"identifier":{"type":"Identifier","schemeName":"local","notation":"STAT-1"},
        "eqfLevel":{"id":"http://data.europa.eu/snb/eqf/6","type":"Concept"},
        "thematicArea":{"id":"http://data.europa.eu/snb/isced-f/0542","type":"Concept"},
        "learningOutcome":[{"id":"urn:epass:o:1","type":"LearningOutcome","title":{"en":"counts"},"relatedESCOSkill":
          {"id":"http://data.europa.eu/esco/skill/1","type":"Concept"}},
          {"id":"urn:epass:o:2","type":"LearningOutcome","title":{"en":"weighs"}}])");
  EXPECT_EQ(item.id(), "urn:credential:1#urn:epass:achievement:1");
  EXPECT_EQ(item.place(), "one.json:/credentialSubject/hasClaim");
  EXPECT_EQ(item.title(), "Statistics");
  EXPECT_EQ(item.award_date(), "2025-06-20");
  EXPECT_EQ(item.valid_until(), "2030-06-30");
  EXPECT_EQ(item.credits_low(), "7.5");
  EXPECT_EQ(item.credits_high(), "7.5");
  EXPECT_EQ(item.eqf_level(), 6u);
  EXPECT_THAT(item.providers(), ElementsAre("https://uni.example/id", "schac:uni.example"));
  EXPECT_THAT(item.specifications(), ElementsAre("https://uni.example/id/STAT-1", "schac:uni.example/STAT-1"));
  EXPECT_THAT(item.fields(), ElementsAre("0542"));
  EXPECT_THAT(item.outcomes(), ElementsAre("http://data.europa.eu/esco/skill/1"));
  EXPECT_THAT(item.outcome_texts(), ElementsAre("weighs"));
  EXPECT_EQ(item.assessment(), v1::ASSESSMENT_FACT_ASSESSED);
  EXPECT_THAT(item.assessment_types(), ElementsAre("http://data.europa.eu/snb/assessment/d30284d7df"));
  EXPECT_EQ(item.supervision(), v1::SUPERVISION_SUPERVISED_IDENTIFIED);
  EXPECT_EQ(item.grade(), "B");
  EXPECT_EQ(item.grade_scheme(), "https://uni.example/id/a-f");
  EXPECT_EQ(item.authenticity(), v1::ITEM_AUTHENTICITY_UNSPECIFIED);
  EXPECT_EQ(item.status(), v1::ITEM_STATUS_UNSPECIFIED);
  EXPECT_FALSE(item.uses_known());
  // Nothing of the learner.
  EXPECT_EQ(item.SerializeAsString().find("Ada"), std::string::npos);
  EXPECT_EQ(item.SerializeAsString().find("did:key:learner"), std::string::npos);
  EXPECT_OK(CheckItems({item}));
}

TEST(CredentialItemsTest, CreditsComeFromTheAwardThenTheSpecificationThenItsHours) {
  const std::string five = std::string(R"(,"creditPoint":{"type":"CreditPoint",)") + kEcts + R"(,"point":"5"})";
  const std::string four = std::string(R"(,"creditReceived":{"type":"CreditPoint",)") + kEcts + R"(,"point":"4"})";
  const std::string hours = R"(,"volumeOfLearning":"PT125H")";
  EXPECT_EQ(ItemOf(four, five + hours).credits_low(), "4");
  EXPECT_EQ(ItemOf("", five + hours).credits_low(), "5");
  EXPECT_EQ(ItemOf("", hours).credits_low(), "4.166666");
  EXPECT_EQ(ItemOf("", hours).credits_high(), "5");
  EXPECT_EQ(ItemOf("", R"(,"volumeOfLearning":"P3M")").credits_low(), "");
  EXPECT_EQ(ItemOf(R"(,"creditReceived":{"type":"CreditPoint","point":"4"})", "").credits_low(), "");
  const std::string two = std::string(R"(,"creditReceived":[{"type":"CreditPoint",)") + kEcts +
                          R"(,"point":"4"},{"type":"CreditPoint",)" + kEcts + R"(,"point":"40"}])";
  EXPECT_EQ(ItemOf(two, "").credits_low(), "");
  EXPECT_EQ(ItemOf(two, five + hours).credits_low(), "") << "nothing stands in for what contradicts itself";
}

TEST(CredentialItemsTest, AGradeHasTheSchemeOfItsOwnAssessment) {
  const auto assessment = [](int number, const std::string& grade, const std::string& scheme) {
    return absl::StrCat(
        R"({"id":"urn:example:assessment:)", number, R"(","type":"LearningAssessment")",
        grade.empty() ? "" : absl::StrCat(R"(,"grade":{"type":"Note","noteLiteral":{"en":")", grade, R"("}})"),
        R"(,"specifiedBy":{"type":"LearningAssessmentSpecification","gradingScheme":{"id":"https://)", scheme,
        R"(","type":"GradingScheme"}}})");
  };
  const auto proven_by = [](const std::string& first, const std::string& second) {
    return absl::StrCat(R"(,"provenBy":[)", first, ",", second, "]");
  };
  const v1::Item one = ItemOf(proven_by(assessment(1, "A", "one.example"), assessment(2, "", "two.example")), "");
  EXPECT_EQ(one.grade(), "A");
  EXPECT_EQ(one.grade_scheme(), "https://one.example");
  const v1::Item two = ItemOf(proven_by(assessment(1, "A", "one.example"), assessment(2, "C", "two.example")), "");
  EXPECT_EQ(two.grade(), "");
  EXPECT_EQ(two.grade_scheme(), "");
}

TEST(CredentialItemsTest, AttendanceAloneIsNoAssessment) {
  const auto assessed = [](const std::string& types) {
    return ItemOf(R"(,"provenBy":{"type":"LearningAssessment","specifiedBy":{"type":"LearningAssessmentSpecification",
      "dcType":)" + types +
                      "}}",
                  "");
  };
  const std::string attendance = R"({"id":"http://data.europa.eu/snb/assessment/7331eb4762","type":"Concept"})";
  const std::string oral = R"({"id":"http://data.europa.eu/snb/assessment/d30284d7df","type":"Concept"})";
  EXPECT_EQ(assessed(attendance).assessment(), v1::ASSESSMENT_FACT_ATTENDED_ONLY);
  EXPECT_EQ(assessed("[" + attendance + "," + oral + "]").assessment(), v1::ASSESSMENT_FACT_ASSESSED);
  EXPECT_EQ(ItemOf("", "").assessment(), v1::ASSESSMENT_FACT_UNSPECIFIED);
}

TEST(CredentialItemsTest, PartsAreItemsOfTheirOwn) {
  const std::vector<v1::Item> items = ItemsOf(
      R"(,"hasPart":[{"id":"urn:epass:achievement:2","type":"LearningAchievement","title":{"en":"One"}},
         {"id":"urn:uuid:7d0f4c9d-8d94-4dca-8d99-384f2d7485aa","type":"LearningAchievement","title":{"en":"Two"}}])",
      "");
  ASSERT_EQ(items.size(), 3u);
  EXPECT_THAT(items[0].parts(), ElementsAre(items[1].id(), items[2].id()));
  EXPECT_EQ(items[1].id(), "urn:credential:1#urn:epass:achievement:2");
  EXPECT_EQ(items[2].id(), "urn:uuid:7d0f4c9d-8d94-4dca-8d99-384f2d7485aa");
  EXPECT_THAT(items[1].parts(), IsEmpty());
}

TEST(CredentialItemsTest, AnAchievementWithinItselfIsAPartOfItselfAndRefusedLater) {
  const std::vector<v1::Item> items =
      ItemsOf(R"(,"hasPart":{"id":"urn:epass:achievement:2","type":"LearningAchievement",
    "title":{"en":"One"},"hasPart":{"id":"urn:epass:achievement:1","type":"LearningAchievement"}})",
              "");
  ASSERT_EQ(items.size(), 2u);
  EXPECT_THAT(CheckItems(items), ::passerelle::testing::HasReasonAt(base::Reason::kBundleCyclic, "items[0].parts"));
}

}  // namespace
}  // namespace passerelle::pathway
