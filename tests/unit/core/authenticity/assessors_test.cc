// Who assessed, where that is not who awarded, and what registers of quality assurance say of them.
#include "core/authenticity/assessors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/authenticity/accreditation_check.h"
#include "core/authenticity/verdict_record.h"
#include "core/base/proto_time.h"
#include "tests/unit/core/authenticity/signed_documents.h"
#include "tests/unit/core/nodes/credentials.h"

namespace passerelle::authenticity {
namespace {

using ::testing::HasSubstr;

constexpr absl::string_view kTestCentre = "VATNO-555444333";

elm::v3::LearningAchievement* AchievementIn(elm::v3::EuropeanDigitalCredential& credential) {
  auto* const person = credential.mutable_credential_subject()->mutable_person();
  return person->mutable_has_claim(0)->mutable_learning_achievement();
}

// A credential that Fjord awarded, and Fjord is its issuer.
elm::v3::EuropeanDigitalCredential AwardedByFjord() {
  elm::v3::EuropeanDigitalCredential credential = testing::MakeCredential({.valid_from = "2024-06-30T10:00:00Z"});
  elm::v3::Organisation* const body =
      AchievementIn(credential)->mutable_awarded_by()->add_awarding_body()->mutable_organisation();
  body->set_id("urn:epass:org:1");
  body->mutable_registration()->set_notation(std::string(kFjordNumber));
  return credential;
}

elm::v3::Organisation* AddAssessor(elm::v3::LearningAssessment* assessment, absl::string_view id,
                                   absl::string_view number) {
  elm::v3::Organisation* const organisation = assessment->add_assessed_by()->mutable_organisation();
  organisation->set_id(std::string(id));
  if (!number.empty()) organisation->mutable_registration()->set_notation(std::string(number));
  return organisation;
}

Assessors Found(elm::v3::EuropeanDigitalCredential& credential) {
  const elm::Reading reading(credential);
  return AssessorReader(reading, credential.issuer()).Of(*AchievementIn(credential));
}

TEST(AssessorsTest, WhoeverAwardedIsNoOtherAssessor) {
  elm::v3::EuropeanDigitalCredential credential = AwardedByFjord();
  EXPECT_FALSE(Found(credential).stated);
  elm::v3::LearningAssessment* const assessment = AchievementIn(credential)->add_proven_by();
  AddAssessor(assessment, "urn:epass:org:1", "");            // the same node
  AddAssessor(assessment, "urn:epass:org:2", kFjordNumber);  // the same identifier
  EXPECT_TRUE(Found(credential).stated);
  EXPECT_TRUE(Found(credential).others.empty());
  AddAssessor(assessment, "urn:epass:org:3", kTestCentre);
  AddAssessor(assessment, "urn:epass:org:3", kTestCentre);
  ASSERT_EQ(Found(credential).others.size(), 1u);
  EXPECT_EQ(Found(credential).others[0][0].value, kTestCentre);
  AddAssessor(assessment->add_has_part(), "urn:epass:org:4", "");  // of a part, and not identified
  ASSERT_EQ(Found(credential).others.size(), 2u);
  EXPECT_TRUE(Found(credential).others[1].empty());
}

TEST(AssessorsTest, WithoutAnAwardingBodyTheIssuerAwarded) {
  elm::v3::EuropeanDigitalCredential credential = AwardedByFjord();
  AchievementIn(credential)->clear_awarded_by();
  credential.mutable_issuer()->mutable_organisation()->mutable_registration()->set_notation(std::string(kFjordNumber));
  AddAssessor(AchievementIn(credential)->add_proven_by(), "urn:epass:org:9", kFjordNumber);
  EXPECT_TRUE(Found(credential).stated);
  EXPECT_TRUE(Found(credential).others.empty());
}

TEST(AssessorsTest, NothingIsTakenOfPersons) {
  elm::v3::EuropeanDigitalCredential credential = AwardedByFjord();
  elm::v3::Person* const teacher = AchievementIn(credential)->add_proven_by()->add_assessed_by()->mutable_person();
  teacher->set_id("urn:epass:person:7");
  EXPECT_FALSE(Found(credential).stated);
  EXPECT_TRUE(Found(credential).others.empty());
}

TEST(AssessorsTest, LooksAtSoManyBodiesAndSaysThatThereAreMore) {
  elm::v3::EuropeanDigitalCredential credential = AwardedByFjord();
  elm::v3::LearningAssessment* const assessment = AchievementIn(credential)->add_proven_by();
  for (size_t i = 0; i < kComparedMax; ++i) {
    AddAssessor(assessment, absl::StrCat("urn:x:", i), absl::StrCat("VATNO-", i));
  }
  ASSERT_EQ(Found(credential).others.size(), kComparedMax);
  EXPECT_FALSE(Found(credential).others.back().empty());
  AddAssessor(assessment, "urn:x:one-more", "VATNO-one-more");
  ASSERT_EQ(Found(credential).others.size(), kComparedMax + 1);
  EXPECT_TRUE(Found(credential).others.back().empty());
}

TEST(AssessorsTest, LooksAtSoManyAssessmentsAndSaysThatThereAreMore) {
  elm::v3::EuropeanDigitalCredential credential = AwardedByFjord();
  elm::v3::LearningAssessment* const assessment = AchievementIn(credential)->add_proven_by();
  for (int i = 0; i < kAssessmentsMax - 1; ++i) assessment->add_has_part();
  EXPECT_TRUE(Found(credential).others.empty());
  assessment->add_has_part();
  ASSERT_EQ(Found(credential).others.size(), 1u);
  EXPECT_TRUE(Found(credential).others[0].empty());
}

TEST(AssessorsTest, ComparesSoManyIdentifiersOfABody) {
  elm::v3::EuropeanDigitalCredential credential = AwardedByFjord();
  elm::v3::Organisation* const assessor =
      AddAssessor(AchievementIn(credential)->add_proven_by(), "urn:epass:org:3", "");
  for (size_t i = 0; i < kComparedMax + 1; ++i) assessor->add_vat_identifier()->set_notation(absl::StrCat("NO-", i));
  ASSERT_EQ(Found(credential).others.size(), 1u);
  EXPECT_EQ(Found(credential).others[0].size(), kComparedMax);
}

// A document of Fjord that was assessed by the organisation of a number, or by nobody that it names.
std::string AssessedBy(absl::string_view number) {
  return SealedCredential(Keys().seal, "2025-06-01", [&](elm::v3::EuropeanDigitalCredential& credential) {
    credential = AwardedByFjord();
    credential.mutable_issuer()->mutable_organisation()->mutable_registration()->set_notation(
        std::string(kFjordNumber));
    if (!number.empty()) AddAssessor(AchievementIn(credential)->add_proven_by(), "urn:epass:org:3", number);
  });
}

trust::v1::TrustBundle BundleWithReport(absl::string_view number, trust::v1::QualityDecision decision,
                                        absl::string_view until) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::AccreditationData* const data = bundle.mutable_accreditation();
  trust::v1::AccreditedProvider* const provider = data->add_providers();
  provider->set_id("deqar:9002");
  provider->add_identifiers(absl::StrCat("registration:", number));
  trust::v1::QualityReport* const report = data->add_reports();
  report->set_id("https://register.example/report/2");
  report->add_providers("deqar:9002");
  report->set_decision(decision);
  *report->mutable_valid_from() = base::ToProto(Day("2020-01-01"));
  *report->mutable_valid_to() = base::ToProto(Day(until));
  return bundle;
}

TEST(AssessorsTest, AnAssessorIsLookedUpAndUnknownStaysUnknown) {
  struct Case {
    const char* name;
    std::string document;
    trust::v1::TrustBundle bundle;
    const char* told;
  };
  constexpr auto kYes = trust::v1::QUALITY_DECISION_POSITIVE;
  constexpr auto kNo = trust::v1::QUALITY_DECISION_NEGATIVE;
  for (const Case& row : std::vector<Case>{
           {"nobody is named", AssessedBy(""), BundleWithReport(kTestCentre, kYes, "2024-12-31"),
            "assessor:UNKNOWN:NOT_STATED"},
           {"who awarded", AssessedBy(kFjordNumber), BundleWithReport(kTestCentre, kYes, "2024-12-31"),
            "assessor:PASS:ASSESSOR_RESOLVED"},
           {"the register has them", AssessedBy(kTestCentre), BundleWithReport(kTestCentre, kYes, "2024-12-31"),
            "assessor:PASS:ASSESSOR_RESOLVED"},
           {"the report has ended", AssessedBy(kTestCentre), BundleWithReport(kTestCentre, kYes, "2024-06-29"),
            "assessor:UNKNOWN:NOT_COVERED"},
           {"the report says no", AssessedBy(kTestCentre), BundleWithReport(kTestCentre, kNo, "2024-12-31"),
            "assessor:UNKNOWN:NOT_ACCREDITED"},
           {"unknown to the register", AssessedBy(kTestCentre), BundleWithReport("VATNO-1", kYes, "2024-12-31"),
            "assessor:UNKNOWN:ASSESSOR_UNRESOLVED"},
           {"there is no register", AssessedBy(kTestCentre), FjordBundle(), "assessor:UNKNOWN:NO_EVIDENCE"},
       }) {
    SCOPED_TRACE(row.name);
    const v1::AuthenticityVerdict verdict = JudgeWith(Made(row.bundle), row.document, "2025-06-02");
    EXPECT_EQ(CheckOf(verdict, "assessor"), row.told);
    // Who assessed makes no document false.
    EXPECT_EQ(verdict.verdict(), v1::VERDICT_AUTHENTIC);
  }
  const v1::AuthenticityVerdict unresolved =
      JudgeWith(Made(BundleWithReport("VATNO-1", kYes, "2024-12-31")), AssessedBy(kTestCentre), "2025-06-02");
  EXPECT_THAT(VerdictText(unresolved), HasSubstr(absl::StrCat("(assessor=registration:", kTestCentre, ")")));
  v1::VerdictPolicy demanding;
  demanding.add_required_checks("assessor");
  EXPECT_EQ(JudgeWith(Made(FjordBundle()), AssessedBy(kTestCentre), "2025-06-02", demanding).verdict(),
            v1::VERDICT_CANNOT_BE_ESTABLISHED);
}

TEST(AssessorsTest, ABundleThatIsTooOldIsNamedWhereItWasNeeded) {
  trust::v1::TrustBundle bundle = BundleWithReport(kTestCentre, trust::v1::QUALITY_DECISION_POSITIVE, "2024-12-31");
  *bundle.mutable_expire_time() = base::ToProto(Day("2026-01-01"));
  const auto old = Made(bundle);
  EXPECT_EQ(CheckOf(JudgeWith(old, AssessedBy(kTestCentre), "2025-06-02"), "assessor"),
            "assessor:UNKNOWN:TRUST_BUNDLE_UNUSABLE");
  EXPECT_EQ(CheckOf(JudgeWith(old, AssessedBy(""), "2025-06-02"), "assessor"), "assessor:UNKNOWN:NOT_STATED");
}

}  // namespace
}  // namespace passerelle::authenticity
