#include "core/proof/key.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Base64UrlDecode;
using ::passerelle::base::Base64UrlEncode;
using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

// RFC 7515, A.3.
constexpr absl::string_view kRfc7515Jwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr absl::string_view kRfc7515Input =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr absl::string_view kRfc7515Signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

// RFC 8037, A.2 and A.4.
constexpr absl::string_view kRfc8037Jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr absl::string_view kRfc8037Input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr absl::string_view kRfc8037Signature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
// The private key of RFC 8037, A.1, as PKCS#8 (the prefix of RFC 8410, then the 32 bytes of "d").
constexpr absl::string_view kRfc8037PrivateHex = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

std::string Decoded(absl::string_view text) { return Base64UrlDecode(text).value(); }

VerificationKey KeyOf(absl::string_view jwk) { return VerificationKey::FromJwk(jwk).value(); }

std::string Pem(absl::string_view der) {
  return absl::StrCat("-----BEGIN PRIVATE KEY-----\n", base::Base64Encode(der), "\n-----END PRIVATE KEY-----\n");
}

TEST(VerificationKey, VerifiesTheExampleOfRfc7515) {
  const VerificationKey key = KeyOf(kRfc7515Jwk);
  EXPECT_EQ(key.algorithm(), KeyAlgorithm::kEs256);
  EXPECT_EQ(AlgorithmName(key.algorithm()), "ES256");
  EXPECT_TRUE(key.Verify(kRfc7515Input, Decoded(kRfc7515Signature)));
}

TEST(VerificationKey, VerifiesTheExampleOfRfc8037) {
  const VerificationKey key = KeyOf(kRfc8037Jwk);
  EXPECT_EQ(key.algorithm(), KeyAlgorithm::kEdDsa);
  EXPECT_EQ(AlgorithmName(key.algorithm()), "EdDSA");
  EXPECT_TRUE(key.Verify(kRfc8037Input, Decoded(kRfc8037Signature)));
}

