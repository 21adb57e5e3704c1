// Access tokens, and what is made of them to get in without being entitled.
#include "core/proof/access_token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Base64UrlEncode;
using ::passerelle::base::Problem;
using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::TestSigner;

constexpr absl::string_view kIssuer = "https://login.example.org/realms/education";
constexpr absl::string_view kAudience = "https://node.example.org";
// Stands in tokens only: no problem may show it.
constexpr absl::string_view kSecret = "Fjordheim";
const absl::Time kNow = absl::FromUnixSeconds(1'893'553'445);

struct Keys {
  TestSigner es256{KeyAlgorithm::kEs256};
  TestSigner rs256{KeyAlgorithm::kRs256};
  TestSigner es256k{KeyAlgorithm::kEs256k};
  TestSigner weak{KeyAlgorithm::kRs256, 1024};
  TestSigner stranger{KeyAlgorithm::kEs256};
};
const Keys& TheKeys() {
  static const Keys keys;
  return keys;
}

// A JWK with more members, such as a "kid".
std::string Jwk(const TestSigner& signer, absl::string_view members) {
  std::string jwk = signer.public_key().jwk();
  jwk.insert(1, absl::StrCat(members, ","));
  return jwk;
}

std::string KeySetOf(const std::vector<std::string>& jwks) {
  return absl::StrCat(R"({"keys":[)", absl::StrJoin(jwks, ","), "]}");
}

std::string TwoKeys() { return KeySetOf({Jwk(TheKeys().es256, R"("kid":"e")"), Jwk(TheKeys().rs256, R"("kid":"r")")}); }

std::string Claims(int64_t now = absl::ToUnixSeconds(kNow)) {
  return absl::StrCat(
      R"({"iss":")", kIssuer, R"(","aud":")", kAudience, R"(","sub":"portal","scope":"read write","name":")", kSecret,
      R"(","groups":["readers","portals"],"exp":)", now + 300, R"(,"iat":)", now, R"(,"nbf":)", now, "}");
}

class AccessTokenTest : public ::testing::Test {
 protected:
  absl::StatusOr<AccessClaims> Open(const std::string& token, const std::string& jwks = TwoKeys(),
                                    absl::string_view certificate = "") const {
    absl::StatusOr<KeySet> keys = ReadIssuerKeys(jwks);
    if (!keys.ok()) return keys.status();
    const auto trust_of = [&](absl::string_view issuer) -> absl::StatusOr<TokenTrust> {
      if (issuer != kIssuer) return Problem(Reason::kClaimInvalid, "token.iss", "it is of no issuer that is known");
      return TokenTrust{std::string(kIssuer), std::string(kAudience), absl::Seconds(60), absl::Hours(1),
                        std::make_shared<const KeySet>(*keys)};
    };
    return OpenAccessToken(token, trust_of, certificate, kNow);
  }
  static std::string Token(const std::string& claims = Claims(), absl::string_view header = R"("kid":"e")") {
    return TheKeys().es256.Token(header, claims);
  }
  static std::string Changed(const std::string& from, const std::string& to) {
    const std::string changed = absl::StrReplaceAll(Claims(), {{from, to}});
    EXPECT_NE(changed, Claims());
    return Token(changed);
  }
};

TEST_F(AccessTokenTest, TellsWhatAGoodTokenSays) {
  ASSERT_OK_AND_ASSIGN(const AccessClaims claims, Open(Token()));
  EXPECT_TRUE(claims.Has("sub", "portal"));
  EXPECT_TRUE(claims.Has("groups", "portals"));
  EXPECT_FALSE(claims.Has("groups", "portal"));
  EXPECT_TRUE(claims.Has("scope", "write"));
  EXPECT_FALSE(claims.Has("scope", "rit"));
  EXPECT_FALSE(claims.Has("sub", "Portal"));
  EXPECT_FALSE(claims.Has("sub", ""));
  EXPECT_FALSE(claims.Has("azp", ""));
  EXPECT_FALSE(claims.Has("exp", "1893553745"));
}

