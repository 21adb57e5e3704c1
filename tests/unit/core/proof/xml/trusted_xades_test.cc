#include "core/proof/xml/trusted_xades.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"
#include "tests/unit/core/proof/xml/signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Base64Encode;
using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;
using ::passerelle::testing::TimeStampWish;
using ::testing::Contains;
using ::testing::IsEmpty;

absl::Time On(absl::string_view date) { return *base::ParseDateTime(date); }

// The signer of tests/unit/core/proof/xml with an identity that an authority vouches for.
TestSigner SignerOf(const TestIdentity& identity) {
  TestSigner signer;
  EVP_PKEY* const key = identity.signer().openssl();
  signer.key = std::shared_ptr<EVP_PKEY>(key, [](EVP_PKEY*) {});
  signer.certificate = identity.der();
  return signer;
}

// The keys take long to make, so that all tests share them.
struct People {
  TestIdentity root{KeyAlgorithm::kRs256, AuthorityWish("Root")};
  TestIdentity seal{KeyAlgorithm::kRs256, SealWish(), root};
  TestIdentity clock{KeyAlgorithm::kRs256, TimeStampWish(), root};
};

const People& people() {
  static const People& made = *new People;
  return made;
}

class TrustedXadesTest : public ::testing::Test {
 protected:
  TrustedXadesTest() {
    trust_.seals.Add(people().root.certificate());
    trust_.time_stamps.Add(people().root.certificate());
    sealed_ = proof::Seal(Transcript(""), SignerOf(people().seal));
  }

  std::vector<Reason> Refusals(const TrustedXades& seen) const {
    std::vector<Reason> reasons;
    for (const Finding& finding : seen.seal.signature.findings.list()) {
      if (finding.weight == Weight::kRefusal) reasons.push_back(finding.reason);
    }
    return reasons;
  }

  // What the time-stamp is over: the SignatureValue as it stands, made canonical.
  std::string CanonicalValue() const {
    const size_t begin = sealed_.find("<ds:SignatureValue>");
    const size_t end = sealed_.find("</ds:SignatureValue>") + 20;
    return absl::StrReplaceAll(
        sealed_.substr(begin, end - begin),
        {{"<ds:SignatureValue>", "<ds:SignatureValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"}});
  }
  std::string TimeStamp(absl::string_view over, absl::string_view date) const {
    return absl::StrCat("<x:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm=\"", kExcC14n,
                        "\"/><x:EncapsulatedTimeStamp>", Base64Encode(people().clock.TimeStampOver(over, On(date))),
                        "</x:EncapsulatedTimeStamp></x:SignatureTimeStamp>");
  }
  std::string Revocations(const TestIdentity* revoked, absl::string_view date) const {
    return absl::StrCat("<x:CertificateValues><x:EncapsulatedX509Certificate>", Base64Encode(people().root.der()),
                        "</x:EncapsulatedX509Certificate></x:CertificateValues><x:RevocationValues><x:CRLValues>"
                        "<x:EncapsulatedCRLValue>",
                        Base64Encode(people().root.RevocationList(revoked, On(date), On("2025-07-01"))),
                        "</x:EncapsulatedCRLValue></x:CRLValues></x:RevocationValues>");
  }
  TrustedXades Verify(absl::string_view unsigned_properties, absl::string_view at) const {
    const std::string with =
        absl::StrCat("</x:SignedProperties><x:UnsignedProperties><x:UnsignedSignatureProperties>", unsigned_properties,
                     "</x:UnsignedSignatureProperties></x:UnsignedProperties>");
    return VerifyXades(absl::StrReplaceAll(sealed_, {{"</x:SignedProperties>", with}}), trust_, On(at));
  }

  SealTrust trust_;
  std::string sealed_;
};