TEST(VerificationKey, HasTheThumbprintOfRfc8037) {
  EXPECT_EQ(KeyOf(kRfc8037Jwk).thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

// RFC 7638 shows an RSA key only; the text that is digested follows from its rules: required members, by name.
TEST(VerificationKey, DigestsTheRequiredMembersInOrder) {
  const VerificationKey key = KeyOf(kRfc7515Jwk);
  constexpr absl::string_view kCanonical =
      R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
  EXPECT_EQ(key.jwk(), kCanonical);
  const base::Sha256Digest digest = base::Sha256(kCanonical);
  EXPECT_EQ(key.thumbprint(), Base64UrlEncode(std::string(digest.begin(), digest.end())));
  EXPECT_EQ(KeyOf(absl::StrReplaceAll(kRfc7515Jwk, {{R"("kty")", R"("kid":"a","use":"sig","alg":"ES256","kty")"}}))
                .thumbprint(),
            key.thumbprint());
}

struct BadJwk {
  const char* name;
  std::string jwk;
  const char* place;
};

std::string Ec(absl::string_view from, absl::string_view to) { return absl::StrReplaceAll(kRfc7515Jwk, {{from, to}}); }

class BadJwkTest : public ::testing::TestWithParam<BadJwk> {};

TEST_P(BadJwkTest, IsRefusedWithItsPlace) {
  EXPECT_THAT(VerificationKey::FromJwk(GetParam().jwk), HasReasonAt(Reason::kKeyUnusable, GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadJwkTest,
    ::testing::Values(
        BadJwk{"Empty", "", ""}, BadJwk{"Truncated", std::string(kRfc7515Jwk.substr(0, 40)), "line 1, column 41"},
        BadJwk{"Array", "[]", ""}, BadJwk{"DuplicateMember", Ec(R"("kty")", R"("crv":"P-256","kty")"), "/crv"},
        BadJwk{"PrivateKey", Ec(R"("kty")", R"("d":"AA","kty")"), "d"},
        BadJwk{"Rsa", R"({"kty":"RSA","n":"_w","e":"AQAB"})", "n"},
        BadJwk{"Symmetric", R"({"kty":"oct","k":"AA"})", "kty"}, BadJwk{"OtherCurve", Ec("P-256", "P-384"), "x"},
        BadJwk{"KeyAgreementCurve", R"({"kty":"OKP","crv":"X25519","x":"AA"})", "kty"},
        BadJwk{"CurveOfOtherType", Ec(R"("EC")", R"("OKP")"), "kty"}, BadJwk{"TypeNotText", Ec(R"("EC")", "1"), "kty"},
        BadJwk{"NoX", Ec(R"("x")", R"("z")"), "x"}, BadJwk{"NoY", Ec(R"("y")", R"("z")"), "y"},
        BadJwk{"XNotText", Ec(R"("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")", "7"), "x"},
        BadJwk{"XPadded", Ec("PHvRVEU", "PHvRVEU="), "x"}, BadJwk{"XUnusedBits", Ec("PHvRVEU", "PHvRVEV"), "x"},
        BadJwk{"XShort", Ec("f83O", ""), "x"}, BadJwk{"XLong", Ec("f83O", "f83Of83O"), "x"},
        BadJwk{"NotOnTheCurve", Ec("f83O", "f83P"), "x"},
        BadJwk{"ForEncryption", Ec(R"("kty")", R"("use":"enc","kty")"), "use"},
        BadJwk{"ForDerivingKeys", Ec(R"("kty")", R"("key_ops":["deriveKey"],"kty")"), "key_ops"},
        BadJwk{"ForAnotherAlgorithm", Ec(R"("kty")", R"("alg":"ES384","kty")"), "alg"},
        BadJwk{"ForAnotherFamily", Ec(R"("kty")", R"("alg":"HS256","kty")"), "alg"}),
    [](const auto& c) { return c.param.name; });

class SignatureTest : public ::testing::TestWithParam<KeyAlgorithm> {};

TEST_P(SignatureTest, VerifiesWhatItSigned) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::Generate(GetParam()));
  for (const std::string& input :
       {std::string(), std::string("a"), std::string(100'000, 'x'), std::string("\0\xff", 2)}) {
    ASSERT_OK_AND_ASSIGN(const std::string signature, key.Sign(input));
    EXPECT_EQ(signature.size(), 64u);
    EXPECT_TRUE(key.verification_key().Verify(input, signature));
    EXPECT_FALSE(key.verification_key().Verify(absl::StrCat(input, "x"), signature));
  }
}

TEST_P(SignatureTest, RefusesEveryChangedBit) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::Generate(GetParam()));
  ASSERT_OK_AND_ASSIGN(const std::string signature, key.Sign("message"));
  for (size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(key.verification_key().Verify("message", changed)) << bit;
  }
}

TEST_P(SignatureTest, RefusesEveryOtherLength) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::Generate(GetParam()));
  ASSERT_OK_AND_ASSIGN(const std::string signature, key.Sign("message"));
  EXPECT_FALSE(key.verification_key().Verify("message", ""));
  EXPECT_FALSE(key.verification_key().Verify("message", signature.substr(1)));
  EXPECT_FALSE(key.verification_key().Verify("message", signature.substr(0, 63)));
  EXPECT_FALSE(key.verification_key().Verify("message", signature + signature.back()));
}

TEST_P(SignatureTest, RefusesTheSignatureOfAnotherKey) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::Generate(GetParam()));
  ASSERT_OK_AND_ASSIGN(const SigningKey other, SigningKey::Generate(GetParam()));
  ASSERT_OK_AND_ASSIGN(const std::string signature, other.Sign("message"));
  EXPECT_FALSE(key.verification_key().Verify("message", signature));
}

