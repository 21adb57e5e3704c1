#include "gateway/keys/keys.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/keys/make_certificates.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOk;

class KeysTest : public ::testing::Test {
 public:
  ~KeysTest() override { std::filesystem::remove_all(folder_); }

  std::string Put(const std::string& name, const std::string& content, mode_t mode = 0600) {
    std::string path = absl::StrCat(folder_, "/", name);
    std::ofstream(path) << content;
    chmod(path.c_str(), mode);
    return path;
  }

 protected:
  KeysTest() : folder_(absl::StrCat(::testing::TempDir(), "/keys_", getpid(), "_", count++)) {
    std::filesystem::create_directories(folder_);
  }

  static inline int count = 0;
  const std::string folder_;
};

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

std::unique_ptr<X509, X509Free> Parse(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  std::unique_ptr<X509, X509Free> certificate(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  return certificate;
}

std::string NewKeyPem() { return proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa).value().ToPem().value(); }

TEST_F(KeysTest, AFolderStandsForItsKeysAndItsChangesShow) {
  std::filesystem::create_directories(folder_ + "/keys");
  const std::vector<std::string> references = {folder_ + "/keys"};
  EXPECT_THAT(LoadMessageKeys(references), HasReasonAt(Reason::kKeyUnusable, folder_ + "/keys"));
  Put("keys/a.pem", NewKeyPem());
  Put("keys/README", "no key");
  const std::string before = KeysFingerprint(references);
  Put("keys/b.pem", NewKeyPem());
  EXPECT_NE(KeysFingerprint(references), before);
  ASSERT_OK_AND_ASSIGN(const auto keys, LoadMessageKeys(references));
  EXPECT_EQ(keys.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const auto more, LoadMessageKeys({folder_ + "/keys", Put("further.pem", NewKeyPem())}));
  EXPECT_EQ(more.size(), 3u);
  EXPECT_THAT(LoadMessageKeys({folder_ + "/keys", folder_ + "/keys/a.pem"}),
              HasReasonAt(Reason::kKeyUnusable, folder_ + "/keys/a.pem"));
  Put("keys/c.pem", "broken");
  EXPECT_THAT(LoadMessageKeys(references), HasReasonAt(Reason::kKeyUnusable, folder_ + "/keys/c.pem"));
}

TEST_F(KeysTest, MakesCertificatesThatTheirAuthorityVouchesFor) {
  const auto authority = MakeAuthority("Test");
  ASSERT_THAT(authority, IsOk());
  const auto pems = MakeCertificate(*authority, NodeCertificateUri("NO"));
  ASSERT_THAT(pems, IsOk());
  const auto issuer = Parse(authority->certificate);
  const auto certificate = Parse(pems->certificate);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(issuer.get())), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_CLIENT, 0), 1);
  EXPECT_EQ(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  int days = 0;
  int seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())), 1);
  EXPECT_LE(days, 30);
}

TEST_F(KeysTest, DigestsACertificateAsOthersDo) {
  const std::string pem = MakeAuthority("Test")->certificate;
  unsigned char digest[32];
  ASSERT_EQ(X509_digest(Parse(pem).get(), EVP_sha256(), digest, nullptr), 1);
  const auto ours = CertificateSha256("a comment before\n" + pem);
  ASSERT_THAT(ours, IsOk());
  std::string theirs;
  for (const unsigned char byte : digest) absl::StrAppend(&theirs, absl::Hex(byte, absl::kZeroPad2));
  EXPECT_EQ(*ours, theirs);
}

TEST_F(KeysTest, RefusesWhatIsNoCertificate) {
  const std::string pem = MakeAuthority("Test")->certificate;
  for (const std::string& text : {std::string(), std::string("x"), pem.substr(0, pem.size() / 2),
                                  MakeAuthority("Test")->private_key, std::string("\0\xff", 2)}) {
    EXPECT_THAT(CertificateSha256(text), HasReason(Reason::kKeyUnusable));
  }
}