TEST_F(AccessTokenTest, TakesEveryFormThatTheStandardsAllow) {
  const TestSigner& rsa = TheKeys().rs256;
  EXPECT_OK(Open(rsa.Token(R"("kid":"r")", Claims())));
  for (const char* type : {"at+jwt", "AT+JWT", "application/at+jwt", "JWT"}) {
    EXPECT_OK(Open(Token(Claims(), absl::StrCat(R"("kid":"e","typ":")", type, "\""))));
  }
  EXPECT_OK(Open(Changed(R"("aud":")" + std::string(kAudience) + "\"",
                         R"("aud":["https://other.example","https://node.example.org"])")));
  EXPECT_OK(Open(Changed(R"(,"nbf":1893553445)", "")));
  // A single key needs no id, and keys for other uses do not count.
  EXPECT_OK(Open(Token(Claims(), ""), KeySetOf({Jwk(TheKeys().es256, R"("kid":"e")")})));
  EXPECT_OK(Open(Token(Claims(), ""),
                 KeySetOf({Jwk(TheKeys().es256, R"("kid":"e")"), Jwk(TheKeys().rs256, R"("kid":"r","use":"enc")"),
                           R"({"kty":"oct","k":"AAAA","kid":"o"})"})));
}

TEST_F(AccessTokenTest, CountsClocksThatDifferALittle) {
  const int64_t now = absl::ToUnixSeconds(kNow);
  EXPECT_OK(Open(Token(Claims(now - 359))));
  EXPECT_THAT(Open(Token(Claims(now - 360))), HasReasonAt(Reason::kExpired, "token.exp"));
  EXPECT_OK(Open(Token(Claims(now + 60))));
  EXPECT_THAT(Open(Token(Claims(now + 61))), HasReasonAt(Reason::kNotYetValid, "token.nbf"));
}

TEST_F(AccessTokenTest, IsGoodOnTheConnectionThatItIsBoundToOnly) {
  const std::string digest = base::Sha256Hex("certificate");
  const std::string bound =
      Changed("\"sub\"",
              absl::StrCat(R"("cnf":{"x5t#S256":")", Base64UrlEncode(absl::HexStringToBytes(digest)), R"("},"sub")"));
  EXPECT_OK(Open(bound, TwoKeys(), digest));
  EXPECT_THAT(Open(bound, TwoKeys(), base::Sha256Hex("other")), HasReasonAt(Reason::kClaimInvalid, "token.cnf"));
  EXPECT_THAT(Open(bound), HasReasonAt(Reason::kClaimInvalid, "token.cnf"));
  for (const char* other : {R"({"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})", R"({"x5t#S256":""})", "{}",
                            R"({"x5t#S256":7})", R"("x")", "null"}) {
    EXPECT_THAT(Open(Changed("\"sub\"", absl::StrCat(R"("cnf":)", other, R"(,"sub")")), TwoKeys(), digest),
                HasReasonAt(Reason::kClaimInvalid, "token.cnf"))
        << other;
  }
}

// HMAC with the text of the public key as its secret: what a verifier falls for that lets the header choose.
std::string HmacToken(const std::string& secret) {
  const std::string input =
      absl::StrCat(Base64UrlEncode(R"({"alg":"HS256","kid":"e"})"), ".", Base64UrlEncode(Claims()));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &size);
  return absl::StrCat(input, ".", Base64UrlEncode({reinterpret_cast<const char*>(mac), size}));
}

// A token with the header, the claims and the signature of different ones.
std::string Mixed(const std::string& header, const std::string& claims, const std::string& signature) {
  return absl::StrCat(Base64UrlEncode(header), ".", Base64UrlEncode(claims), ".", signature);
}
std::string SignatureOf(const std::string& token) { return token.substr(token.rfind('.') + 1); }

struct Attack {
  std::string name;
  std::function<std::string()> token;
  Reason reason;
  std::string place;
  std::function<std::string()> keys = TwoKeys;
};

class AccessTokenAttack : public AccessTokenTest, public ::testing::WithParamInterface<Attack> {
 public:
  // For the table.
  static std::string With(const std::string& from, const std::string& to) { return Changed(from, to); }
  static std::string Headed(absl::string_view header) { return Token(Claims(), header); }
};

TEST_P(AccessTokenAttack, IsRefusedAndTellsNothingOfTheToken) {
  const std::string token = GetParam().token();
  const absl::Status refused = Open(token, GetParam().keys()).status();
  EXPECT_THAT(refused, HasReasonAt(GetParam().reason, GetParam().place)) << refused;
  const std::string all = absl::StrCat(refused.ToString(), base::PlaceOf(refused), base::DetailOf(refused));
  EXPECT_FALSE(absl::StrContains(all, kSecret)) << all;
  for (const absl::string_view part : absl::StrSplit(token, '.')) {
    EXPECT_FALSE(part.size() > 8 && absl::StrContains(all, part)) << all;
  }
}

std::string Issuer(absl::string_view value) {
  return AccessTokenAttack::With(absl::StrCat(R"("iss":")", kIssuer, "\""), absl::StrCat(R"("iss":)", value));
}
std::string Audience(absl::string_view value) {
  return AccessTokenAttack::With(absl::StrCat(R"("aud":")", kAudience, "\""), absl::StrCat(R"("aud":)", value));
}
std::string Expiry(absl::string_view value) {
  return AccessTokenAttack::With(R"("exp":1893553745)", absl::StrCat(R"("exp":)", value));
}
std::string IssuedAt(absl::string_view value) {
  return AccessTokenAttack::With(R"("iat":1893553445)", absl::StrCat(R"("iat":)", value));
}

