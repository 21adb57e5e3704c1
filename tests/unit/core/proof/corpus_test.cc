// Public test vectors for ECDSA on P-256 and for Ed25519, where they are at hand.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/proof/key.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using simdjson::dom::element;

std::string Folder() { return absl::StrCat(PASSERELLE_SOURCE_DIR, "/../shared/corpus/trust"); }

std::string ReadFile(absl::string_view name) {
  std::ifstream file(absl::StrCat(Folder(), "/", name), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::string Text(element object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

// Some groups have the point only: 0x04, x, y.
std::string JwkOf(const base::JsonDocument& document, element group) {
  element jwk;
  if (group["publicKeyJwk"].get(jwk) == simdjson::SUCCESS) return document.Text(jwk);
  const std::string point = absl::HexStringToBytes(Text(group["publicKey"].value(), "uncompressed"));
  if (point.size() != 65) return "";
  return absl::StrCat(R"({"kty":"EC","crv":"P-256","x":")", base::Base64UrlEncode(point.substr(1, 32)), R"(","y":")",
                      base::Base64UrlEncode(point.substr(33)), R"("})");
}

class Wycheproof : public ::testing::TestWithParam<const char*> {};

TEST_P(Wycheproof, AgreesWithEveryTest) {
  const std::string bytes = ReadFile(absl::StrCat("wycheproof/", GetParam()));
  if (bytes.empty()) GTEST_SKIP() << "SKIPPED: " << GetParam() << " is not at hand in " << Folder();
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument document, base::JsonDocument::Parse(bytes));
  int judged = 0;
  for (const element group : document.root()["testGroups"].get_array()) {
    ASSERT_OK_AND_ASSIGN(const VerificationKey key, VerificationKey::FromJwk(JwkOf(document, group)));
    for (const element test : group["tests"].get_array()) {
      const std::string message = absl::HexStringToBytes(Text(test, "msg"));
      const std::string signature = absl::HexStringToBytes(Text(test, "sig"));
      EXPECT_EQ(key.Verify(message, signature), Text(test, "result") == "valid")
          << "test " << int64_t{test["tcId"]} << ": " << Text(test, "comment");
      ++judged;
    }
  }
  EXPECT_EQ(judged, int64_t{document.root()["numberOfTests"]});
}

INSTANTIATE_TEST_SUITE_P(All, Wycheproof,
                         ::testing::Values("ecdsa_secp256r1_sha256_p1363_test.json", "ed25519_test.json"),
                         [](const auto& c) { return c.param[1] == 'c' ? "EcdsaP256" : "Ed25519"; });

// Compact tokens with a key that verifies ES256 or EdDSA. What the key cannot do is no concern of this room.
TEST(WycheproofJws, AgreesWhereTheKeyIsOfOurAlgorithms) {
  const std::string bytes = ReadFile("wycheproof/json_web_signature_test.json");
  if (bytes.empty()) GTEST_SKIP() << "SKIPPED: json_web_signature_test.json is not at hand in " << Folder();
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument document, base::JsonDocument::Parse(bytes));
  int judged = 0;
  for (const element group : document.root()["testGroups"].get_array()) {
    element jwk;
    if (group["public"].get(jwk) != simdjson::SUCCESS) continue;
    const absl::StatusOr<VerificationKey> key = VerificationKey::FromJwk(document.Text(jwk));
    if (!key.ok()) continue;
    for (const element test : group["tests"].get_array()) {
      const std::vector<std::string> parts = absl::StrSplit(Text(test, "jws"), '.');
      const absl::StatusOr<std::string> signature = base::Base64UrlDecode(parts.back());
      const bool verifies =
          parts.size() == 3 && signature.ok() && key->Verify(absl::StrCat(parts[0], ".", parts[1]), *signature);
      EXPECT_EQ(verifies, Text(test, "result") == "valid")
          << "test " << int64_t{test["tcId"]} << ": " << Text(test, "comment");
      ++judged;
    }
  }
  EXPECT_GT(judged, 0);
}

}  // namespace
}  // namespace passerelle::proof
