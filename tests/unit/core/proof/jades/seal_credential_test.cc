#include "core/proof/jades/seal_credential.h"

#include <string>

#include "core/base/date_time.h"
#include "core/elm/codec.h"
#include "core/proof/jades/jades.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;

const absl::Time kDay = *base::ParseDateTime("2025-06-01T08:30:00Z");

CertificateWish Wish() {
  CertificateWish wish = SealWish();
  wish.country = "NO";
  wish.organisation = "Directorate of Examples";
  wish.organization_identifier = "NTRNO-900000001";
  return wish;
}

// The credential as a reader of the sealed document finds it.
elm::v3::EuropeanDigitalCredential Sealed(const elm::v3::EuropeanDigitalCredential& credential,
                                          const CertificateWish& wish) {
  const TestIdentity seal(KeyAlgorithm::kEs256, wish);
  const Sealer sealer = *Sealer::Make(seal.KeyPem(), seal.CertificatePem());
  const std::string sealed = SealCredential(credential, sealer, kDay).value();
  EXPECT_TRUE(VerifyJades(sealed, {}, kDay).Accepted());
  return elm::Read(sealed).value().credential;
}

TEST(SealCredentialTest, TheCertificateSaysWhoIssues) {
  elm::v3::EuropeanDigitalCredential credential;
  credential.set_id("urn:example:1");
  const elm::v3::EuropeanDigitalCredential sealed = Sealed(credential, Wish());
  EXPECT_EQ(sealed.issued(), "2025-06-01T08:30:00Z");
  EXPECT_EQ(sealed.issuance_date(), "2025-06-01T08:30:00Z");
  const elm::v3::Organisation& issuer = sealed.issuer().organisation();
  EXPECT_EQ(issuer.legal_name(0).value(), "Directorate of Examples");
  EXPECT_EQ(issuer.eidas_identifier().notation(), "NTRNO-900000001");
  EXPECT_EQ(issuer.eidas_identifier().spatial().id(), "http://publications.europa.eu/resource/authority/country/NOR");
  EXPECT_EQ(issuer.location(0).address(0).country_code().id(),
            "http://publications.europa.eu/resource/authority/country/NOR");
}

TEST(SealCredentialTest, WhatTheCertificateDoesNotSayIsNotMadeUp) {
  const elm::v3::Organisation issuer = Sealed({}, SealWish()).issuer().organisation();
  EXPECT_EQ(issuer.legal_name(0).value(), "Seal of the School of Example");
  EXPECT_FALSE(issuer.has_eidas_identifier());
  EXPECT_EQ(issuer.location_size(), 0);
}

TEST(SealCredentialTest, WhatTheCredentialStatesStays) {
  elm::v3::EuropeanDigitalCredential credential;
  credential.set_issued("2024-01-01T00:00:00Z");
  elm::v3::Organisation* const school = credential.mutable_issuer()->mutable_organisation();
  school->set_id("urn:example:school");
  school->add_legal_name()->set_value("School of Example");
  school->mutable_legal_name(0)->set_language("en");
  const elm::v3::EuropeanDigitalCredential sealed = Sealed(credential, Wish());
  EXPECT_EQ(sealed.issued(), "2024-01-01T00:00:00Z");
  EXPECT_EQ(sealed.issuer().organisation().id(), "urn:example:school");
}

TEST(SealCredentialTest, ATranslationIsAStatementOfWhoeverSealsIt) {
  const TestIdentity seal(KeyAlgorithm::kEs256, Wish());
  const Sealer sealer = *Sealer::Make(seal.KeyPem(), seal.CertificatePem());
  document::Translated translated;
  elm::v3::Organisation* const school = translated.credential->mutable_issuer()->mutable_organisation();
  school->set_id("urn:example:school");
  school->mutable_eidas_identifier()->set_notation("NTRNO-900000002");
  ASSERT_OK_AND_ASSIGN(const std::string another, SealTranslated(translated, sealer, kDay));
  EXPECT_EQ(elm::Read(another)->credential->issuer().organisation().eidas_identifier().notation(), "NTRNO-900000001");
  school->mutable_eidas_identifier()->set_notation("NTRNO-900000001");
  ASSERT_OK_AND_ASSIGN(const std::string same, SealTranslated(translated, sealer, kDay));
  EXPECT_EQ(elm::Read(same)->credential->issuer().organisation().id(), "urn:example:school");
}

TEST(SealCredentialTest, ACatalogueIsSealedAsItWasWritten) {
  const TestIdentity seal(KeyAlgorithm::kEs256, Wish());
  const Sealer sealer = *Sealer::Make(seal.KeyPem(), seal.CertificatePem());
  document::Translated translated;
  translated.catalogue.emplace();
  translated.content = "{\"@graph\": []}";
  ASSERT_OK_AND_ASSIGN(const std::string sealed, SealTranslated(translated, sealer, kDay));
  EXPECT_EQ(VerifyJades(sealed, {}, kDay).payload, translated.content);
}

TEST(SealCredentialTest, NothingIsSealedAfterTheCertificate) {
  const TestIdentity seal(KeyAlgorithm::kEs256, Wish());
  const Sealer sealer = *Sealer::Make(seal.KeyPem(), seal.CertificatePem());
  EXPECT_THAT(SealCredential({}, sealer, *base::ParseDateTime("2031-01-01")), HasReason(Reason::kCertificateExpired));
}

}  // namespace
}  // namespace passerelle::proof