INSTANTIATE_TEST_SUITE_P(
    Claims, AccessTokenAttack,
    ::testing::Values(
        Attack{"WrongIssuer", [] { return Issuer(R"("https://evil.example")"); }, Reason::kClaimInvalid, "token.iss"},
        Attack{"IssuerWithASlash", [] { return Issuer(absl::StrCat("\"", kIssuer, "/\"")); }, Reason::kClaimInvalid,
               "token.iss"},
        Attack{"IssuerIsAList", [] { return Issuer(absl::StrCat("[\"", kIssuer, "\"]")); }, Reason::kClaimInvalid,
               "token.iss"},
        Attack{"WrongAudience", [] { return Audience(R"("https://other.example.org")"); }, Reason::kClaimInvalid,
               "token.aud"},
        Attack{"AudienceBegins", [] { return Audience(R"("https://node.example.org.evil.example")"); },
               Reason::kClaimInvalid, "token.aud"},
        Attack{"NoAudience", [] { return AccessTokenAttack::With("\"aud\"", "\"audience\""); }, Reason::kClaimInvalid,
               "token.aud"},
        Attack{"EmptyAudience", [] { return Audience("[]"); }, Reason::kClaimInvalid, "token.aud"},
        Attack{"AudienceWithANumber", [] { return Audience(absl::StrCat("[1,\"", kAudience, "\"]")); },
               Reason::kClaimInvalid, "token.aud"},
        Attack{"AudienceIsAnObject", [] { return Audience(absl::StrCat(R"({"a":")", kAudience, "\"}")); },
               Reason::kClaimInvalid, "token.aud"},
        Attack{"AudiencesWithoutEnd",
               [] {
                 std::string list = absl::StrCat("[\"", kAudience, "\"");
                 for (size_t i = 0; i < kTokenAudiencesMax; ++i) list += ",\"a\"";
                 return Audience(list + "]");
               },
               Reason::kClaimInvalid, "token.aud"},
        Attack{"Expired", [] { return Expiry("1893553385"); }, Reason::kExpired, "token.exp"},
        Attack{"NoExpiry", [] { return AccessTokenAttack::With("\"exp\"", "\"expires\""); }, Reason::kClaimInvalid,
               "token.exp"},
        Attack{"ExpiryIsAText", [] { return Expiry("\"1893553745\""); }, Reason::kClaimInvalid, "token.exp"},
        Attack{"ExpiryIsNull", [] { return Expiry("null"); }, Reason::kClaimInvalid, "token.exp"},
        Attack{"LivesForEver", [] { return Expiry("1e300"); }, Reason::kClaimInvalid, "token.exp"},
        Attack{"LivesTooLong", [] { return Expiry("1893557046"); }, Reason::kClaimInvalid, "token.exp"},
        Attack{"NotYetValid", [] { return AccessTokenAttack::With(R"("nbf":1893553445)", R"("nbf":1893553506)"); },
               Reason::kNotYetValid, "token.nbf"},
        Attack{"NotBeforeIsAText", [] { return AccessTokenAttack::With(R"("nbf":1893553445)", R"("nbf":"0")"); },
               Reason::kClaimInvalid, "token.nbf"},
        Attack{"MadeInTheFuture", [] { return IssuedAt("1893553506"); }, Reason::kNotYetValid, "token.iat"},
        Attack{"NeverMade", [] { return AccessTokenAttack::With("\"iat\"", "\"at\""); }, Reason::kClaimInvalid,
               "token.iat"},
        Attack{"AudienceTwice", [] { return Audience(R"("a","aud":"https://node.example.org")"); },
               Reason::kJsonDuplicateMember, "token.claims"},
        Attack{"NameTwice",
               [] { return AccessTokenAttack::With(R"("name")", R"("Fjordheim":1,"Fjordheim":2,"name")"); },
               Reason::kJsonDuplicateMember, "token.claims"}),
    [](const auto& param_info) { return param_info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Signatures, AccessTokenAttack,
    ::testing::Values(
        Attack{"None", [] { return Mixed(R"({"alg":"none"})", Claims(), ""); }, Reason::kKeyNotFound, "token.kid"},
        Attack{"NoneWithKeyId", [] { return Mixed(R"({"alg":"none","kid":"e"})", Claims(), ""); },
               Reason::kAlgorithmNotAllowed, "token.alg"},
        Attack{"NoneInCapitals", [] { return Mixed(R"({"alg":"NoNe","kid":"e"})", Claims(), "AAAA"); },
               Reason::kAlgorithmNotAllowed, "token.alg"},
        Attack{"NoAlgorithm",
               [] { return Mixed(R"({"kid":"e"})", Claims(), SignatureOf(AccessTokenAttack::Headed(R"("kid":"e")"))); },
               Reason::kProofHeader, "token.alg"},
        Attack{"HmacWithThePublicKey", [] { return HmacToken(TheKeys().es256.public_key().jwk()); },
               Reason::kAlgorithmNotAllowed, "token.alg"},
        Attack{"HmacWithThePublicKeyInDer", [] { return HmacToken(TheKeys().es256.SubjectPublicKeyInfo()); },
               Reason::kAlgorithmNotAllowed, "token.alg"},
        Attack{"RsaKeyUsedForEcdsa", [] { return TheKeys().stranger.Token(R"("kid":"r")", Claims()); },
               Reason::kAlgorithmMismatch, "token.alg"},
        Attack{"EcKeyUsedForRsa", [] { return TheKeys().rs256.Token(R"("kid":"e")", Claims()); },
               Reason::kAlgorithmMismatch, "token.alg"},
        Attack{"OtherAlgorithmThanTheKeyIsFor", [] { return TheKeys().rs256.Token(R"("kid":"p")", Claims()); },
               Reason::kAlgorithmMismatch, "token.alg",
               [] { return KeySetOf({Jwk(TheKeys().rs256, R"("kid":"p","alg":"PS256")")}); }},
        Attack{"CurveOfTheLedgers", [] { return TheKeys().es256k.Token(R"("kid":"k")", Claims()); },
               Reason::kAlgorithmNotAllowed, "token.alg",
               [] { return KeySetOf({Jwk(TheKeys().es256k, R"("kid":"k")")}); }},
        Attack{"WeakKey", [] { return TheKeys().weak.Token(R"("kid":"w")", Claims()); }, Reason::kKeyWeak, "token.key",
               [] { return KeySetOf({Jwk(TheKeys().weak, R"("kid":"w")")}); }},
        Attack{"KeyOfAStranger", [] { return TheKeys().stranger.Token(R"("kid":"e")", Claims()); },
               Reason::kSignatureInvalid, "token.signature"},
        Attack{"KeyInTheHeader",
               [] {
                 return TheKeys().stranger.Token(
                     absl::StrCat(R"("kid":"e","jwk":)", TheKeys().stranger.public_key().jwk()), Claims());
               },
               Reason::kSignatureInvalid, "token.signature"},
        Attack{"AddressOfKeysInTheHeader",
               [] { return TheKeys().stranger.Token(R"("kid":"e","jku":"https://evil.example/k")", Claims()); },
               Reason::kSignatureInvalid, "token.signature"},
        Attack{"UnknownKeyId", [] { return AccessTokenAttack::Headed(R"("kid":"x")"); }, Reason::kKeyNotFound,
               "token.kid"},
        Attack{"TwoKeysAndNoKeyId", [] { return AccessTokenAttack::Headed(""); }, Reason::kKeyNotFound, "token.kid"},
        Attack{"KeyIdIsANumber", [] { return AccessTokenAttack::Headed(R"("kid":1)"); }, Reason::kProofHeader,
               "token.kid"},
        Attack{"Critical", [] { return AccessTokenAttack::Headed(R"("kid":"e","crit":["exp"],"exp":1)"); },
               Reason::kCriticalHeader, "token.crit"},
        Attack{"CriticalWithAName",
               [] { return AccessTokenAttack::Headed(R"("kid":"e","crit":["Fjordheim"],"Fjordheim":1)"); },
               Reason::kCriticalHeader, "token.crit"},
        Attack{"Unencoded", [] { return AccessTokenAttack::Headed(R"("kid":"e","crit":["b64"],"b64":false)"); },
               Reason::kProofHeader, "token.b64"},
        Attack{"Packed", [] { return AccessTokenAttack::Headed(R"("kid":"e","zip":"DEF")"); }, Reason::kProofHeader,
               "token.zip"},
        Attack{"TokenOfAnotherKind", [] { return AccessTokenAttack::Headed(R"("kid":"e","typ":"logout+jwt")"); },
               Reason::kTokenType, "token.typ"},
        Attack{"Credential", [] { return AccessTokenAttack::Headed(R"("kid":"e","typ":"vc+jwt")"); },
               Reason::kTokenType, "token.typ"},
        Attack{"TypeIsANumber", [] { return AccessTokenAttack::Headed(R"("kid":"e","typ":1)"); }, Reason::kTokenType,
               "token.typ"},
        Attack{"OtherClaimsUnderTheSignature",
               [] {
                 return Mixed(R"({"alg":"ES256","kid":"e"})", absl::StrReplaceAll(Claims(), {{"portal", "root"}}),
                              SignatureOf(AccessTokenAttack::Headed(R"("kid":"e")")));
               },
               Reason::kSignatureInvalid, "token.signature"},
        Attack{"SignatureCutOff",
               [] {
                 const std::string token = AccessTokenAttack::Headed(R"("kid":"e")");
                 return token.substr(0, token.rfind('.') + 1);
               },
               Reason::kSignatureInvalid, "token.signature"}),
    [](const auto& param_info) { return param_info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Bytes, AccessTokenAttack,
    ::testing::Values(
        Attack{"Empty", [] { return std::string(); }, Reason::kJwsMalformed, "token"},
        Attack{"Garbage", [] { return std::string("Fjordheim\xff\x00\n..", 14); }, Reason::kJwsMalformed, "token"},
        Attack{"TwoParts", [] { return std::string("a.b"); }, Reason::kJwsMalformed, "token"},
        Attack{"FiveParts", [] { return std::string("a.b.c.d.e"); }, Reason::kJwsMalformed, "token"},
        Attack{"HeaderIsNoJson", [] { return std::string("Zmpvcg.e30.AAAA"); }, Reason::kJsonMalformed, "token"},
        Attack{"HeaderTwice", [] { return Mixed(R"({"alg":"ES256","alg":"none","kid":"e"})", Claims(), "AAAA"); },
               Reason::kJsonDuplicateMember, "token"},
        Attack{"ClaimsAreAList", [] { return Mixed(R"({"alg":"ES256","kid":"e"})", "[]", "AAAA"); },
               Reason::kClaimInvalid, "token.claims"},
        Attack{"ClaimsAreNoJson", [] { return Mixed(R"({"alg":"ES256","kid":"e"})", "Fjordheim", "AAAA"); },
               Reason::kJsonMalformed, "token.claims"},
        Attack{"ClaimsAreDeep",
               [] {
                 return Mixed(R"({"alg":"ES256","kid":"e"})",
                              absl::StrCat("{\"a\":", std::string(100, '['), std::string(100, ']'), "}"), "AAAA");
               },
               Reason::kInputTooDeep, "token.claims"},
        Attack{"Oversized",
               [] {
                 return AccessTokenAttack::With(
                     R"("name")", absl::StrCat(R"("pad":")", std::string(kAccessTokenBytesMax, 'x'), R"(","name")"));
               },
               Reason::kInputTooLarge, "token"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(IssuerKeysTest, RefusesSetsOfWhichNobodyKnowsWhichKeyIsMeant) {
  const std::string one = Jwk(TheKeys().es256, R"("kid":"a")");
  const std::string unnamed = TheKeys().rs256.public_key().jwk();
  EXPECT_OK(ReadIssuerKeys(KeySetOf({one})));
  EXPECT_OK(ReadIssuerKeys(KeySetOf({unnamed})));
  EXPECT_THAT(ReadIssuerKeys(KeySetOf({one, unnamed})), HasReasonAt(Reason::kKeyUnusable, "kid"));
  EXPECT_THAT(ReadIssuerKeys(KeySetOf({one, Jwk(TheKeys().rs256, R"("kid":"a")")})),
              HasReasonAt(Reason::kKeyUnusable, "kid"));
  for (const char* other : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1]})", "{\"keys\":[{}]}",
                            R"({"keys":[{"kty":"oct","k":"AAAA"}]})"}) {
    EXPECT_THAT(ReadIssuerKeys(other), HasReason(Reason::kKeyUnusable)) << other;
  }
  // A single key is no set: files of private keys look like that.
  EXPECT_THAT(ReadIssuerKeys(one), HasReasonAt(Reason::kKeyUnusable, "keys"));
  std::vector<std::string> many(base::kKeySetKeysMax + 1, one);
  EXPECT_THAT(ReadIssuerKeys(KeySetOf(many)), HasReasonAt(Reason::kInputTooLarge, "keys"));
}

}  // namespace
}  // namespace passerelle::proof
