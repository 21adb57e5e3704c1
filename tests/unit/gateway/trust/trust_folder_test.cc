#include "gateway/trust/trust_folder.h"

#include <filesystem>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/trust/signed_bundle.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "tests/support/deflate.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"
#include "tests/support/test_signer.h"
#include "tests/unit/core/trust/bundle_fixture.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;
using base::Reason;
using testing::HasReasonAt;
using testing::TestIdentity;
using trust::At;
using trust::SmallBundle;
using trust::TestKey;

class TrustFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(root_);
    fs::create_directories(root_ + "/anchors/more");
    fs::create_directories(root_ + "/status");
  }

  void Write(const std::string& name, absl::string_view bytes) const {
    ASSERT_OK(ReplaceFile(absl::StrCat(root_, "/", name), bytes));
  }
  absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> Load(bool with_status = false) const {
    return LoadTrustFolders({root_ + "/anchors", with_status ? root_ + "/status" : ""});
  }
  static std::string KeyWithId(absl::string_view id) {
    std::string jwk = TestKey(0).verification_key().jwk();
    jwk.pop_back();
    return absl::StrCat(jwk, R"(,"kid":")", id, "\"}");
  }
  static std::string Thumbprint() { return TestKey(0).verification_key().thumbprint(); }

  const std::string root_ = ::testing::TempDir() + "trust_folder";
  const TestIdentity authority_{proof::KeyAlgorithm::kEs256, testing::AuthorityWish("Fjord Trust")};
  const TestIdentity seal_{proof::KeyAlgorithm::kEs256, testing::SealWish(), authority_};
};

TEST_F(TrustFolderTest, NothingNamedIsNoBundle) {
  ASSERT_OK_AND_ASSIGN(const auto bundle, LoadTrustFolders({}));
  EXPECT_EQ(bundle, nullptr);
}

TEST_F(TrustFolderTest, TakesCertificatesInBothForms) {
  Write("anchors/root.pem", authority_.CertificatePem());
  Write("anchors/more/seal.der", seal_.der());
  ASSERT_OK_AND_ASSIGN(const auto bundle, Load());
  EXPECT_EQ(bundle->seal_trust().seals.InForce(At(2025)).size(), 2u);
  EXPECT_EQ(bundle->seal_trust().time_stamps.InForce(At(2025)).size(), 1u);
  EXPECT_EQ(bundle->ProvidersWithKey(seal_.signer().public_key().thumbprint()).size(), 1u);
}