TEST_F(KeysTest, RefusesAPrivateKeyThatOthersMayUse) {
  const auto key = proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
  ASSERT_THAT(key, IsOk());
  for (const mode_t mode : {0640, 0604, 0660, 0601}) {
    EXPECT_THAT(LoadMessageKey(Put("k", *key->ToPem(), mode)), HasReasonAt(Reason::kKeyUnusable, folder_ + "/k"));
  }
  for (const mode_t mode : {0600, 0400}) {
    std::filesystem::remove(folder_ + "/k");
    const auto loaded = LoadMessageKey(Put("k", *key->ToPem(), mode));
    ASSERT_THAT(loaded, IsOk());
    EXPECT_EQ(loaded->verification_key().thumbprint(), key->verification_key().thumbprint());
  }
}

TEST_F(KeysTest, NamesAMessageKeyThatCannotBeUsed) {
  EXPECT_THAT(LoadMessageKey(folder_ + "/none"), HasReasonAt(Reason::kKeyUnusable, folder_ + "/none"));
  EXPECT_THAT(LoadMessageKey(Put("k", "no key")), HasReasonAt(Reason::kKeyUnusable, folder_ + "/k"));
}

TEST_F(KeysTest, LoadsSealsThatTakeTurns) {
  passerelle::testing::CertificateWish wish = passerelle::testing::SealWish();
  const passerelle::testing::TestIdentity first(proof::KeyAlgorithm::kEs256, wish);
  wish.from += absl::Hours(24);
  const passerelle::testing::TestIdentity second(proof::KeyAlgorithm::kEs256, wish);
  google::protobuf::RepeatedPtrField<config::v1::Seal> seals;
  for (const passerelle::testing::TestIdentity* identity : {&first, &second}) {
    const std::string name = absl::StrCat("seal", seals.size());
    seals.Add()->set_key(Put(name + ".pem", identity->KeyPem()));
    seals.rbegin()->set_certificate(Put(name + ".crt", identity->CertificatePem()));
  }
  const auto seal_at = [&](absl::Time time) { return (*(*LoadSealers(seals))->At(time))->certificate().der(); };
  // Without a time of its own, a seal takes over with its certificate.
  EXPECT_EQ(seal_at(wish.from - absl::Hours(1)), first.der());
  EXPECT_EQ(seal_at(wish.from + absl::Hours(1)), second.der());
  seals[1].mutable_from()->set_seconds(absl::ToUnixSeconds(wish.from + absl::Hours(48)));
  EXPECT_EQ(seal_at(wish.from + absl::Hours(47)), first.der());
  EXPECT_EQ(seal_at(wish.from + absl::Hours(49)), second.der());
  seals[1].set_certificate(seals[0].certificate());
  EXPECT_THAT(LoadSealers(seals), HasReasonAt(Reason::kKeyUnusable, seals[0].certificate()));
}

TEST_F(KeysTest, ChecksThatTlsFilesFitTogether) {
  const CertificatePems authority = *MakeAuthority("Test");
  const CertificatePems one = *MakeCertificate(authority, NodeCertificateUri("A"));
  const CertificatePems other = *MakeCertificate(authority, NodeCertificateUri("B"));
  config::v1::TlsFiles files;
  files.set_certificate(Put("one.pem", one.certificate));
  files.set_private_key(Put("one.key", one.private_key));
  files.set_trusted_authorities(Put("ca.pem", authority.certificate));
  EXPECT_THAT(CheckTlsFiles(files), IsOk());
  config::v1::TlsFiles broken = files;
  broken.set_private_key(Put("other.key", other.private_key));
  EXPECT_THAT(CheckTlsFiles(broken), HasReasonAt(Reason::kKeyUnusable, broken.private_key()));
  broken = files;
  broken.set_private_key(Put("open.key", one.private_key, 0644));
  EXPECT_THAT(CheckTlsFiles(broken), HasReasonAt(Reason::kKeyUnusable, broken.private_key()));
  broken = files;
  broken.set_certificate(Put("not.pem", "x"));
  EXPECT_THAT(CheckTlsFiles(broken), HasReasonAt(Reason::kKeyUnusable, broken.certificate()));
  broken = files;
  broken.set_trusted_authorities(folder_ + "/none");
  EXPECT_THAT(CheckTlsFiles(broken), HasReasonAt(Reason::kKeyUnusable, broken.trusted_authorities()));
}

}  // namespace
}  // namespace passerelle::gateway
