#include "core/catalogue/principles.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "google/protobuf/text_format.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

absl::StatusOr<v1::Checklist> Of(const std::string& text) {
  v1::ProviderProfile profile;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &profile)) << text;
  return ChecklistOf(profile, "2026-01-31");
}

TEST(PrinciplesTest, ThereAreTenWithEvidenceOrNone) {
  ASSERT_OK_AND_ASSIGN(const v1::Checklist none, Of("provider: 'p'"));
  ASSERT_EQ(none.principles_size(), 10);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(none.principles(i).number(), static_cast<uint32_t>(i + 1));
    EXPECT_TRUE(none.principles(i).evidence().empty());
    EXPECT_NE(none.principles(i).missing(), "");
  }
  ASSERT_OK_AND_ASSIGN(
      const v1::Checklist full,
      Of("provider: 'p' quality_assurance: 'https://data.deqar.eu/report/1' internal_quality_areas: 'CREDENTIAL' "
         "internal_quality_areas: 'COURSE' internal_quality_areas: 'LEARNER_FEEDBACK' internal_quality_areas: "
         "'PEER_FEEDBACK' transparency: 'https://p.example/t' relevance_review: '2025-06-01' assessment: "
         "'https://p.example/a' pathways: 'https://p.example/p' recognition_policy: 'https://p.example/r' formats: "
         "'elm' "
         "learner_centred: 'https://p.example/l' authenticity: 'https://p.example/k' guidance: 'https://p.example/g'"));
  for (const v1::Principle& principle : full.principles()) {
    EXPECT_FALSE(principle.evidence().empty()) << principle.name();
    EXPECT_EQ(principle.missing(), "") << principle.name();
  }
}

TEST(PrinciplesTest, InternalQualityAssuranceHasFourAreas) {
  ASSERT_OK_AND_ASSIGN(const v1::Checklist list, Of("provider: 'p' internal_quality_areas: 'COURSE'"));
  EXPECT_EQ(list.principles(0).evidence(0), "self-declared: COURSE");
  EXPECT_EQ(list.principles(0).missing(), "internal quality assurance of CREDENTIAL, LEARNER_FEEDBACK, PEER_FEEDBACK");
}

TEST(PrinciplesTest, AnEntryInDeqarIsForHigherEducation) {
  const auto transparency = [](const std::string& more) {
    const auto list = Of("provider: 'p' transparency: 'https://p.example/t' " + more);
    EXPECT_OK(list);
    return list.ok() ? list->principles(1) : v1::Principle();
  };
  const v1::Principle there = transparency("type: 'HEI' deqar_id: 'DEQARINST0001'");
  EXPECT_EQ(there.evidence(1), "in DEQAR: DEQARINST0001");
  EXPECT_EQ(there.missing(), "");
  EXPECT_EQ(transparency("type: 'HEI'").missing(), "no entry in DEQAR is stated");
  EXPECT_EQ(transparency("type: 'EMPLOYER'").missing(), "");
  EXPECT_EQ(transparency("").missing(), "");
}

TEST(PrinciplesTest, AReviewIsOldAfterThreeYears) {
  ASSERT_OK_AND_ASSIGN(const v1::Checklist fresh, Of("provider: 'p' relevance_review: '2023-02-01'"));
  EXPECT_EQ(fresh.principles(2).missing(), "");
  ASSERT_OK_AND_ASSIGN(const v1::Checklist old, Of("provider: 'p' relevance_review: '2023-01-31'"));
  EXPECT_EQ(old.principles(2).missing(), "the last review is more than 3 years old");
}

TEST(PrinciplesTest, TheProviderSaysWhenAReviewIsOld) {
  ASSERT_OK_AND_ASSIGN(const v1::Checklist fresh, Of("provider: 'p' relevance_review: '2025-01-31' review_years: 1"));
  EXPECT_EQ(fresh.principles(2).missing(), "");
  ASSERT_OK_AND_ASSIGN(const v1::Checklist old, Of("provider: 'p' relevance_review: '2025-01-30' review_years: 1"));
  EXPECT_EQ(old.principles(2).missing(), "the last review is more than 1 years old");
}

TEST(PrinciplesTest, WhatIsMalformedIsRefusedWithThePlace) {
  EXPECT_THAT(Of(""), HasReason(Reason::kFieldMissing));
  EXPECT_THAT(Of("provider: 'p' guidance: 'see our page'"), HasReasonAt(Reason::kFieldInvalid, "guidance[0]"));
  EXPECT_THAT(Of("provider: 'p' internal_quality_areas: 'ALL'"),
              HasReasonAt(Reason::kFieldInvalid, "internal_quality_areas[0]"));
  EXPECT_THAT(Of("provider: 'p' type: 'SCHOOL'"), HasReasonAt(Reason::kConfigInvalid, "type"));
  for (const char* id : {"DEQARINST", "INST0001", "DEQARINST1a"}) {
    EXPECT_THAT(Of(absl::StrCat("provider: 'p' deqar_id: '", id, "'")), HasReasonAt(Reason::kFieldInvalid, "deqar_id"));
  }
  EXPECT_THAT(Of("provider: 'p' relevance_review: 'lately'"), HasReasonAt(Reason::kFieldInvalid, "relevance_review"));
  EXPECT_THAT(Of("provider: 'p' recognition_policy: 'yes'"),
              HasReasonAt(Reason::kFieldInvalid, "recognition_policy[0]"));
}

}  // namespace
}  // namespace passerelle::catalogue
