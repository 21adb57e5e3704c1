// Keys in a token of SoftHSM, which is made for the test. Skipped where SoftHSM or the engine is not installed.
#include "gateway/keys/pkcs11.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/proof/jades/jades.h"
#include "core/proof/xml/xml_sealer.h"
#include "core/proof/xml/xml_signature.h"
#include "gateway/keys/keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::CertificateWish;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::SealWish;
using ::passerelle::testing::TestIdentity;
using proof::KeyAlgorithm;
using ::testing::HasSubstr;

constexpr char kModule[] = "/usr/lib/softhsm/libsofthsm2.so";
constexpr char kTool[] = "/usr/bin/softhsm2-util";
constexpr char kPin[] = "12 34&%";
const absl::Time kNow = absl::FromCivil(absl::CivilDay(2025, 6, 1), absl::UTCTimeZone());

void Write(const std::string& path, const std::string& content) {
  std::ofstream(path) << content;
  chmod(path.c_str(), 0600);
}

bool Run(const std::vector<std::string>& arguments) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(1);
    execv(pointers[0], pointers.data());
    _exit(1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return status == 0;
}

// One token for all tests of the process: its module is loaded once.
class Token {
 public:
  static const Token& Get() {
    static const Token& token = *new Token;
    return token;
  }

  bool ready() const { return ready_; }
  const std::string& folder() const { return folder_; }
  const TestIdentity& curve() const { return curve_; }
  const TestIdentity& rsa() const { return rsa_; }
  std::string Uri(const std::string& object) const {
    return absl::StrCat("pkcs11:token=passerelle%20test;object=", object, "?module-path=", kModule,
                        "&pin-source=file:", folder_, "/pin");
  }

 private:
  Token() {
    std::filesystem::create_directories(folder_ + "/tokens");
    Write(folder_ + "/softhsm2.conf", absl::StrCat("directories.tokendir = ", folder_, "/tokens\n"));
    Write(folder_ + "/pin", absl::StrCat(kPin, "\n"));
    setenv("SOFTHSM2_CONF", (folder_ + "/softhsm2.conf").c_str(), 1);
    ready_ = access(kTool, X_OK) == 0 && access(kModule, R_OK) == 0 &&
             Run({kTool, "--init-token", "--free", "--label", "passerelle test", "--so-pin", "0000", "--pin", kPin}) &&
             Import(curve_, "seal-curve", "01") && Import(rsa_, "seal-rsa", "02");
  }

  bool Import(const TestIdentity& identity, const std::string& label, const std::string& id) const {
    const std::string file = absl::StrCat(folder_, "/", label, ".pem");
    Write(file, identity.KeyPem());
    Write(absl::StrCat(folder_, "/", label, ".crt"), identity.CertificatePem());
    return Run({kTool, "--import", file, "--token", "passerelle test", "--label", label, "--id", id, "--pin", kPin});
  }

  const std::string folder_ = absl::StrCat(::testing::TempDir(), "/pkcs11_", getpid());
  const TestIdentity curve_{KeyAlgorithm::kEs256, SealWish()};
  const TestIdentity rsa_{KeyAlgorithm::kRs256, SealWish()};
  bool ready_ = false;
};

class Pkcs11Test : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!token_.ready()) GTEST_SKIP() << "SoftHSM is not installed";
  }

  const Token& token_ = Token::Get();
};

TEST_F(Pkcs11Test, SealsAsAKeyOfAFileDoes) {
  for (const auto& [object, identity] : {std::pair<std::string, const TestIdentity*>("seal-curve", &token_.curve()),
                                         std::pair<std::string, const TestIdentity*>("seal-rsa", &token_.rsa())}) {
    SCOPED_TRACE(object);
    ASSERT_OK_AND_ASSIGN(const proof::Sealer sealer,
                         LoadSealer(token_.Uri(object), absl::StrCat(token_.folder(), "/", object, ".crt")));
    ASSERT_OK_AND_ASSIGN(const std::string sealed, sealer.Seal("{\"level\": 5}", kNow));
    const proof::JadesVerdict verdict = proof::VerifyJades(sealed, {}, kNow);
    EXPECT_TRUE(verdict.Accepted());
    EXPECT_EQ(verdict.payload, "{\"level\": 5}");
    ASSERT_OK_AND_ASSIGN(const std::string xml, proof::SealXml("<elmo><a/></elmo>", sealer, kNow));
    EXPECT_TRUE(proof::VerifyXmlSignature(xml, *identity->certificate().key()).accepted());
    EXPECT_THAT(sealer.key().ToPem(), HasReason(Reason::kInternal));
  }
}

TEST_F(Pkcs11Test, SignsMessagesFromSeveralThreads) {
  ASSERT_OK_AND_ASSIGN(const proof::SigningKey key, LoadMessageKey(token_.Uri("seal-curve")));
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&key, &good, i] {
      for (int j = 0; j < 25; ++j) {
        const std::string message = absl::StrCat(i, " ", j);
        const absl::StatusOr<std::string> signature = key.Sign(message);
        good += signature.ok() && key.verification_key().Verify(message, *signature) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 100);
}

TEST_F(Pkcs11Test, RefusesReferencesThatLeadNowhere) {
  const std::string good = token_.Uri("seal-curve");
  const auto refuse = [](const std::string& uri, const std::string& says) {
    const absl::Status problem = OpenPkcs11Key(uri).status();
    EXPECT_THAT(problem, HasReasonAt(Reason::kKeyUnusable, "pkcs11"));
    EXPECT_THAT(base::DetailOf(problem), HasSubstr(says)) << uri;
    EXPECT_THAT(std::string(problem.message()), ::testing::Not(HasSubstr("12 34"))) << uri;
  };
  ASSERT_OK(OpenPkcs11Key(good).status());
  ::testing::internal::CaptureStderr();
  refuse(token_.Uri("no-such-object"), "no such key");
  refuse(absl::StrCat("pkcs11:object=a?module-path=/usr/lib/other.so&pin-source=file:", token_.folder(), "/pin"),
         "another module");
  refuse(absl::StrCat("pkcs11:object=a?module-path=", kModule), "pin-source is missing");
  refuse("pkcs11:object=a", "module-path is missing");
  refuse(absl::StrCat(good, "&pin-value=1"), "PIN does not belong");
  refuse(absl::StrCat(good, "&library=%zz"), "malformed");
  refuse(absl::StrCat(good, "&library=a"), "other than");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  // The certificate of another key.
  EXPECT_THAT(LoadSealer(good, token_.folder() + "/seal-rsa.crt"), HasReason(Reason::kKeyUnusable));
}

TEST_F(Pkcs11Test, ThePinIsNobodyElses) {
  const std::string open = token_.folder() + "/open_pin";
  Write(open, kPin);
  chmod(open.c_str(), 0644);
  EXPECT_THAT(OpenPkcs11Key(absl::StrCat("pkcs11:object=seal-curve?module-path=", kModule, "&pin-source=", open)),
              HasReasonAt(Reason::kKeyUnusable, open));
}

}  // namespace
}  // namespace passerelle::gateway
