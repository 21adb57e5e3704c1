#include "core/proof/jose/jws.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Base64UrlEncode;
using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::TestSigner;
using ::testing::Contains;
using ::testing::Not;

std::vector<Reason> ReasonsOf(const JwsVerdict& verdict) {
  std::vector<Reason> reasons;
  for (const Finding& finding : verdict.findings.list()) reasons.push_back(finding.reason);
  return reasons;
}

class JwsTest : public ::testing::Test {
 protected:
  JwsTest() { keys_.Add(signer_.public_key(), "k"); }

  std::string Signed(absl::string_view header, absl::string_view payload_text) const {
    const std::string input = absl::StrCat(Base64UrlEncode(header), ".", payload_text);
    return Base64UrlEncode(signer_.Sign(input));
  }
  // A compact token with this header, signed as it is.
  std::string Compact(absl::string_view header, absl::string_view payload_text = "cGF5bG9hZA") const {
    return absl::StrCat(Base64UrlEncode(header), ".", payload_text, ".", Signed(header, payload_text));
  }
  std::string Entry(absl::string_view header, absl::string_view payload_text,
                    absl::string_view unprotected = "") const {
    return absl::StrCat(R"("protected":")", Base64UrlEncode(header), R"(",)",
                        unprotected.empty() ? "" : absl::StrCat(R"("header":)", unprotected, ","), R"("signature":")",
                        Signed(header, payload_text), R"(")");
  }
  JwsVerdict Verify(const std::string& bytes, const JoseProfile& profile = TokenProfile()) const {
    absl::StatusOr<Jws> jws = Jws::Parse(bytes);
    if (jws.ok()) {
      JwsVerdict verdict = jws->Verify(keys_, profile);
      if (verdict.payload.has_value()) payload_ = std::string(*verdict.payload);
      return verdict;
    }
    JwsVerdict verdict;
    verdict.findings.Refuse(jws.status());
    return verdict;
  }

  const TestSigner signer_{KeyAlgorithm::kEs256};
  KeySet keys_;
  mutable std::string payload_;
};

constexpr absl::string_view kHeader = R"({"alg":"ES256","kid":"k"})";

TEST_F(JwsTest, VerifiesTheThreeSerialisationsAndHandsOutThePayload) {
  const std::string entry = Entry(kHeader, "cGF5bG9hZA");
  for (const std::string& bytes : {Compact(kHeader), absl::StrCat(R"({"payload":"cGF5bG9hZA",)", entry, "}"),
                                   absl::StrCat(R"({"payload":"cGF5bG9hZA","more":1,"signatures":[{)", entry, "}]}")}) {
    payload_.clear();
    EXPECT_TRUE(Verify(bytes).Accepted()) << bytes;
    EXPECT_EQ(payload_, "payload");
  }
}

TEST_F(JwsTest, NothingIsHandedOutUnverified) {
  const std::string token = Compact(kHeader);
  const JwsVerdict verdict = Verify(absl::StrReplaceAll(token, {{"cGF5", "cGF4"}}));
  EXPECT_FALSE(verdict.verified);
  EXPECT_FALSE(verdict.payload.has_value());
  EXPECT_THAT(ReasonsOf(verdict), Contains(Reason::kSignatureInvalid));
}

TEST_F(JwsTest, RefusesTokensThatAreMalformed) {
  const std::string token = Compact(kHeader);
  const std::string signature = Signed(kHeader, "cGF5bG9hZA");
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), " " + token, token + " ", token + "\n", token + ".",
        "." + token, token + "=", token.substr(0, token.rfind('.')), absl::StrReplaceAll(token, {{".", ".."}}),
        absl::StrCat("....", token), absl::StrCat(Base64UrlEncode("[]"), ".cGF5bG9hZA.", signature),
        absl::StrCat(Base64UrlEncode("{"), ".cGF5bG9hZA.", signature),
        absl::StrReplaceAll(token, {{"cGF5bG9hZA", "cGF5bG9hZB"}}),
        absl::StrReplaceAll(token, {{"cGF5bG9hZA", "cGF5 bG9hZA"}})}) {
    EXPECT_FALSE(Jws::ParseCompact(bad).ok()) << bad;
  }
  EXPECT_THAT(Jws::ParseCompact(Compact(R"({"alg":"ES256","kid":"k","kid":"k"})")),
              HasReason(Reason::kJsonDuplicateMember));
}