TEST_F(TrustFolderTest, KeysOfANamedIssuerAreBoundToIt) {
  struct Row {
    const char* name;
    std::string bytes;
    const char* scheme;
    const char* issuer;
  };
  const std::string method =
      absl::StrCat(R"({"id":"#k","type":"JsonWebKey2020","publicKeyJwk":)", TestKey(0).verification_key().jwk(), "}");
  const std::string other = absl::StrReplaceAll(method, {{"#k", "#other"}});
  const std::vector<Row> rows = {
      {"metadata", absl::StrCat(R"({"issuer":"https://fjord.example","jwks":{"keys":[)", KeyWithId("k"), "]}}"), "url",
       "https://fjord.example"},
      {"DID document",
       absl::StrCat(R"({"id":"did:web:fjord.example","verificationMethod":[)", other, ",", method,
                    R"(],"assertionMethod":["did:web:fjord.example#k"]})"),
       "did", "did:web:fjord.example"},
      {"method within the relationship",
       absl::StrCat(R"({"id":"did:web:fjord.example","assertionMethod":[)", method, "]}"), "did",
       "did:web:fjord.example"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Write("anchors/keys.json", row.bytes);
    ASSERT_OK_AND_ASSIGN(const auto bundle, Load());
    ASSERT_OK_AND_ASSIGN(const trust::IssuerKey key, bundle->FindIssuerKey(row.issuer, "k", {}, At(2025)));
    EXPECT_EQ(key.key.thumbprint(), Thumbprint());
    EXPECT_FALSE(bundle->FindIssuerKey(row.issuer, "other", {}, At(2025)).ok());
    trust::Signer signer;
    signer.key_thumbprint = Thumbprint();
    EXPECT_EQ(bundle->MaySpeak(signer, row.scheme, row.issuer, At(2025)).speaks, trust::Speaks::kYes);
  }
}

TEST_F(TrustFolderTest, AKeyDocumentOfABadgeIsItsOwners) {
  const testing::TestSigner signer(proof::KeyAlgorithm::kEs256);
  const std::string pem =
      absl::StrCat("-----BEGIN PUBLIC KEY-----\\n", base::Base64Encode(signer.SubjectPublicKeyInfo()),
                   "\\n-----END PUBLIC KEY-----");
  const std::string document = absl::StrCat(
      R"({"type":"CryptographicKey","id":"https://keys.example/1","owner":"https://fjord.example","publicKeyPem":")",
      pem, "\"}");
  Write("anchors/key.json", document);
  ASSERT_OK_AND_ASSIGN(const auto bundle, Load());
  ASSERT_OK_AND_ASSIGN(const trust::IssuerKey key,
                       bundle->FindIssuerKey("https://fjord.example", "https://keys.example/1", {}, At(2025)));
  EXPECT_EQ(key.key.thumbprint(), signer.public_key().thumbprint());
  Write("anchors/key.json", absl::StrReplaceAll(document, {{"owner", "keeper"}}));
  EXPECT_THAT(Load(), HasReasonAt(Reason::kEvidenceFile, "key.json"));
  Write("anchors/key.json", absl::StrReplaceAll(document, {{"BEGIN", "START"}}));
  EXPECT_THAT(Load(), HasReasonAt(Reason::kEvidenceFile, "key.json"));
}

TEST_F(TrustFolderTest, KeysOfNobodyVerifyAndSpeakForNobody) {
  Write("anchors/keys.json", absl::StrCat(R"({"keys":[)", KeyWithId("k"), "]}"));
  ASSERT_OK_AND_ASSIGN(const auto bundle, Load());
  EXPECT_OK(bundle->FindIssuerKey("https://anybody.example", "k", {}, At(2025)));
  trust::Signer signer;
  signer.key_thumbprint = Thumbprint();
  EXPECT_EQ(bundle->MaySpeak(signer, "url", "https://anybody.example", At(2025)).speaks, trust::Speaks::kUnknown);
}

TEST_F(TrustFolderTest, ASignedBundleAloneIsThatBundle) {
  trust::v1::TrustRoot root;
  root.add_jwks(TestKey(0).verification_key().jwk());
  root.set_threshold(1);
  root.set_anchor_threshold(1);
  Write("anchors/root.yaml", WriteYaml(root));
  Write("anchors/bundle.json", *trust::SignTrustBundle(SmallBundle(), TestKey(0)));
  ASSERT_OK_AND_ASSIGN(const auto bundle, Load());
  EXPECT_EQ(bundle->message().federation(), "test");
  EXPECT_EQ(bundle->sha256(), (*trust::TrustBundle::Make(SmallBundle()))->sha256());
  // Signed by somebody else than the root beside it.
  Write("anchors/bundle.json", *trust::SignTrustBundle(SmallBundle(), TestKey(1)));
  EXPECT_THAT(Load(), HasReasonAt(Reason::kEvidenceFile, "bundle.json"));
}

TEST_F(TrustFolderTest, PartsMakeOneBundleWhichIsTheSameEveryTime) {
  Write("anchors/a.pem", authority_.CertificatePem());
  Write("anchors/trust.yaml",
        "issuer_bindings:\n  - issuer: [{scheme: schac, value: fjord.example}]\n    providers: ['emreg:a.pem']\n"
        "    source: a letter\nexpire_time: 2026-03-08T00:00:00Z\n");
  ASSERT_OK_AND_ASSIGN(const auto bundle, Load());
  ASSERT_OK_AND_ASSIGN(const auto again, Load());
  EXPECT_EQ(bundle->sha256(), again->sha256());
  EXPECT_EQ(bundle->expire_time(), At(2026, 3, 8));
  EXPECT_EQ(bundle->message().issuer_bindings_size(), 1);
}

TEST_F(TrustFolderTest, StatusListsBelongToTheAddressThatTheyName) {
  const std::string list =
      absl::StrCat(R"({"sub":"https://fjord.example/list","iat":1,"status_list":{"bits":1,"lst":")",
                   testing::Deflated("\x01", testing::Wrapping::kZlib), R"("}})");
  Write("status/list.jwt", absl::StrCat(base::Base64UrlEncode("{}"), ".", base::Base64UrlEncode(list), ".AAAA\n"));
  Write("status/badges.json", R"({"id":"https://fjord.example/revoked","revokedCredentials":[]})");
  Write("status/authority.crl", authority_.RevocationList(&seal_, At(2025), At(2025)));
  ASSERT_OK_AND_ASSIGN(const auto bundle, Load(true));
  EXPECT_NE(bundle->StatusList("https://fjord.example/list"), nullptr);
  EXPECT_NE(bundle->StatusList("https://fjord.example/revoked"), nullptr);
  EXPECT_EQ(bundle->StatusList("https://fjord.example/other"), nullptr);
  EXPECT_EQ(bundle->seal_trust().revocation.revocation_lists.size(), 1u);
  Write("status/same.json", R"({"id":"https://fjord.example/revoked","revokedCredentials":[]})");
  EXPECT_THAT(Load(true), HasReasonAt(Reason::kEvidenceFile, "same.json"));
}

TEST_F(TrustFolderTest, RefusesFilesByName) {
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"anchors/broken.json", "{\"keys\":"},
      {"anchors/empty.json", R"({"keys":[]})"},
      {"anchors/other.json", R"({"title":"Beekeeping"})"},
      {"anchors/address.json", R"({"issuer":"https://fjord.example","jwks_uri":"https://fjord.example/keys"})"},
      {"anchors/broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
      {"anchors/broken.der", std::string("\x30\x03zzz", 5)},
      {"anchors/notes.txt", "keys to be added"},
      {"anchors/list.xml", "<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#'/>"},
      {"anchors/trust.yaml", "issuer_binding: []\n"},
      {"anchors/private.json", R"({"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"})"},
      {"status/list.jwt", "a.b.c"},
      {"status/nameless.json", R"({"revokedCredentials":[]})"},
      {"status/text.txt", "nothing"},
  };
  for (const auto& [name, bytes] : rows) {
    SCOPED_TRACE(name);
    SetUp();
    Write(name, bytes);
    const std::string file = fs::path(name).filename().string();
    EXPECT_THAT(Load(true), HasReasonAt(Reason::kEvidenceFile, file));
  }
  SetUp();
  Write("anchors/README.md", "Whose keys these are.");
  Write("anchors/.hidden", "nothing");
  EXPECT_OK(Load(true));
}

}  // namespace
}  // namespace passerelle::gateway
