// Documents that their signer may sign, made to look like those of another institution, or like ones that still hold.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/authenticity/status_check.h"
#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "core/elm/annex_one_reading.h"
#include "core/proof/sd_jwt/issue.h"
#include "tests/support/fake_random.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

namespace model = elm::v3;

constexpr char kAt[] = "2025-06-02";
constexpr char kOtherId[] = "urn:example:other";
constexpr absl::string_view kOtherNumber = "VATNO-111222333";

using Edit = std::function<void(model::EuropeanDigitalCredential&)>;

v1::AuthenticityVerdict JudgeSealed(const trust::v1::TrustBundle& bundle, const Edit& edit) {
  return JudgeWith(Made(bundle), SealedCredential(Keys().seal, "2025-06-01", edit), kAt);
}

void SetNumber(absl::string_view number, model::Organisation* organisation) {
  organisation->mutable_registration()->set_notation(std::string(number));
}

// The other institution, written out where nobody looks for who awarded.
void AddOther(model::EuropeanDigitalCredential& credential) {
  model::Organisation* const other = credential.add_holder()->mutable_organisation();
  other->set_id(kOtherId);
  SetNumber(kOtherNumber, other);
}

model::LearningAchievement* AchievementOf(model::EuropeanDigitalCredential& credential) {
  return credential.mutable_credential_subject()
      ->mutable_person()
      ->mutable_has_claim(0)
      ->mutable_learning_achievement();
}

// A reference is followed by whoever reads the document, and so by the check.
TEST(ForgeryTest, WhoAwardedIsFoundBehindReferences) {
  struct Row {
    const char* name;
    Edit edit;
  };
  const std::vector<Row> rows = {
      {"the awarding body",
       [](model::EuropeanDigitalCredential& credential) {
         AddOther(credential);
         auto* const award = AchievementOf(credential)->mutable_awarded_by();
         award->clear_awarding_body();
         award->add_awarding_body()->mutable_organisation()->set_id(kOtherId);
       }},
      {"the award",
       [](model::EuropeanDigitalCredential& credential) {
         model::Person* const person = credential.mutable_credential_subject()->mutable_person();
         auto* const held = person->add_has_credential()->mutable_credential_subject()->mutable_person();
         auto* const award = held->add_has_claim()->mutable_learning_achievement()->mutable_awarded_by();
         award->set_id("urn:example:award");
         SetNumber(kOtherNumber, award->add_awarding_body()->mutable_organisation());
         auto* const stated = AchievementOf(credential)->mutable_awarded_by();
         stated->Clear();
         stated->set_id("urn:example:award");
       }},
      {"the learner",
       [](model::EuropeanDigitalCredential& credential) {
         auto* const award = AchievementOf(credential)->mutable_awarded_by();
         award->clear_awarding_body();
         SetNumber(kOtherNumber, award->add_awarding_body()->mutable_organisation());
         model::Person* const learner = credential.add_holder()->mutable_person();
         learner->Swap(credential.mutable_credential_subject()->mutable_person());
         learner->set_id("urn:example:learner");
         credential.mutable_credential_subject()->mutable_person()->set_id("urn:example:learner");
       }},
      {"the issuer, of whose id more is said elsewhere",
       [](model::EuropeanDigitalCredential& credential) {
         AddOther(credential);
         credential.mutable_issuer()->mutable_organisation()->Clear();
         credential.mutable_issuer()->mutable_organisation()->set_id(kOtherId);
         AchievementOf(credential)->clear_awarded_by();
       }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const v1::AuthenticityVerdict verdict = JudgeSealed(FjordBundle(), row.edit);
    EXPECT_EQ(CheckOf(verdict, "seal"), "seal:PASS:SEAL_INTACT");
    EXPECT_EQ(CheckOf(verdict, "signer"), "signer:UNKNOWN:ISSUER_UNKNOWN");
    EXPECT_EQ(verdict.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED) << Told(verdict);
  }
}

// An awarding body with the number of the issuer, and a number that somebody else is known by.
void BorrowName(model::EuropeanDigitalCredential& credential) {
  auto* const award = AchievementOf(credential)->mutable_awarded_by();
  award->clear_awarding_body();
  model::Organisation* const body = award->add_awarding_body()->mutable_organisation();
  SetNumber(kFjordNumber, body);
  model::Identifier* const borrowed = body->add_identifier()->mutable_identifier();
  borrowed->set_scheme_name("deqar");
  borrowed->set_notation("DEQARINST9001");
}

TEST(ForgeryTest, ANameOfAnotherIsNotBorrowedBesideAnOwnOne) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::IssuerBinding* const binding = bundle.add_issuer_bindings();
  binding->add_issuer()->set_scheme("deqar");
  binding->mutable_issuer(0)->set_value("DEQARINST9001");
  binding->add_certificate_sha256(base::Sha256Hex(Keys().stranger.der()));
  binding->set_source("a letter");
  const v1::AuthenticityVerdict verdict = JudgeSealed(bundle, BorrowName);
  EXPECT_EQ(CheckOf(verdict, "signer"), "signer:FAIL:SIGNER_NOT_ENTITLED") << Told(verdict);
}