TEST_F(JwsTest, RefusesJsonThatIsMalformed) {
  const std::string entry = Entry(kHeader, "cGF5bG9hZA");
  const std::string payload = R"("payload":"cGF5bG9hZA")";
  for (const std::string& bad :
       {std::string("[]"), std::string("{}"), absl::StrCat("{", payload, "}"), absl::StrCat("{", entry, "}"),
        absl::StrCat(R"({"payload":7,)", entry, "}"), absl::StrCat("{", payload, R"(,"signatures":[]})"),
        absl::StrCat("{", payload, R"(,"signatures":{}})"), absl::StrCat("{", payload, R"(,"signatures":[7]})"),
        absl::StrCat("{", payload, ",", entry, R"(,"signatures":[{)", entry, "}]}"),
        absl::StrCat("{", payload, ",", payload, ",", entry, "}"),
        absl::StrCat("{", payload, ",", Entry(kHeader, "cGF5bG9hZA", R"({"kid":"k"})"), "}"),
        absl::StrCat("{", payload, ",", Entry(kHeader, "cGF5bG9hZA", "7"), "}"),
        absl::StrCat(R"({"payload":"cGF5bG9hZB",)", entry, "}")}) {
    EXPECT_FALSE(Jws::ParseJson(bad).ok()) << bad;
  }
}

TEST_F(JwsTest, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_THAT(Jws::ParseCompact(std::string(base::kTokenBytesMax + 1, 'A')), HasReason(Reason::kInputTooLarge));
  const std::string large(base::kJoseHeaderBytesMax, 'A');
  EXPECT_THAT(Jws::ParseCompact(absl::StrCat("A", large, ".AA.AA")), HasReason(Reason::kInputTooLarge));
  const auto nested = [](size_t levels) {
    return absl::StrCat(R"({"alg":"ES256","kid":"k","x":)", std::string(levels, '['), "1", std::string(levels, ']'),
                        "}");
  };
  EXPECT_OK(Jws::ParseCompact(Compact(nested(base::kJoseHeaderNestingMax - 1))));
  EXPECT_THAT(Jws::ParseCompact(Compact(nested(base::kJoseHeaderNestingMax))), HasReason(Reason::kInputTooDeep));
  const std::vector<std::string> many(base::kJwsSignaturesMax + 1,
                                      absl::StrCat("{", Entry(kHeader, "cGF5bG9hZA"), "}"));
  EXPECT_THAT(Jws::ParseJson(absl::StrCat(R"({"payload":"cGF5bG9hZA","signatures":[)", absl::StrJoin(many, ","), "]}")),
              HasReason(Reason::kInputTooLarge));
}

struct BadHeader {
  const char* name;
  const char* header;
  bool verified;
  Reason reason;
};

class BadHeaderTest : public JwsTest, public ::testing::WithParamInterface<BadHeader> {};

