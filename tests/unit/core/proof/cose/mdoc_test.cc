#include "core/proof/cose/mdoc.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/cbor.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "tests/support/mobile_document.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::MobilePlan;
using ::passerelle::testing::TestIdentity;

class MdocTest : public ::testing::Test {
 protected:
  MdocTest() { authorities_.Add(authority_.certificate()); }

  MdocVerdict Verify(const MobilePlan& plan) const {
    return VerifyIssuerSigned(testing::MobileDocument(plan, signer_), testing::kMobileType, authorities_, at_);
  }
  static bool Refused(const MdocVerdict& verdict, Reason reason) {
    const auto& list = verdict.findings.list();
    return std::any_of(list.begin(), list.end(), [&](const Finding& finding) { return finding.reason == reason; });
  }

  const TestIdentity authority_{KeyAlgorithm::kEs256, AuthorityWish("Example IACA")};
  const TestIdentity signer_{KeyAlgorithm::kEs256, CertificateWish(), authority_};
  const absl::Time at_ = *base::ParseDateTime("2026-06-01");
  TrustAnchors authorities_;
};

TEST_F(MdocTest, WhatAnIssuerSignedIsTold) {
  const MdocVerdict verdict = Verify({});
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_EQ(verdict.document_type, testing::kMobileType);
  ASSERT_EQ(verdict.elements.size(), 2u);
  EXPECT_EQ(verdict.elements[0].name_space, testing::kMobileSpace);
  EXPECT_EQ(verdict.elements[0].identifier, "title");
  EXPECT_EQ(base::ReadCbor(verdict.elements[0].value)->Text(), "Welding");
  EXPECT_EQ(verdict.valid_until, *base::ParseDateTime("2027-01-01"));
  EXPECT_EQ(verdict.device_key, "\xa1\x01\x02");
  // The holder may keep elements back.
  MobilePlan some;
  some.sent = {some.elements[1]};
  EXPECT_EQ(Verify(some).elements.size(), 1u);
}

TEST_F(MdocTest, NoOtherByteIsAccepted) {
  const std::string bytes = testing::MobileDocument({}, signer_);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] ^= 1;
    const MdocVerdict verdict = VerifyIssuerSigned(changed, testing::kMobileType, authorities_, at_);
    // Names in the outer maps are not signed; another one makes the part missing, never another.
    EXPECT_TRUE(!verdict.Accepted() || verdict.elements.empty()) << i;
  }
}

TEST_F(MdocTest, ElementsThatTheIssuerDidNotSignAreFound) {
  MobilePlan plan;
  plan.sent = {{0, "title", "Surgery"}};
  EXPECT_TRUE(Refused(Verify(plan), Reason::kDisclosure));
  plan.sent = {{1, "title", "Welding"}};
  EXPECT_TRUE(Refused(Verify(plan), Reason::kDisclosure));
  plan.sent = {plan.elements[0], plan.elements[0]};
  EXPECT_TRUE(Refused(Verify(plan), Reason::kDisclosure));
  plan = {};
  plan.elements[0].random = "short";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
  EXPECT_TRUE(Verify(plan).elements.empty());
}

TEST_F(MdocTest, TypeVersionAndDigestAreThoseOfTheStandard) {
  EXPECT_FALSE(
      VerifyIssuerSigned(testing::MobileDocument({}, signer_), "org.example.other.1", authorities_, at_).verified);
  EXPECT_TRUE(VerifyIssuerSigned(testing::MobileDocument({}, signer_), "", authorities_, at_).Accepted());
  MobilePlan plan;
  plan.version = "2.0";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
  plan = {};
  plan.digest_algorithm = "SHA-1";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
}

TEST_F(MdocTest, TimesAreTheIssuersAndInOrder) {
  MobilePlan plan;
  plan.valid_until = "2026-05-01T00:00:00Z";
  EXPECT_TRUE(Verify(plan).verified);
  EXPECT_TRUE(Refused(Verify(plan), Reason::kExpired));
  plan = {};
  plan.valid_from = "2026-07-01T00:00:00Z";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kNotYetValid));
  plan = {};
  plan.signed_at = "2026-02-01T00:00:00Z";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
  plan = {};
  plan.signed_at = "2020-01-01T00:00:00Z";  // before the certificate
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
  plan = {};
  plan.valid_until = "next year";
  EXPECT_FALSE(Verify(plan).verified);
}

TEST_F(MdocTest, TrustIsThePathToAPinnedAuthority) {
  const TestIdentity stranger(KeyAlgorithm::kEs256, AuthorityWish("Another IACA"));
  const TestIdentity signer(KeyAlgorithm::kEs256, CertificateWish(), stranger);
  const MdocVerdict verdict =
      VerifyIssuerSigned(testing::MobileDocument({}, signer), testing::kMobileType, authorities_, at_);
  EXPECT_TRUE(verdict.verified);
  EXPECT_TRUE(verdict.findings.refused());
  EXPECT_FALSE(
      VerifyIssuerSigned(testing::MobileDocument({}, signer_), testing::kMobileType, TrustAnchors(), at_).Accepted());
  EXPECT_FALSE(
      VerifyIssuerSigned(testing::MobileDocument({}, authority_), testing::kMobileType, authorities_, at_).Accepted());
}

TEST_F(MdocTest, OtherBytesAreRefused) {
  for (const absl::string_view bytes : {absl::string_view(), absl::string_view("\xa0"), absl::string_view("\x80"),
                                        absl::string_view("\xa1jissuerAuth\x80"), absl::string_view("text")}) {
    EXPECT_FALSE(VerifyIssuerSigned(bytes, testing::kMobileType, authorities_, at_).verified);
  }
}

}  // namespace
}  // namespace passerelle::proof
