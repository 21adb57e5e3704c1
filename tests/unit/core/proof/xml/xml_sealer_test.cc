#include "core/proof/xml/xml_sealer.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/date_time.h"
#include "core/proof/xml/xml_signature.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::AuthorityWish;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTranscript[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<elmo xmlns=\"https://github.com/emrex-eu/elmo-schemas/tree/v1\">\n"
    "  <learner><givenNames>Zo\xc3\xab</givenNames><familyName>Berg &amp; Dal</familyName></learner>\n"
    "</elmo>\n";

absl::Time SealedOn(absl::string_view date) { return *base::ParseDateTime(date); }

class XmlSealerTest : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  const TestIdentity root_{KeyAlgorithm::kEs256, AuthorityWish("Root")};
  const TestIdentity seal_{GetParam(), SealWish(), root_};
  const Sealer sealer_ = *Sealer::Make(seal_.KeyPem(), absl::StrCat(seal_.CertificatePem(), root_.CertificatePem()));
};

TEST_P(XmlSealerTest, SignsWhatTheVerifierAccepts) {
  ASSERT_OK_AND_ASSIGN(const std::string sealed, SealXml(kTranscript, sealer_, SealedOn("2025-06-01")));
  const XmlVerification seen = VerifyXmlSignature(sealed, *seal_.certificate().key());
  EXPECT_TRUE(seen.accepted());
  EXPECT_FALSE(seen.findings.legacy());
  EXPECT_THAT(seen.content, HasSubstr("<familyName>Berg &amp; Dal</familyName>"));
  EXPECT_THAT(XmlSignatureCertificates(sealed), ElementsAre(seal_.der(), root_.der()));
  EXPECT_FALSE(VerifyXmlSignature(sealed, *root_.certificate().key()).accepted());
}

TEST_P(XmlSealerTest, EveryChangedCharacterBreaksIt) {
  ASSERT_OK_AND_ASSIGN(const std::string sealed, SealXml(kTranscript, sealer_, SealedOn("2025-06-01")));
  const PublicKey key = *seal_.certificate().key();
  const std::string content = VerifyXmlSignature(sealed, key).content;
  for (size_t i = 0; i < sealed.size(); i += 5) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const XmlVerification seen = VerifyXmlSignature(changed, key);
    EXPECT_TRUE(!seen.accepted() || seen.content == content) << "byte " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, XmlSealerTest, ::testing::Values(KeyAlgorithm::kEs256, KeyAlgorithm::kRs256),
                         [](const auto& c) { return std::string(AlgorithmName(c.param)); });

TEST(XmlSealerProblemsTest, SignsNothingThatWouldBeRefused) {
  const TestIdentity seal(KeyAlgorithm::kEs256, SealWish());
  const Sealer sealer = *Sealer::Make(seal.KeyPem(), seal.CertificatePem());
  const absl::Time day = SealedOn("2025-06-01");
  EXPECT_THAT(SealXml(kTranscript, sealer, SealedOn("2031-01-01")), HasReason(Reason::kCertificateExpired));
  EXPECT_THAT(SealXml("<elmo", sealer, day), HasReason(Reason::kXmlMalformed));
  EXPECT_THAT(SealXml("<!DOCTYPE elmo><elmo/>", sealer, day), HasReason(Reason::kXmlDoctype));
  EXPECT_THAT(SealXml("<elmo><a>b<!-- c --></a></elmo>", sealer, day), HasReason(Reason::kXmlMarkupInContent));
  EXPECT_THAT(SealXml(*SealXml(kTranscript, sealer, day), sealer, day), HasReason(Reason::kXmlSignatureSeveral));
}

}  // namespace
}  // namespace passerelle::proof