TEST_P(BadHeaderTest, IsRefused) {
  const JwsVerdict verdict = Verify(Compact(GetParam().header));
  EXPECT_EQ(verdict.verified, GetParam().verified);
  EXPECT_TRUE(verdict.findings.refused());
  EXPECT_FALSE(verdict.Accepted());
  EXPECT_THAT(ReasonsOf(verdict), Contains(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadHeaderTest,
    ::testing::Values(
        BadHeader{"NoAlg", R"({"kid":"k"})", false, Reason::kProofHeader},
        BadHeader{"AlgNumber", R"({"alg":7,"kid":"k"})", false, Reason::kProofHeader},
        BadHeader{"AlgNone", R"({"alg":"none","kid":"k"})", false, Reason::kAlgorithmNotAllowed},
        BadHeader{"AlgNONE", R"({"alg":"NONE","kid":"k"})", false, Reason::kAlgorithmNotAllowed},
        BadHeader{"Hmac", R"({"alg":"HS256","kid":"k"})", false, Reason::kAlgorithmNotAllowed},
        BadHeader{"Brainpool", R"({"alg":"ESB256","kid":"k"})", false, Reason::kAlgorithmNotAllowed},
        BadHeader{"OtherCurve", R"({"alg":"ES384","kid":"k"})", false, Reason::kAlgorithmMismatch},
        BadHeader{"OtherFamily", R"({"alg":"RS256","kid":"k"})", false, Reason::kAlgorithmMismatch},
        BadHeader{"KidNumber", R"({"alg":"ES256","kid":7})", false, Reason::kProofHeader},
        BadHeader{"KidUnknown", R"({"alg":"ES256","kid":"x"})", false, Reason::kKeyNotFound},
        BadHeader{"Zip", R"({"alg":"ES256","kid":"k","zip":"DEF"})", true, Reason::kProofHeader},
        BadHeader{"CritEmpty", R"({"alg":"ES256","kid":"k","crit":[]})", true, Reason::kCriticalHeader},
        BadHeader{"CritText", R"({"alg":"ES256","kid":"k","crit":"b64"})", true, Reason::kCriticalHeader},
        BadHeader{"CritNumber", R"({"alg":"ES256","kid":"k","crit":[7]})", true, Reason::kCriticalHeader},
        BadHeader{"CritUnknown", R"({"alg":"ES256","kid":"k","x":1,"crit":["x"]})", true, Reason::kCriticalHeader},
        BadHeader{"CritStandard", R"({"alg":"ES256","kid":"k","crit":["alg"]})", true, Reason::kCriticalHeader},
        BadHeader{"CritAbsent", R"({"alg":"ES256","kid":"k","crit":["b64"]})", true, Reason::kCriticalHeader},
        BadHeader{"CritTwice", R"({"alg":"ES256","kid":"k","b64":true,"crit":["b64","b64"]})", true,
                  Reason::kCriticalHeader},
        BadHeader{"B64Text", R"({"alg":"ES256","kid":"k","b64":"false","crit":["b64"]})", true, Reason::kProofHeader},
        BadHeader{"B64NotCritical", R"({"alg":"ES256","kid":"k","b64":false})", true, Reason::kCriticalHeader},
        BadHeader{"B64InCompact", R"({"alg":"ES256","kid":"k","b64":false,"crit":["b64"]})", true,
                  Reason::kProofHeader}),
    [](const auto& c) { return std::string(c.param.name); });

TEST_F(JwsTest, EmbeddedKeysAreNotLookedAt) {
  const TestSigner stranger(KeyAlgorithm::kEs256);
  const std::string header = absl::StrCat(
      R"("kid":"k","jku":"https://evil.example/k","x5u":"https://evil.example/c","jwk":)", stranger.public_key().jwk());
  EXPECT_FALSE(Verify(stranger.Token(header, "payload")).verified);
}

TEST_F(JwsTest, HeadersCountOnlyWhereTheyAreProtected) {
  const std::string entry = Entry(R"({"kid":"k"})", "cGF5bG9hZA", R"({"alg":"ES256"})");
  const JwsVerdict verdict = Verify(absl::StrCat(R"({"payload":"cGF5bG9hZA",)", entry, "}"));
  EXPECT_TRUE(verdict.verified);
  EXPECT_FALSE(verdict.Accepted());
  const std::string critical = Entry(kHeader, "cGF5bG9hZA", R"({"crit":["b64"],"b64":true})");
  EXPECT_FALSE(Verify(absl::StrCat(R"({"payload":"cGF5bG9hZA",)", critical, "}")).Accepted());
}

TEST_F(JwsTest, SignsTheDecodedTextWhenThePayloadIsNotEncoded) {
  const std::string header = R"({"alg":"ES256","kid":"k","b64":false,"crit":["b64"]})";
  const std::string payload = "{\"name\": \"Zo\xc3\xab\"}\n";
  std::string escaped;
  base::AppendJsonString(payload, escaped);
  EXPECT_TRUE(Verify(absl::StrCat("{ \"payload\" : ", escaped, ",\n", Entry(header, payload), "}")).Accepted());
  EXPECT_EQ(payload_, payload);
  // Another way of writing the same text, and another text.
  const std::string other = absl::StrReplaceAll(escaped, {{"\xc3\xab", "\\u00EB"}});
  EXPECT_TRUE(Verify(absl::StrCat(R"({"payload":)", other, ",", Entry(header, payload), "}")).Accepted());
  const std::string trimmed = absl::StrReplaceAll(escaped, {{"\\n", ""}});
  EXPECT_FALSE(Verify(absl::StrCat(R"({"payload":)", trimmed, ",", Entry(header, payload), "}")).verified);
}

TEST_F(JwsTest, AllSignaturesHaveToVerifyAndToAgreeOnTheEncoding) {
  const std::string good = absl::StrCat("{", Entry(kHeader, "cGF5bG9hZA"), "}");
  const std::string of_other_payload = absl::StrCat("{", Entry(kHeader, "cGF5bG9hZG"), "}");
  const auto general = [](const std::string& first, const std::string& second) {
    return absl::StrCat(R"({"payload":"cGF5bG9hZA","signatures":[)", first, ",", second, "]}");
  };
  EXPECT_TRUE(Verify(general(good, good)).Accepted());
  EXPECT_FALSE(Verify(general(good, of_other_payload)).verified);
  EXPECT_FALSE(Verify(general(of_other_payload, good)).verified);
  const std::string unencoded =
      absl::StrCat("{", Entry(R"({"alg":"ES256","kid":"k","b64":false,"crit":["b64"]})", "cGF5bG9hZA"), "}");
  EXPECT_THAT(Jws::ParseJson(general(good, unencoded)), HasReason(Reason::kJwsMalformed));
}

TEST_F(JwsTest, TellsLegacyAlgorithmsAndWeakKeysApart) {
  const TestSigner legacy(KeyAlgorithm::kEs256k);
  const TestSigner weak(KeyAlgorithm::kRs256, 1024);
  keys_.Add(legacy.public_key(), "legacy");
  keys_.Add(weak.public_key(), "weak");
  const JwsVerdict old = Verify(legacy.Token(R"("kid":"legacy")", "payload"));
  EXPECT_TRUE(old.Accepted());
  EXPECT_TRUE(old.findings.legacy());
  const JwsVerdict broken = Verify(weak.Token(R"("kid":"weak")", "payload"));
  EXPECT_TRUE(broken.verified);
  EXPECT_FALSE(broken.Accepted());
  EXPECT_THAT(ReasonsOf(broken), Contains(Reason::kKeyWeak));
}

// Whatever bit of a signed document is flipped, it does not verify; in the compact form that is every bit there is.
TEST_F(JwsTest, NoFlippedBitVerifies) {
  for (const KeyAlgorithm algorithm : {KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa, KeyAlgorithm::kRs256}) {
    const TestSigner signer(algorithm);
    keys_ = KeySet();
    keys_.Add(signer.public_key(), "k");
    const std::string token = signer.Token(R"("kid":"k","typ":"JWT")", R"({"iss":"https://school.example"})");
    ASSERT_TRUE(Verify(token).Accepted());
    for (size_t bit = 0; bit < token.size() * 8; ++bit) {
      std::string changed = token;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(Verify(changed).verified) << "bit " << bit << " of " << changed;
    }
  }
}

TEST_F(JwsTest, NoFlippedBitOfJsonVerifiesWithAnotherPayload) {
  const std::string header = R"({"alg":"ES256","kid":"k","b64":false,"crit":["b64"]})";
  const std::string good =
      absl::StrCat(R"({"payload":"{\"a\":1}","signatures":[{)", Entry(header, R"({"a":1})"), "}]}");
  ASSERT_TRUE(Verify(good).Accepted());
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string changed = good;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    payload_.clear();
    const bool verified = Verify(changed).verified;
    EXPECT_TRUE(!verified || payload_ == R"({"a":1})") << "bit " << bit << " of " << changed;
  }
}

}  // namespace
}  // namespace passerelle::proof
