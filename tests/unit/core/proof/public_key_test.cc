#include "core/proof/public_key.h"

#include <ctime>
#include <map>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/base58.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Base64UrlEncode;
using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::TestSigner;

constexpr KeyAlgorithm kAll[] = {
    KeyAlgorithm::kEs256, KeyAlgorithm::kEs384, KeyAlgorithm::kEs512, KeyAlgorithm::kEs256k, KeyAlgorithm::kEsb256,
    KeyAlgorithm::kEdDsa, KeyAlgorithm::kEd448, KeyAlgorithm::kPs256, KeyAlgorithm::kPs384,  KeyAlgorithm::kPs512,
    KeyAlgorithm::kRs256, KeyAlgorithm::kRs384, KeyAlgorithm::kRs512};

// Making an RSA key takes longer than all that is done with it.
const TestSigner& SignerOf(KeyAlgorithm algorithm) {
  static auto& signers = *new std::map<KeyAlgorithm, TestSigner>();
  return signers.try_emplace(algorithm, algorithm).first->second;
}

class EveryAlgorithm : public ::testing::TestWithParam<KeyAlgorithm> {};

TEST_P(EveryAlgorithm, VerifiesWhatWasSignedAndNothingElse) {
  const TestSigner& signer = SignerOf(GetParam());
  const std::string signature = signer.Sign("the message");
  const PublicKey key = signer.public_key();
  EXPECT_TRUE(key.Verify(GetParam(), "the message", signature));
  EXPECT_TRUE(key.Verify(GetParam(), {"the ", "", "message"}, signature));
  EXPECT_FALSE(key.Verify(GetParam(), "the massage", signature));
  EXPECT_FALSE(key.Verify(GetParam(), "", signature));
  EXPECT_FALSE(key.Verify(GetParam(), "the message", ""));
  EXPECT_FALSE(key.Verify(GetParam(), "the message", signature + '\0'));
  EXPECT_FALSE(key.Verify(GetParam(), "the message", signature.substr(1)));
  EXPECT_FALSE(key.Verify(GetParam(), "the message", std::string(signature.size(), '\0')));
}

TEST_P(EveryAlgorithm, NoBitOfTheSignatureMayChange) {
  const TestSigner& signer = SignerOf(GetParam());
  const std::string signature = signer.Sign("the message");
  const PublicKey key = signer.public_key();
  for (size_t bit = 0; bit < signature.size() * 8; bit += 29) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(key.Verify(GetParam(), "the message", changed)) << bit;
  }
}

TEST_P(EveryAlgorithm, TakesNoOtherAlgorithm) {
  const TestSigner& signer = SignerOf(GetParam());
  const std::string signature = signer.Sign("the message");
  const PublicKey key = signer.public_key();
  for (const KeyAlgorithm other : kAll) {
    if (other == GetParam()) continue;
    EXPECT_FALSE(key.Verify(other, "the message", signature)) << AlgorithmName(other);
    const bool both_rsa = signer.traits().curve == Curve::kNone && TraitsOf(other).curve == Curve::kNone;
    EXPECT_EQ(key.Accepts(other), both_rsa) << AlgorithmName(other);
  }
}

TEST_P(EveryAlgorithm, IsTheSameFromJwkAndSubjectPublicKeyInfo) {
  const TestSigner& signer = SignerOf(GetParam());
  const PublicKey key = signer.public_key();
  ASSERT_OK_AND_ASSIGN(const PublicKey jwk, PublicKey::FromJwk(key.jwk()));
  ASSERT_OK_AND_ASSIGN(const PublicKey der, PublicKey::FromSubjectPublicKeyInfo(signer.SubjectPublicKeyInfo()));
  const std::string pem =
      absl::StrCat("-----BEGIN PUBLIC KEY-----\n", base::Base64Encode(signer.SubjectPublicKeyInfo()),
                   "\n-----END PUBLIC KEY-----\n");
  ASSERT_OK_AND_ASSIGN(const PublicKey text, PublicKey::FromPem(pem));
  for (const PublicKey& same : {jwk, der, text}) {
    EXPECT_EQ(same.thumbprint(), key.thumbprint());
    EXPECT_EQ(same.curve(), key.curve());
    EXPECT_TRUE(same.Verify(GetParam(), "the message", signer.Sign("the message")));
  }
  EXPECT_THAT(PublicKey::FromSubjectPublicKeyInfo(signer.SubjectPublicKeyInfo() + "0"),
              HasReason(Reason::kKeyUnusable));
}

