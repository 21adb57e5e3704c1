// Raising seals to B-T, and seals that take turns. What Sealer itself does is tested beside the verifier.
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/proof/jades/jades.h"
#include "core/proof/jades/seal_time_stamp.h"
#include "core/proof/jades/sealer.h"
#include "core/proof/jades/sealers.h"
#include "core/proof/x509/time_stamp.h"
#include "core/proof/x509/time_stamp_request.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;
using ::passerelle::testing::TimeStampWish;

constexpr absl::string_view kSealedPayload = "{\"name\":\"Zo\xc3\xab\", \"credits\": 3}";

absl::Time SealedOn(absl::string_view date) { return *base::ParseDateTime(date); }

class SealingTest : public ::testing::Test {
 protected:
  SealingTest() {
    trust_.seals.Add(root_.certificate());
    trust_.time_stamps.Add(root_.certificate());
    sealed_ = *Sealer::Make(seal_.KeyPem(), seal_.CertificatePem())->Seal(kSealedPayload, SealedOn("2025-06-01"));
  }

  TestIdentity root_{KeyAlgorithm::kEs256, AuthorityWish("Root")};
  TestIdentity seal_{KeyAlgorithm::kEs256, SealWish(), root_};
  TestIdentity clock_{KeyAlgorithm::kRs256, TimeStampWish(), root_};
  SealTrust trust_;
  std::string sealed_;
};

TEST_F(SealingTest, ATimeStampRaisesTheSealAndOutlivesItsCertificate) {
  ASSERT_OK_AND_ASSIGN(const std::string part, StampedPartOfSeal(sealed_));
  ASSERT_OK_AND_ASSIGN(const std::string stamped,
                       AddTimeStampToSeal(sealed_, clock_.TimeStampOver(part, SealedOn("2025-06-01T12:00:00Z"))));
  const JadesVerdict verdict = VerifyJades(stamped, trust_, SealedOn("2031-01-01"));
  EXPECT_TRUE(verdict.Accepted());
  EXPECT_EQ(verdict.payload, kSealedPayload);
  EXPECT_EQ(verdict.signatures[0].level, JadesLevel::kT);
  EXPECT_EQ(verdict.signatures[0].proven_time, SealedOn("2025-06-01T12:00:00Z"));
  EXPECT_FALSE(VerifyJades(sealed_, trust_, SealedOn("2031-01-01")).Accepted());
}

TEST_F(SealingTest, TakesNoTimeStampOfAnotherSignatureAndNoSecondOne) {
  const std::string other = clock_.TimeStampOver("another", SealedOn("2025-06-01"));
  EXPECT_THAT(AddTimeStampToSeal(sealed_, other), HasReason(Reason::kTimeStampInvalid));
  EXPECT_THAT(AddTimeStampToSeal(sealed_, "no token"), HasReason(Reason::kTimeStampMalformed));
  EXPECT_THAT(AddTimeStampToSeal("{}", other), HasReason(Reason::kSealMalformed));
  const std::string token = clock_.TimeStampOver(*StampedPartOfSeal(sealed_), SealedOn("2025-06-01"));
  const std::string stamped = *AddTimeStampToSeal(sealed_, token);
  EXPECT_THAT(AddTimeStampToSeal(stamped, token), HasReason(Reason::kSealMalformed));
}

TEST_F(SealingTest, AnAnswerHasToBeToTheRequest) {
  ASSERT_OK_AND_ASSIGN(const std::string request, TimeStampRequest("bytes", "nonce"));
  const std::string answer = clock_.TimeStampAnswer(request, SealedOn("2025-06-01"));
  ASSERT_OK_AND_ASSIGN(const std::string token, TokenOfTimeStampResponse(answer, "nonce"));
  const absl::string_view bytes = "bytes";
  EXPECT_OK(VerifyTimeStamp(token, absl::MakeConstSpan(&bytes, 1), {}, {}));
  EXPECT_THAT(TokenOfTimeStampResponse(answer, "other"), HasReason(Reason::kTimeStampInvalid));
  EXPECT_THAT(TokenOfTimeStampResponse(answer + "x", "nonce"), HasReason(Reason::kTimeStampMalformed));
  EXPECT_THAT(TokenOfTimeStampResponse("", "nonce"), HasReason(Reason::kTimeStampMalformed));
}

TEST_F(SealingTest, SealsTakeTurns) {
  CertificateWish wish = SealWish();
  wish.from = SealedOn("2025-01-01");
  wish.to = SealedOn("2026-01-01");
  const TestIdentity next(KeyAlgorithm::kEs256, wish, root_);
  Sealers sealers;
  EXPECT_TRUE(sealers.empty());
  sealers.Add(*Sealer::Make(next.KeyPem(), next.CertificatePem()), SealedOn("2025-07-01"));
  sealers.Add(*Sealer::Make(seal_.KeyPem(), seal_.CertificatePem()), SealedOn("2024-01-01"));
  const auto sealer_on = [&](absl::string_view date) { return (*sealers.At(SealedOn(date)))->certificate().der(); };
  EXPECT_EQ(sealer_on("2025-06-30"), seal_.der());
  EXPECT_EQ(sealer_on("2025-07-01"), next.der());
  // What remains when the later one has ended.
  EXPECT_EQ(sealer_on("2026-01-02"), seal_.der());
  EXPECT_THAT(sealers.At(SealedOn("2023-12-31")), HasReason(Reason::kCertificateExpired));
  EXPECT_THAT(sealers.At(SealedOn("2031-01-01")), HasReason(Reason::kCertificateExpired));
  // Both stay valid, each by its own certificate.
  for (const char* date : {"2025-06-30", "2025-07-01"}) {
    EXPECT_TRUE(VerifyJades(*(*sealers.At(SealedOn(date)))->Seal(kSealedPayload, SealedOn(date)), trust_,
                            SealedOn("2025-08-01"))
                    .Accepted());
  }
}

}  // namespace
}  // namespace passerelle::proof