TEST_P(SignatureTest, SurvivesThePemAndTheJwk) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::Generate(GetParam()));
  ASSERT_OK_AND_ASSIGN(const std::string pem, key.ToPem());
  ASSERT_OK_AND_ASSIGN(const SigningKey read, SigningKey::FromPem(pem));
  EXPECT_EQ(read.verification_key().jwk(), key.verification_key().jwk());
  ASSERT_OK_AND_ASSIGN(const std::string signature, read.Sign("message"));
  EXPECT_TRUE(KeyOf(key.verification_key().jwk()).Verify("message", signature));
}

INSTANTIATE_TEST_SUITE_P(All, SignatureTest, ::testing::Values(KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa),
                         [](const auto& c) { return std::string(AlgorithmName(c.param)); });

// Zero is the signature with which CVE-2022-21449 was broken; the others are outside of 1 to n-1.
TEST(Es256, RefusesNumbersOutOfRange) {
  const VerificationKey key = KeyOf(kRfc7515Jwk);
  const std::string order = absl::HexStringToBytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const std::string zero(32, '\0');
  const std::string most(32, '\xff');
  const std::string good = Decoded(kRfc7515Signature);
  for (const std::string& number : {zero, order, most}) {
    EXPECT_FALSE(key.Verify(kRfc7515Input, number + number));
    EXPECT_FALSE(key.Verify(kRfc7515Input, number + good.substr(32)));
    EXPECT_FALSE(key.Verify(kRfc7515Input, good.substr(0, 32) + number));
  }
}

// Under these keys anybody can sign: the identity, and points of the orders 2, 4 and 8, of either sign.
TEST(Ed25519, RefusesKeysOfSmallOrder) {
  for (const char* point : {"0100000000000000000000000000000000000000000000000000000000000000",
                            "0100000000000000000000000000000000000000000000000000000000000080",
                            "0000000000000000000000000000000000000000000000000000000000000000",
                            "0000000000000000000000000000000000000000000000000000000000000080",
                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}) {
    const std::string x = Base64UrlEncode(absl::HexStringToBytes(point));
    EXPECT_THAT(VerificationKey::FromJwk(absl::StrCat(R"({"kty":"OKP","crv":"Ed25519","x":")", x, R"("})")),
                HasReasonAt(Reason::kKeyUnusable, "x"))
        << point;
  }
}

TEST(SigningKey, SignsTheExampleOfRfc8037) {
  const std::string der = absl::HexStringToBytes(absl::StrCat("302e020100300506032b657004220420", kRfc8037PrivateHex));
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::FromPem(Pem(der)));
  EXPECT_EQ(key.verification_key().thumbprint(), KeyOf(kRfc8037Jwk).thumbprint());
  ASSERT_OK_AND_ASSIGN(const std::string signature, key.Sign(kRfc8037Input));
  EXPECT_EQ(Base64UrlEncode(signature), kRfc8037Signature);
}

TEST(SigningKey, RefusesWhatIsNoUsablePem) {
  ASSERT_OK_AND_ASSIGN(const SigningKey key, SigningKey::Generate(KeyAlgorithm::kEs256));
  ASSERT_OK_AND_ASSIGN(const std::string pem, key.ToPem());
  // An X25519 key (RFC 8410): well-formed, for key agreement.
  const std::string agreement =
      Pem(absl::HexStringToBytes(absl::StrCat("302e020100300506032b656e04220420", kRfc8037PrivateHex)));
  for (const std::string& bad : {std::string(), std::string("no key"), pem.substr(0, pem.size() / 2), agreement,
                                 Pem("no DER"), absl::StrReplaceAll(pem, {{"PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}}),
                                 absl::StrReplaceAll(pem, {{"PRIVATE KEY", "EC PRIVATE KEY"}})}) {
    EXPECT_THAT(SigningKey::FromPem(bad), HasReason(Reason::kKeyUnusable)) << bad;
  }
}

}  // namespace
}  // namespace passerelle::proof
