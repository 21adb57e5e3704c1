#include "core/proof/cose/mdoc.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/cbor.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::CborWriter;
using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::TestIdentity;

constexpr char kType[] = "org.example.skills.1";
constexpr char kSpace[] = "org.example.skills";

struct Element {
  int64_t digest_id;
  std::string identifier;
  std::string value;
  std::string random = "sixteen or more bytes";
};

// What an issuer signs, and the ways in which it can be wrong.
struct Plan {
  std::string version = "1.0";
  std::string digest_algorithm = "SHA-256";
  std::string signed_at = "2026-01-01T00:00:00Z";
  std::string valid_from = "2026-01-01T00:00:00Z";
  std::string valid_until = "2027-01-01T00:00:00Z";
  std::vector<Element> elements = {{0, "title", "Welding"}, {7, "level", "4"}};
  std::vector<Element> sent;  // when others than the signed ones are
};

// #6.24(bstr .cbor item)
std::string Encoded(absl::string_view item) {
  std::string out;
  CborWriter cbor(out);
  cbor.Tag(24);
  cbor.Bytes(item);
  return out;
}

std::string ItemBytes(const Element& element) {
  std::string item;
  CborWriter cbor(item);
  cbor.Map(4);
  cbor.Text("digestID");
  cbor.Int(element.digest_id);
  cbor.Text("random");
  cbor.Bytes(element.random);
  cbor.Text("elementIdentifier");
  cbor.Text(element.identifier);
  cbor.Text("elementValue");
  cbor.Text(element.value);
  return Encoded(item);
}

void WriteMoment(CborWriter& cbor, absl::string_view name, absl::string_view time) {
  cbor.Text(name);
  cbor.Tag(0);
  cbor.Text(time);
}

std::string SecurityObject(const Plan& plan) {
  std::string object;
  CborWriter cbor(object);
  cbor.Map(6);
  cbor.Text("version");
  cbor.Text(plan.version);
  cbor.Text("digestAlgorithm");
  cbor.Text(plan.digest_algorithm);
  cbor.Text("valueDigests");
  cbor.Map(1);
  cbor.Text(kSpace);
  cbor.Map(plan.elements.size());
  for (const Element& element : plan.elements) {
    cbor.Int(element.digest_id);
    cbor.Bytes(base::Digest(base::HashAlgorithm::kSha256, ItemBytes(element)));
  }
  cbor.Text("deviceKeyInfo");
  cbor.Map(1);
  cbor.Text("deviceKey");
  cbor.Map(1);
  cbor.Int(1);
  cbor.Int(2);
  cbor.Text("docType");
  cbor.Text(kType);
  cbor.Text("validityInfo");
  cbor.Map(3);
  WriteMoment(cbor, "signed", plan.signed_at);
  WriteMoment(cbor, "validFrom", plan.valid_from);
  WriteMoment(cbor, "validUntil", plan.valid_until);
  return Encoded(object);
}

class MdocTest : public ::testing::Test {
 protected:
  MdocTest() { authorities_.Add(authority_.certificate()); }

  static std::string Build(const Plan& plan, const TestIdentity& signer) {
    const std::string object = SecurityObject(plan);
    std::string input;
    CborWriter to_sign(input);
    to_sign.Array(4);
    to_sign.Text("Signature1");
    to_sign.Bytes("\xa1\x01\x26");
    to_sign.Bytes("");
    to_sign.Bytes(object);
    std::string out;
    CborWriter cbor(out);
    cbor.Map(2);
    cbor.Text("nameSpaces");
    cbor.Map(1);
    cbor.Text(kSpace);
    const std::vector<Element>& sent = plan.sent.empty() ? plan.elements : plan.sent;
    cbor.Array(sent.size());
    for (const Element& element : sent) cbor.Raw(ItemBytes(element));
    cbor.Text("issuerAuth");
    cbor.Array(4);
    cbor.Bytes("\xa1\x01\x26");
    cbor.Map(1);
    cbor.Int(33);
    cbor.Bytes(signer.der());
    cbor.Bytes(object);
    cbor.Bytes(signer.signer().Sign(input));
    return out;
  }
  MdocVerdict Verify(const Plan& plan) const {
    return VerifyIssuerSigned(Build(plan, signer_), kType, authorities_, at_);
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
  EXPECT_EQ(verdict.document_type, kType);
  ASSERT_EQ(verdict.elements.size(), 2u);
  EXPECT_EQ(verdict.elements[0].name_space, kSpace);
  EXPECT_EQ(verdict.elements[0].identifier, "title");
  EXPECT_EQ(base::ReadCbor(verdict.elements[0].value)->Text(), "Welding");
  EXPECT_EQ(verdict.valid_until, *base::ParseDateTime("2027-01-01"));
  EXPECT_EQ(verdict.device_key, "\xa1\x01\x02");
  // The holder may keep elements back.
  Plan some;
  some.sent = {some.elements[1]};
  EXPECT_EQ(Verify(some).elements.size(), 1u);
}

TEST_F(MdocTest, NoOtherByteIsAccepted) {
  const std::string bytes = Build({}, signer_);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] ^= 1;
    const MdocVerdict verdict = VerifyIssuerSigned(changed, kType, authorities_, at_);
    // Names in the outer maps are not signed; another one makes the part missing, never another.
    EXPECT_TRUE(!verdict.Accepted() || verdict.elements.empty()) << i;
  }
}

TEST_F(MdocTest, ElementsThatTheIssuerDidNotSignAreFound) {
  Plan plan;
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
  EXPECT_FALSE(VerifyIssuerSigned(Build({}, signer_), "org.example.other.1", authorities_, at_).verified);
  EXPECT_TRUE(VerifyIssuerSigned(Build({}, signer_), "", authorities_, at_).Accepted());
  Plan plan;
  plan.version = "2.0";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
  plan = {};
  plan.digest_algorithm = "SHA-1";
  EXPECT_TRUE(Refused(Verify(plan), Reason::kClaimInvalid));
}

TEST_F(MdocTest, TimesAreTheIssuersAndInOrder) {
  Plan plan;
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
  const MdocVerdict verdict = VerifyIssuerSigned(Build({}, signer), kType, authorities_, at_);
  EXPECT_TRUE(verdict.verified);
  EXPECT_TRUE(verdict.findings.refused());
  EXPECT_FALSE(VerifyIssuerSigned(Build({}, signer_), kType, TrustAnchors(), at_).Accepted());
  EXPECT_FALSE(VerifyIssuerSigned(Build({}, authority_), kType, authorities_, at_).Accepted());
}

TEST_F(MdocTest, OtherBytesAreRefused) {
  for (const absl::string_view bytes : {absl::string_view(), absl::string_view("\xa0"), absl::string_view("\x80"),
                                        absl::string_view("\xa1jissuerAuth\x80"), absl::string_view("text")}) {
    EXPECT_FALSE(VerifyIssuerSigned(bytes, kType, authorities_, at_).verified);
  }
}

}  // namespace
}  // namespace passerelle::proof