INSTANTIATE_TEST_SUITE_P(All, EveryAlgorithm, ::testing::ValuesIn(kAll),
                         [](const auto& c) { return std::string(AlgorithmName(c.param)); });

TEST(PublicKey, KeepsToTheAlgorithmThatItStates) {
  const TestSigner signer(KeyAlgorithm::kPs256);
  const std::string jwk = signer.public_key().jwk();
  const std::string pinned = absl::StrCat(R"({"alg":"PS256",)", jwk.substr(1));
  ASSERT_OK_AND_ASSIGN(const PublicKey key, PublicKey::FromJwk(pinned));
  EXPECT_TRUE(key.Accepts(KeyAlgorithm::kPs256));
  EXPECT_FALSE(key.Accepts(KeyAlgorithm::kPs384));
  EXPECT_FALSE(key.Accepts(KeyAlgorithm::kRs256));
  for (const char* const other : {"ES256", "HS256", "none", "RSA-OAEP", "RS1", "rs256", ""}) {
    EXPECT_THAT(PublicKey::FromJwk(absl::StrCat(R"({"alg":")", other, R"(",)", jwk.substr(1))),
                HasReasonAt(Reason::kKeyUnusable, "alg"))
        << other;
  }
}

// Work with an RSA key grows with its length and with its exponent; both are limited before any of it is done.
TEST(PublicKey, RefusesRsaKeysThatAreTooLongAtOnce) {
  const auto rsa = [](size_t n_bytes, size_t e_bytes) {
    const std::string n(n_bytes, '\xff');
    const std::string e(e_bytes, '\xff');
    return absl::StrCat(R"({"kty":"RSA","n":")", Base64UrlEncode(n), R"(","e":")", Base64UrlEncode(e), R"("})");
  };
  const std::clock_t start = std::clock();  // of the processor: the machine may have other work
  EXPECT_THAT(PublicKey::FromJwk(rsa(base::kRsaBitsMax / 8 + 1, 3)), HasReasonAt(Reason::kKeyUnusable, "n"));
  EXPECT_THAT(PublicKey::FromJwk(rsa(16384 / 8, 3)), HasReasonAt(Reason::kKeyUnusable, "n"));
  EXPECT_THAT(PublicKey::FromJwk(rsa(1 << 20, 3)), HasReasonAt(Reason::kKeyUnusable, "n"));
  EXPECT_THAT(PublicKey::FromJwk(rsa(256, base::kRsaExponentBitsMax / 8 + 1)), HasReasonAt(Reason::kKeyUnusable, "e"));
  EXPECT_THAT(PublicKey::FromJwk(rsa(256, 256)), HasReasonAt(Reason::kKeyUnusable, "e"));
  EXPECT_THAT(PublicKey::FromJwk(rsa(base::kRsaBitsMin / 8 - 1, 3)), HasReasonAt(Reason::kKeyUnusable, "n"));
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST(PublicKey, RefusesRsaExponentsThatAreNone) {
  const std::string jwk = TestSigner(KeyAlgorithm::kRs256).public_key().jwk();
  for (const char* const e : {"AQ", "Ag", "AA", ""}) {
    const std::string bad = absl::StrCat(R"({"e":")", e, jwk.substr(jwk.find(R"(","kty")")));
    EXPECT_THAT(PublicKey::FromJwk(bad), HasReason(Reason::kKeyUnusable)) << e;
  }
}

TEST(PublicKey, TellsShortRsaKeys) {
  EXPECT_FALSE(TestSigner(KeyAlgorithm::kRs256, 1024).public_key().IsStrong());
  EXPECT_TRUE(TestSigner(KeyAlgorithm::kRs256, base::kRsaBitsStrong).public_key().IsStrong());
  EXPECT_TRUE(TestSigner(KeyAlgorithm::kEs256).public_key().IsStrong());
  EXPECT_EQ(TestSigner(KeyAlgorithm::kRs256, 1024).public_key().bits(), 1024);
}