TEST_F(TrustedXadesTest, APathLeadsToAnAnchor) {
  const TrustedXades seen = VerifyXades(sealed_, trust_, On("2025-06-02"));
  EXPECT_THAT(Refusals(seen), IsEmpty());
  EXPECT_TRUE(seen.trusted);
  EXPECT_EQ(seen.level, XadesLevel::kB);
  EXPECT_EQ(seen.signer->der(), people().seal.der());
  EXPECT_THAT(seen.seal.signature.content, ::testing::HasSubstr("Solheim"));
}

TEST_F(TrustedXadesTest, WithoutAnchorsNobodyIsTrustedAndNothingIsRefused) {
  trust_ = SealTrust();
  const TrustedXades seen = VerifyXades(sealed_, trust_, On("2025-06-02"));
  EXPECT_THAT(Refusals(seen), IsEmpty());
  EXPECT_FALSE(seen.trusted);
}

TEST_F(TrustedXadesTest, RefusesStrangers) {
  trust_ = SealTrust();
  trust_.seals.Add(people().clock.certificate());
  const TrustedXades seen = VerifyXades(sealed_, trust_, On("2025-06-02"));
  EXPECT_THAT(Refusals(seen), Contains(Reason::kCertificateUntrusted));
  EXPECT_FALSE(seen.seal.signature.accepted());
  EXPECT_FALSE(seen.trusted);
}

TEST_F(TrustedXadesTest, RefusesCertificatesThatAreNotForSeals) {
  sealed_ = proof::Seal(Transcript(""), SignerOf(people().root));
  EXPECT_THAT(Refusals(VerifyXades(sealed_, trust_, On("2025-06-02"))), Contains(Reason::kSignerCertificate));
}

TEST_F(TrustedXadesTest, ATimeStampKeepsASealValidAfterItsCertificate) {
  EXPECT_THAT(Refusals(VerifyXades(sealed_, trust_, On("2031-01-01"))), Contains(Reason::kCertificateExpired));
  const TrustedXades seen = Verify(TimeStamp(CanonicalValue(), "2025-06-01T11:00:00Z"), "2031-01-01");
  EXPECT_THAT(Refusals(seen), IsEmpty());
  EXPECT_TRUE(seen.trusted);
  EXPECT_EQ(seen.level, XadesLevel::kT);
  EXPECT_EQ(seen.proven_time, On("2025-06-01T11:00:00Z"));
}

TEST_F(TrustedXadesTest, ATimeStampOfSomethingElseProvesNothing) {
  const TrustedXades seen = Verify(TimeStamp("another signature", "2025-06-01T11:00:00Z"), "2031-01-01");
  EXPECT_THAT(Refusals(seen), Contains(Reason::kCertificateExpired));
  EXPECT_EQ(seen.proven_time, std::nullopt);
  EXPECT_EQ(seen.level, XadesLevel::kB);
}

TEST_F(TrustedXadesTest, TheEvidenceInTheDocumentSpeaksForOrAgainstTheCertificate) {
  const std::string stamp = TimeStamp(CanonicalValue(), "2025-06-01T11:00:00Z");
  const TrustedXades good = Verify(absl::StrCat(stamp, Revocations(nullptr, "2025-05-01")), "2025-07-02");
  EXPECT_THAT(Refusals(good), IsEmpty());
  EXPECT_EQ(good.level, XadesLevel::kLt);
  EXPECT_EQ(good.revocation.status, RevocationStatus::kGood);
  const TrustedXades revoked = Verify(absl::StrCat(stamp, Revocations(&people().seal, "2025-05-01")), "2025-07-02");
  EXPECT_THAT(Refusals(revoked), Contains(Reason::kCertificateRevoked));
  // Revoked after the time that is proven.
  EXPECT_THAT(Refusals(Verify(absl::StrCat(stamp, Revocations(&people().seal, "2025-06-15")), "2025-07-02")),
              IsEmpty());
}

TEST_F(TrustedXadesTest, TotalForAnyBytes) {
  for (const char* bytes : {"", "<a/>", "no XML"}) {
    EXPECT_FALSE(VerifyXades(bytes, trust_, On("2025-06-02")).seal.signature.accepted());
  }
}

}  // namespace
}  // namespace passerelle::proof
