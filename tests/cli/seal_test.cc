// `passerelle translate --seal`: what goes out is sealed, and our own verifiers take it.
#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/proof/jades/jades.h"
#include "core/proof/xml/xml_signature.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/loopback_server.h"
#include "tests/support/paths.h"
#include "tests/support/test_authority.h"

namespace passerelle::tests {
namespace {

using passerelle::testing::AuthorityWish;
using passerelle::testing::LoopbackServer;
using passerelle::testing::SealWish;
using passerelle::testing::TestIdentity;
using passerelle::testing::TimeStampWish;
using passerelle::testing::WebReply;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class SealCommandTest : public ::testing::Test {
 protected:
  SealCommandTest() {
    WriteAll(folder_ + "/key.pem", seal_.KeyPem());
    chmod((folder_ + "/key.pem").c_str(), 0600);
    WriteAll(folder_ + "/certificate.pem", seal_.CertificatePem() + root_.CertificatePem());
    trust_.seals.Add(root_.certificate());
    trust_.time_stamps.Add(root_.certificate());
  }

  Outcome Translate(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {Passerelle(),
                                          "translate",
                                          kTranscript,
                                          "--seal",
                                          folder_ + "/key.pem",
                                          "--certificate",
                                          folder_ + "/certificate.pem"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram(arguments);
  }

  const std::string kTranscript = std::string(testing::kSourceDir) + "/tests/cli/documents/transcript.elmo.xml";
  const std::string folder_ = ScratchFolder();
  const TestIdentity root_{proof::KeyAlgorithm::kEs256, AuthorityWish("Root")};
  const TestIdentity seal_{proof::KeyAlgorithm::kRs256, SealWish(), root_};
  const TestIdentity clock_{proof::KeyAlgorithm::kRs256, TimeStampWish(), root_};
  proof::SealTrust trust_;
};

TEST_F(SealCommandTest, TheEuropeanCredentialIsUnderASeal) {
  const Outcome outcome = Translate({"--to", "elm"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const proof::JadesVerdict verdict = proof::VerifyJades(outcome.out, trust_, absl::Now());
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_EQ(verdict.signatures[0].level, proof::JadesLevel::kB);
  EXPECT_TRUE(verdict.signatures[0].trusted);
  EXPECT_THAT(verdict.payload, HasSubstr("edc-converted"));
  EXPECT_THAT(verdict.payload, HasSubstr("\"embeddedEvidence\""));
  for (size_t i = 0; i + 1 < outcome.out.size(); i += 997) {
    std::string changed = outcome.out;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const proof::JadesVerdict seen = proof::VerifyJades(changed, trust_, absl::Now());
    EXPECT_TRUE(!seen.Accepted() || seen.payload == verdict.payload) << i;
  }
  // What is sealed can be read again.
  WriteAll(folder_ + "/sealed.json", outcome.out);
  const Outcome again = RunProgram({Passerelle(), "translate", folder_ + "/sealed.json"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST_F(SealCommandTest, ATimeStampRaisesTheSeal) {
  const LoopbackServer authority([this](const std::string&, const std::string& request) {
    return WebReply{200, clock_.TimeStampAnswer(request, absl::Now()), ""};
  });
  const Outcome outcome = Translate({"--time-stamps", authority.origin() + "/tsa"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const proof::JadesVerdict verdict = proof::VerifyJades(outcome.out, trust_, absl::Now());
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_EQ(verdict.signatures[0].level, proof::JadesLevel::kT);
  EXPECT_TRUE(verdict.signatures[0].proven_time.has_value());
}

TEST_F(SealCommandTest, WithoutItsTimeStampNothingGoesOut) {
  const LoopbackServer authority([](const std::string&, const std::string&) { return WebReply{503, "", ""}; });
  const Outcome outcome = Translate({"--time-stamps", authority.origin()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, StartsWith("NO_EVIDENCE at "));
}

TEST_F(SealCommandTest, ATranscriptIsSignedAsXml) {
  const Outcome outcome = Translate({"--to", "elmo"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const proof::PublicKey key = *seal_.certificate().key();
  EXPECT_TRUE(proof::VerifyXmlSignature(outcome.out, key).accepted());
  std::string changed = outcome.out;
  changed[changed.find("<learner>") + 1] = 'L';
  EXPECT_FALSE(proof::VerifyXmlSignature(changed, key).accepted());
  WriteAll(folder_ + "/signed.xml", outcome.out);
  EXPECT_EQ(RunProgram({Passerelle(), "translate", folder_ + "/signed.xml"}).exit_code, 0);
}

TEST_F(SealCommandTest, AKeyThatOthersMayReadSealsNothing) {
  chmod((folder_ + "/key.pem").c_str(), 0644);
  const Outcome outcome = Translate({});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, StartsWith("KEY_UNUSABLE at "));
}

}  // namespace
}  // namespace passerelle::tests
