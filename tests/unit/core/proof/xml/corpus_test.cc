// Real signed XML documents and public attacks (../shared/corpus/trust), where they are at hand.
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/proof/xml/xades.h"
#include "core/proof/xml/xml_signature.h"
#include "gateway/conformance/case.h"
#include "gateway/conformance/suite.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

std::string Suite(absl::string_view name) {
  return absl::StrCat(testing::kSourceDir, "/../shared/corpus/trust/", name);
}

std::string Reasons(const XmlVerification& seen) {
  std::string text = seen.verified ? "verified" : "not verified";
  for (const Finding& finding : seen.findings.list()) {
    absl::StrAppend(&text, "; ", base::Catalogue(finding.reason).name, " ", finding.detail);
  }
  return text;
}

// The bytes of a row; some suites keep them in base64.
std::string ContentOf(const gateway::ConformanceCase& row) {
  std::string content = row.Content().value_or("");
  if (!absl::EndsWith(row.file, ".base64")) return content;
  return base::Base64Decode(content).value_or("");
}

// With the key that the document carries, so that nothing but the rules can refuse it.
XmlVerification Verify(const std::string& content) {
  const auto certificates = XmlSignatureCertificates(content);
  if (certificates.empty()) return {};
  const auto key = PublicKey::FromCertificate(certificates.front());
  return key.ok() ? VerifyXmlSignature(content, *key) : XmlVerification{};
}

class RejectedRows : public ::testing::TestWithParam<const char*> {};

// Its row calls it refused since it breaks the XML schema of XAdES, which nobody here validates against: the signature,
// its place, its coverage and the certificate that it binds are in order.
constexpr absl::string_view kOnlyAgainstTheSchema = "xades-with-equivalent-certs.xml";

TEST_P(RejectedRows, AreRefusedWithTheirOwnKey) {
  const auto rows = gateway::ReadCases(Suite(GetParam()));
  if (!rows.ok()) GTEST_SKIP() << "SKIPPED: " << rows.status().message();
  int judged = 0;
  for (const gateway::ConformanceCase& row : *rows) {
    const std::string content = ContentOf(row);
    const XmlVerification plain = Verify(content);
    const XadesVerification seal = VerifyXades(content);
    const bool refused = row.gateway == "reject" && row.id != kOnlyAgainstTheSchema;
    EXPECT_FALSE(seal.signature.accepted() && refused) << row.id << ": " << Reasons(seal.signature);
    EXPECT_FALSE(plain.accepted() && !plain.findings.legacy() && refused) << row.id << ": " << Reasons(plain);
    if (plain.accepted() || seal.signature.accepted()) {
      std::printf("%s %s: %s\n", GetParam(), row.id.c_str(), Reasons(plain).c_str());
    }
    ++judged;
  }
  EXPECT_GT(judged, 0);
}

INSTANTIATE_TEST_SUITE_P(All, RejectedRows, ::testing::Values("saml-xsw", "xmldsig-interop", "xades-dss", "elmo-real"),
                         [](const auto& c) {
                           std::string name = c.param;
                           name.erase(name.find('-'), 1);
                           return name;
                         });

TEST(ElmoAttacks, AgreeInEveryRow) {
  const auto outcomes = gateway::JudgeSuites({Suite("elmo-attacks")});
  if (!outcomes.ok()) GTEST_SKIP() << "SKIPPED: " << outcomes.status().message();
  EXPECT_GT(outcomes->front().judged, 0);
  for (const gateway::Difference& row : outcomes->front().differences) {
    ADD_FAILURE() << row.case_id << ": expected " << row.expected << ", got " << row.got << ": " << row.why;
  }
}

// trust: EMREX in the field is RSA-SHA1, and most of the samples were re-indented after they had been signed.
TEST(RealElmo, HasTheVerdictsThatItsDefectsGive) {
  const auto rows = gateway::ReadCases(Suite("elmo-real"));
  if (!rows.ok()) GTEST_SKIP() << "SKIPPED: " << rows.status().message();
  for (const gateway::ConformanceCase& row : *rows) {
    const XmlVerification seen = Verify(ContentOf(row));
    EXPECT_EQ(seen.verified, row.crypto == "valid") << row.id << ": " << Reasons(seen);
    EXPECT_EQ(seen.accepted() && seen.findings.legacy(), row.gateway == "legacy") << row.id << ": " << Reasons(seen);
  }
}

TEST(EuropeanSeals, VerifyUnlessTheyWereIndentedAgain) {
  const auto rows = gateway::ReadCases(Suite("edc-seals"));
  if (!rows.ok()) GTEST_SKIP() << "SKIPPED: " << rows.status().message();
  for (const gateway::ConformanceCase& row : *rows) {
    if (!absl::EndsWith(row.file, ".xml")) continue;
    const XadesVerification seen = VerifyXades(ContentOf(row));
    EXPECT_EQ(seen.signature.verified, row.crypto == "valid") << row.id << ": " << Reasons(seen.signature);
    EXPECT_EQ(seen.signature.accepted(), row.crypto == "valid") << row.id << ": " << Reasons(seen.signature);
    std::printf("%s: level %d, signed %s, %zu certificates\n", row.id.c_str(), static_cast<int>(seen.level),
                absl::FormatTime(seen.signing_time.value_or(absl::InfinitePast())).c_str(), seen.certificates.size());
  }
}

}  // namespace
}  // namespace passerelle::proof