// The example of did:key for Ed25519 (W3C CCG did:key, 3).
TEST(PublicKey, ReadsDidKey) {
  const std::string key = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
  const std::string did = absl::StrCat("did:key:", key);
  ASSERT_OK_AND_ASSIGN(const PublicKey bare, PublicKey::FromDidKey(did));
  EXPECT_EQ(bare.curve(), Curve::kEd25519);
  ASSERT_OK_AND_ASSIGN(const PublicKey full, PublicKey::FromDidKey(absl::StrCat(did, "#", key)));
  EXPECT_EQ(bare.thumbprint(), full.thumbprint());
  for (const std::string& bad : {std::string("did:key:"), absl::StrCat("did:web:", key), absl::StrCat(did, "#"),
                                 absl::StrCat(did, "#z1"), absl::StrCat("did:key:u", key), did.substr(0, 20), key}) {
    EXPECT_THAT(PublicKey::FromDidKey(bad), HasReason(Reason::kKeyUnusable)) << bad;
  }
}

TEST(PublicKey, ReadsMultikeysOfCurves) {
  for (const auto& [algorithm, code] : {std::pair(KeyAlgorithm::kEs256, std::string("\x80\x24")),
                                        std::pair(KeyAlgorithm::kEs384, std::string("\x81\x24"))}) {
    const TestSigner signer(algorithm);
    const std::string der = signer.SubjectPublicKeyInfo();
    const size_t half = TraitsOf(signer.traits().curve)->coordinate_bytes;
    const std::string x = der.substr(der.size() - 2 * half, half);
    const bool odd = (der.back() & 1) != 0;
    const std::string multikey = absl::StrCat(code, odd ? "\x03" : "\x02", x);
    ASSERT_OK_AND_ASSIGN(const PublicKey key,
                         PublicKey::FromMultibase(absl::StrCat("z", base::Base58Encode(multikey))));
    EXPECT_EQ(key.thumbprint(), signer.public_key().thumbprint());
    // Only the compressed form has this code.
    EXPECT_THAT(PublicKey::FromMultikey(absl::StrCat(code, "\x04", der.substr(der.size() - 2 * half))),
                HasReason(Reason::kKeyUnusable));
    EXPECT_THAT(PublicKey::FromMultikey(multikey.substr(0, multikey.size() - 1)), HasReason(Reason::kKeyUnusable));
  }
  const std::string off_the_curve = absl::StrCat("\x80\x24\x02", std::string(32, '\xff'));
  EXPECT_THAT(PublicKey::FromMultikey(off_the_curve), HasReason(Reason::kKeyUnusable));
}

TEST(PublicKey, RefusesWhatIsNoKey) {
  const std::string large(base::kKeyBytesMax + 1, 'A');
  for (const std::string& bad : {std::string(), std::string("A"), std::string("-----BEGIN PUBLIC KEY-----"), large}) {
    EXPECT_THAT(PublicKey::FromPem(bad), HasReason(Reason::kKeyUnusable));
    EXPECT_THAT(PublicKey::FromCertificate(bad), HasReason(Reason::kKeyUnusable));
    EXPECT_THAT(PublicKey::FromSubjectPublicKeyInfo(bad), HasReason(Reason::kKeyUnusable));
    EXPECT_THAT(PublicKey::FromMultikey(bad), HasReason(Reason::kKeyUnusable));
  }
}

TEST(PublicKey, VerifiesDerSignaturesStrictly) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  const std::string raw = signer.Sign("the message");
  EXPECT_FALSE(signer.public_key().VerifyDer(KeyAlgorithm::kEs256, "the message", raw));
  EXPECT_FALSE(signer.public_key().VerifyDer(KeyAlgorithm::kEs384, "the message", raw));
}

TEST(Algorithm, NamesAreExact) {
  EXPECT_EQ(FindAlgorithm("ES256"), KeyAlgorithm::kEs256);
  EXPECT_EQ(FindAlgorithm("Ed25519"), KeyAlgorithm::kEdDsa);
  for (const char* const name : {"", "none", "None", "es256", "ES256 ", "HS256", "RS1", "ES521", "RSA1_5"}) {
    EXPECT_EQ(FindAlgorithm(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace passerelle::proof