TEST(ForgeryTest, ANameBehindMoreThanAreLookedAtLeavesTheSignerOpen) {
  const v1::AuthenticityVerdict verdict = JudgeSealed(FjordBundle(), [](model::EuropeanDigitalCredential& credential) {
    model::Organisation* const issuer = credential.mutable_issuer()->mutable_organisation();
    issuer->set_id("urn:example:issuer");
    for (int i = 0; i < 100; ++i) {
      model::Identifier* const identifier = issuer->add_identifier()->mutable_identifier();
      identifier->set_scheme_name("desk");
      identifier->set_notation(absl::StrCat(i));
    }
  });
  EXPECT_EQ(CheckOf(verdict, "signer"), "signer:UNKNOWN:ISSUER_UNKNOWN") << Told(verdict);
}

TEST(ForgeryTest, TheAccreditationOfAnotherIsNotBorrowed) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::AccreditationData* const data = bundle.mutable_accreditation();
  trust::v1::AccreditedProvider* const provider = data->add_providers();
  provider->set_id("deqar:DEQARINST9001");
  trust::v1::QualityReport* const report = data->add_reports();
  report->set_id("https://data.deqar.eu/report/1");
  report->add_providers("deqar:DEQARINST9001");
  report->set_decision(trust::v1::QUALITY_DECISION_POSITIVE);
  report->set_status(trust::v1::QUALITY_STATUS_OBLIGATORY);
  *report->mutable_valid_from() = base::ToProto(Day("2020-01-01"));
  *report->mutable_valid_to() = base::ToProto(Day("2026-01-01"));
  const v1::AuthenticityVerdict verdict = JudgeSealed(bundle, BorrowName);
  EXPECT_EQ(CheckOf(verdict, "accreditation"), "accreditation:UNKNOWN:NO_EVIDENCE") << Told(verdict);
  // Where the register knows the provider by the number that the certificate proves, it is the signer's own.
  provider->add_identifiers(absl::StrCat("registration:", kFjordNumber));
  EXPECT_EQ(CheckOf(JudgeSealed(bundle, BorrowName), "accreditation"), "accreditation:PASS:ACCREDITED");
}

TEST(ForgeryTest, WhatStandsBesideASealIsNotUnderIt) {
  std::string document = SealedCredential(Keys().seal);
  ASSERT_EQ(document.front(), '{');
  document.insert(1, R"("type":["OpenBadgeCredential"],)");
  const v1::AuthenticityVerdict verdict = JudgeWith(Made(FjordBundle()), document, kAt);
  EXPECT_EQ(CheckOf(verdict, "seal"), "seal:UNKNOWN:JWS_MALFORMED");
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED) << Told(verdict);
}

TEST(ForgeryTest, AStatusOfTheTokenCountsBesideThatOfItsCredential) {
  const std::string token = Keys().first.Token(
      absl::StrCat(R"("kid":")", kFjord, R"(#key-1","typ":"JWT")"),
      absl::StrCat(R"({"iss":")", kFjord, R"(","nbf":1717200000,"exp":1814400000,)",
                   R"("status":{"status_list":{"idx":1,"uri":"https://fjord.example/list"}},)",
                   R"("vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],)",
                   R"("credentialSubject":{"id":"urn:example:learner"}}})"));
  const v1::AuthenticityVerdict verdict = JudgeWith(Made(FjordBundle()), token, kAt);
  EXPECT_EQ(CheckOf(verdict, "seal"), "seal:PASS:SEAL_INTACT");
  EXPECT_EQ(CheckOf(verdict, "status"), "status:UNKNOWN:NO_EVIDENCE") << Told(verdict);
}

TEST(ForgeryTest, AStatusThatIsNotLookedForIsNotTakenForNone) {
  model::EuropeanDigitalCredential credential;
  credential.add_credential_status()->set_id("https://fjord.example/list#1");
  Sealed sealed;
  sealed.check.set_outcome(v1::CHECK_OUTCOME_PASS);
  const elm::Reading reading(credential);
  const v1::Check check = CheckStatus(nullptr, sealed, &reading, {}, {});
  EXPECT_EQ(check.outcome(), v1::CHECK_OUTCOME_UNKNOWN);
  EXPECT_EQ(check.reason(), "CHECK_NOT_IMPLEMENTED");
}

// What the holder keeps back of the credential itself may be that it ended or was revoked.
TEST(ForgeryTest, WhatIsWithheldIsNotTakenForMissing) {
  testing::FakeRandom random;
  proof::SdJwtContent content;
  content.key_id = "key-4";
  content.claims = absl::StrCat(R"({"iss":")", kFjord, R"(","vct":"urn:example:micro","@context":["urn:example:c"],)",
                                R"("validFrom":"2024-06-01T00:00:00Z","refreshService":{"id":"urn:example:r"}})");
  content.withholdable = {"/refreshService"};
  const std::string whole = *proof::IssueSdJwt(content, Keys().selective, random);
  const auto bundle = Made(FjordBundle());
  EXPECT_EQ(JudgeWith(bundle, whole, kAt).verdict(), v1::VERDICT_AUTHENTIC) << Told(JudgeWith(bundle, whole, kAt));
  const v1::AuthenticityVerdict withheld = JudgeWith(bundle, *proof::PresentSdJwt(whole, {}), kAt);
  EXPECT_EQ(CheckOf(withheld, "validity"), "validity:UNKNOWN:NO_EVIDENCE");
  EXPECT_EQ(CheckOf(withheld, "status"), "status:UNKNOWN:NO_EVIDENCE");
  EXPECT_EQ(withheld.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED) << Told(withheld);
}

}  // namespace
}  // namespace passerelle::authenticity
