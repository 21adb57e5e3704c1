#include "core/relay/envelope.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/relay/two_nodes.h"

namespace passerelle::relay {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::proof::KeyAlgorithm;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

constexpr absl::string_view kBody(
    "\x0a\x03"
    "any\0\xff",
    7);

class EnvelopeTest : public ::testing::Test {
 protected:
  explicit EnvelopeTest(KeyAlgorithm algorithm = KeyAlgorithm::kEs256) : nodes_(algorithm) {}

  v1::Envelope Sealed(const Header& header) const { return Seal(nodes_.norway, header, kBody).value(); }
  v1::Envelope Sealed() const { return Sealed(nodes_.Request(now_)); }

  absl::StatusOr<Opened> OpenAt(const v1::Envelope& envelope, absl::Time now,
                                std::vector<std::string> requests = {}) const {
    return Open(envelope, *nodes_.Directory(),
                {.audience = "FR", .sender = "NO", .now = now, .requests = std::move(requests)});
  }
  absl::StatusOr<Opened> OpenNow(const v1::Envelope& envelope) const { return OpenAt(envelope, now_); }

  // Signs a header that Seal would not write.
  v1::Envelope Signed(const std::string& header) const {
    v1::Envelope envelope;
    envelope.set_protected_header(header);
    envelope.set_body(std::string(kBody));
    envelope.set_signature(nodes_.norway.Sign(absl::StrCat(base::Base64UrlEncode(header), ".", kBody)).value());
    return envelope;
  }

  TwoNodes nodes_;
  // Whole seconds, as dates in headers are.
  const absl::Time now_ = absl::FromUnixSeconds(1893553445);
};

class EnvelopeOfEachAlgorithmTest : public EnvelopeTest, public ::testing::WithParamInterface<KeyAlgorithm> {
 protected:
  EnvelopeOfEachAlgorithmTest() : EnvelopeTest(GetParam()) {}
};

TEST_P(EnvelopeOfEachAlgorithmTest, OpensWhatWasSealed) {
  const Header header = nodes_.Request(now_);
  const v1::Envelope envelope = Sealed(header);
  ASSERT_OK_AND_ASSIGN(const Opened opened, OpenNow(envelope));
  EXPECT_EQ(opened.body, kBody);
  EXPECT_EQ(opened.header.id, header.id);
  EXPECT_EQ(opened.header.sender, "NO");
  EXPECT_EQ(opened.header.audience, "FR");
  EXPECT_EQ(opened.header.issued_at, header.issued_at);
  EXPECT_EQ(opened.header.expires_at, header.expires_at);
  EXPECT_EQ(opened.header.method, kDeliverMethod);
  EXPECT_EQ(opened.header.type, "test.Question");
  EXPECT_EQ(opened.header.request, "");
  EXPECT_EQ(opened.sha256, EnvelopeSha256(envelope));
  EXPECT_EQ(opened.sha256,
            base::Sha256Hex(absl::StrCat(base::Base64UrlEncode(envelope.protected_header()), ".", kBody)));
}

TEST_P(EnvelopeOfEachAlgorithmTest, WritesTheHeaderAsDocumented) {
  const std::string request = base::Sha256Hex("request");
  Header header = nodes_.Request(now_);
  header.request = request;
  EXPECT_EQ(
      Sealed(header).protected_header(),
      absl::StrCat(R"({"alg":")", proof::AlgorithmName(GetParam()), R"(","b64":false,"crit":["b64","x-msg"],"kid":")",
                   nodes_.norway.verification_key().thumbprint(),
                   R"(","typ":"passerelle+jws","x-msg":{"v":1,"id":"6f9619ff-8b86-4011-b42d-00c04fc964ff","iss":"NO",)",
                   R"("aud":"FR","iat":1893553445,"exp":1893553745,)",
                   R"("method":"/passerelle.relay.v1.RelayService/Deliver","type":"test.Question","req":")",
                   base::Base64UrlEncode(absl::HexStringToBytes(request)), R"("}})"));
}

TEST_P(EnvelopeOfEachAlgorithmTest, NeverOpensWithAnyByteChanged) {
  const v1::Envelope envelope = Sealed();
  using Field = std::string* (v1::Envelope::*)();
  for (const Field field : {Field(&v1::Envelope::mutable_protected_header), Field(&v1::Envelope::mutable_body),
                            Field(&v1::Envelope::mutable_signature)}) {
    v1::Envelope changed = envelope;
    std::string& bytes = *(changed.*field)();
    for (char& byte : bytes) {
      const char before = byte;
      for (const int mask : {0x01, 0x20, 0x80}) {
        byte = static_cast<char>(before ^ mask);
        EXPECT_FALSE(OpenNow(changed).ok());
      }
      byte = before;
    }
    bytes.pop_back();
    EXPECT_FALSE(OpenNow(changed).ok());
  }
  EXPECT_OK(OpenNow(envelope));
}

INSTANTIATE_TEST_SUITE_P(All, EnvelopeOfEachAlgorithmTest,
                         ::testing::Values(KeyAlgorithm::kEs256, KeyAlgorithm::kEdDsa),
                         [](const auto& c) { return std::string(proof::AlgorithmName(c.param)); });

// Every row replaces a part of a good header, signed by the right key.
struct BadHeader {
  const char* name;
  std::vector<std::pair<std::string, std::string>> replace;
  Reason reason;
  const char* place;  // null: a position in the text
};

class BadHeaderTest : public EnvelopeTest, public ::testing::WithParamInterface<BadHeader> {};

TEST_P(BadHeaderTest, IsRefusedWithItsReasonAndPlace) {
  const std::string good = Sealed().protected_header();
  const std::string bad = absl::StrReplaceAll(good, GetParam().replace);
  ASSERT_NE(bad, good);
  const absl::StatusOr<Opened> opened = OpenNow(Signed(bad));
  if (GetParam().place == nullptr) {
    EXPECT_THAT(opened, HasReason(GetParam().reason)) << bad;
  } else {
    EXPECT_THAT(opened, HasReasonAt(GetParam().reason, GetParam().place)) << bad;
  }
}

constexpr Reason kMalformed = Reason::kEnvelopeMalformed;

INSTANTIATE_TEST_SUITE_P(
    Outer, BadHeaderTest,
    ::testing::Values(
        BadHeader{"Truncated", {{R"("}})", R"("})"}}, kMalformed, nullptr},
        BadHeader{"DuplicateMember", {{R"("b64")", R"("alg":"ES256","b64")"}}, kMalformed, nullptr},
        BadHeader{"DuplicateInMessage", {{R"("aud")", R"("id":"x","aud")"}}, kMalformed, nullptr},
        BadHeader{"NotUtf8", {{"NO", "\xff"}}, kMalformed, nullptr},
        BadHeader{"WhiteSpaceBefore", {{R"({"alg")", R"( {"alg")"}}, kMalformed, "protected_header"},
        BadHeader{"ByteOrderMark", {{R"({"alg")", "\xef\xbb\xbf{\"alg\""}}, kMalformed, "protected_header"},
        BadHeader{"WhiteSpaceAfter", {{R"("}})", "\"}}\n"}}, kMalformed, "protected_header"},
        BadHeader{"TooLong",
                  {{R"("typ")", absl::StrCat("\"pad\":\"", std::string(4096, 'x'), "\",\"typ\"")}},
                  kMalformed,
                  "protected_header"},
        BadHeader{"AlgMissing", {{R"("alg":"ES256",)", ""}}, kMalformed, "protected_header/alg"},
        BadHeader{"AlgNotText", {{R"("ES256")", "256"}}, kMalformed, "protected_header/alg"},
        BadHeader{"AlgNone", {{"ES256", "none"}}, Reason::kEnvelopeSignature, "protected_header/alg"},
        BadHeader{"AlgHmac", {{"ES256", "HS256"}}, Reason::kEnvelopeSignature, "protected_header/alg"},
        BadHeader{"AlgOfOtherFamily", {{"ES256", "EdDSA"}}, Reason::kEnvelopeSignature, "protected_header/alg"},
        BadHeader{"AlgInOtherCase", {{"ES256", "es256"}}, Reason::kEnvelopeSignature, "protected_header/alg"},
        BadHeader{"B64True", {{"false", "true"}}, kMalformed, "protected_header/b64"},
        BadHeader{"B64Missing", {{R"("b64":false,)", ""}}, kMalformed, "protected_header/b64"},
        BadHeader{"B64Text", {{"false", R"("false")"}}, kMalformed, "protected_header/b64"},
        BadHeader{"CritMissing", {{R"("crit":["b64","x-msg"],)", ""}}, kMalformed, "protected_header/crit"},
        BadHeader{
            "CritUnknown", {{R"("b64","x-msg")", R"("b64","x-msg","x-new")"}}, kMalformed, "protected_header/crit"},
        BadHeader{"CritTooFew", {{R"("b64","x-msg")", R"("b64")"}}, kMalformed, "protected_header/crit"},
        BadHeader{"CritEmpty", {{R"("b64","x-msg")", ""}}, kMalformed, "protected_header/crit"},
        BadHeader{"CritNoList", {{R"(["b64","x-msg"])", R"("b64")"}}, kMalformed, "protected_header/crit"},
        BadHeader{"CritNoTexts", {{R"(["b64","x-msg"])", "[1,2]"}}, kMalformed, "protected_header/crit"},
        BadHeader{"KidMissing", {{R"("kid")", R"("kit")"}}, kMalformed, "protected_header/kid"},
        BadHeader{"KidEmpty",
                  {{R"("typ")", R"("z":1,"typ")"}, {R"("kid":")", R"("kid":"","k":")"}},
                  kMalformed,
                  "protected_header/kid"},
        BadHeader{"KidUnknown", {{R"("kid":")", R"("kid":"A)"}}, Reason::kEnvelopeSignature, "protected_header/kid"},
        BadHeader{"TypOfSomethingElse", {{"passerelle+jws", "JWT"}}, kMalformed, "protected_header/typ"},
        BadHeader{"MessageMissing", {{R"("x-msg":{)", R"("x-mess":{)"}}, kMalformed, "protected_header/x-msg"},
        BadHeader{"MessageNoObject", {{R"("x-msg":{)", R"("x-msg":[],"x":{)"}}, kMalformed, "protected_header/x-msg"}),
    [](const auto& c) { return c.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Message, BadHeaderTest,
    ::testing::Values(
        BadHeader{"VersionUnknown", {{R"("v":1)", R"("v":2)"}}, kMalformed, "protected_header/x-msg/v"},
        BadHeader{"VersionWithFraction", {{R"("v":1)", R"("v":1.0)"}}, kMalformed, "protected_header/x-msg/v"},
        BadHeader{"IdMissing", {{R"("id")", R"("i")"}}, kMalformed, "protected_header/x-msg/id"},
        BadHeader{"IdNoUuid", {{"6f9619ff-", "6f9619ff"}}, kMalformed, "protected_header/x-msg/id"},
        BadHeader{"IdInUpperCase", {{"6f9619ff", "6F9619FF"}}, kMalformed, "protected_header/x-msg/id"},
        BadHeader{"IssuerMissing", {{R"("iss")", R"("is")"}}, kMalformed, "protected_header/x-msg/iss"},
        BadHeader{
            "IssuerOther", {{R"("iss":"NO")", R"("iss":"FR")"}}, Reason::kEnvelopeSender, "protected_header/x-msg/iss"},
        BadHeader{"AudienceOther",
                  {{R"("aud":"FR")", R"("aud":"NO")"}},
                  Reason::kEnvelopeAudience,
                  "protected_header/x-msg/aud"},
        BadHeader{"AudienceList", {{R"("aud":"FR")", R"("aud":["FR"])"}}, kMalformed, "protected_header/x-msg/aud"},
        BadHeader{
            "DateText", {{R"("iat":1893553445)", R"("iat":"1893553445")"}}, kMalformed, "protected_header/x-msg/iat"},
        BadHeader{"DateWithFraction",
                  {{R"("iat":1893553445)", R"("iat":1893553445.0)"}},
                  kMalformed,
                  "protected_header/x-msg/iat"},
        BadHeader{"DateWithExponent",
                  {{R"("iat":1893553445)", R"("iat":1893553445e0)"}},
                  kMalformed,
                  "protected_header/x-msg/iat"},
        BadHeader{"DateNegative", {{R"("iat":1893553445)", R"("iat":-1)"}}, kMalformed, "protected_header/x-msg/iat"},
        BadHeader{"DateOver64Bits",
                  {{R"("iat":1893553445)", R"("iat":18446744073709551615)"}},
                  kMalformed,
                  "protected_header/x-msg/iat"},
        BadHeader{"DateAfterTheLastYear",
                  {{R"("exp":1893553745)", R"("exp":253402300800)"}},
                  kMalformed,
                  "protected_header/x-msg/exp"},
        BadHeader{"EndMissing", {{R"("exp")", R"("end")"}}, kMalformed, "protected_header/x-msg/exp"},
        BadHeader{"EndBeforeBeginning",
                  {{R"("exp":1893553745)", R"("exp":1893553444)"}},
                  kMalformed,
                  "protected_header/x-msg/exp"},
        BadHeader{
            "LifeTooLong", {{R"("exp":1893553745)", R"("exp":1893554046)"}}, kMalformed, "protected_header/x-msg/exp"},
        BadHeader{"MethodMissing", {{R"("method")", R"("m")"}}, kMalformed, "protected_header/x-msg/method"},
        BadHeader{"MethodOther", {{"/Deliver", "/Other"}}, Reason::kEnvelopeMethod, "protected_header/x-msg/method"},
        BadHeader{"TypeMissing", {{R"("type")", R"("t")"}}, kMalformed, "protected_header/x-msg/type"},
        BadHeader{"TypeNoName", {{"test.Question", "test/Question"}}, kMalformed, "protected_header/x-msg/type"},
        BadHeader{"RequestNoDigest",
                  {{R"(Question")", R"(Question","req":"AAAA")"}},
                  kMalformed,
                  "protected_header/x-msg/req"},
        BadHeader{"RequestInHexadecimal",
                  {{R"(Question")", absl::StrCat(R"(Question","req":")", std::string(64, 'a'), "\"")}},
                  kMalformed,
                  "protected_header/x-msg/req"},
        BadHeader{"AnswerAsRequest",
                  {{R"(Question")", absl::StrCat(R"(Question","req":")", std::string(43, 'A'), "\"")}},
                  Reason::kEnvelopeRequest,
                  "protected_header/x-msg/req"}),
    [](const auto& c) { return c.param.name; });

TEST_F(EnvelopeTest, IgnoresMembersThatAreNotCritical) {
  const std::string header = absl::StrReplaceAll(
      Sealed().protected_header(),
      {{R"("typ")", R"("jku":"https://example.org/keys","typ")"}, {R"("v":1)", R"("v":1,"seq":7)"}});
  EXPECT_OK(OpenNow(Signed(header)));
}

TEST_F(EnvelopeTest, RefusesWhatHasNoHeaderOrIsTooLong) {
  v1::Envelope envelope = Sealed();
  envelope.clear_protected_header();
  EXPECT_THAT(OpenNow(envelope), HasReasonAt(kMalformed, "protected_header"));
  EXPECT_THAT(OpenNow(v1::Envelope()), HasReasonAt(kMalformed, "signature"));
  envelope = Sealed();
  envelope.mutable_signature()->push_back('\0');
  EXPECT_THAT(OpenNow(envelope), HasReasonAt(kMalformed, "signature"));
  envelope = Sealed();
  envelope.mutable_body()->resize(base::kGrpcMessageBytesMax + 1);
  EXPECT_THAT(OpenNow(envelope), HasReasonAt(kMalformed, "body"));
}

TEST_F(EnvelopeTest, RefusesTheSignatureOfAnotherNode) {
  const v1::Envelope envelope = Sealed();
  v1::Envelope forged = Seal(nodes_.france, nodes_.Request(now_), kBody).value();
  EXPECT_THAT(OpenNow(forged), HasReasonAt(Reason::kEnvelopeSignature, "protected_header/kid"));
  forged.set_protected_header(envelope.protected_header());
  EXPECT_THAT(OpenNow(forged), HasReasonAt(Reason::kEnvelopeSignature, "signature"));
}

TEST_F(EnvelopeTest, RefusesASenderWhoIsNotBehindTheConnection) {
  EXPECT_THAT(Open(Sealed(), *nodes_.Directory(), {.audience = "FR", .sender = "FR", .now = now_}),
              HasReason(Reason::kEnvelopeSender));
}

TEST_F(EnvelopeTest, RefusesASenderWhoTakesNoPart) {
  const v1::Envelope envelope = Sealed();
  nodes_.map.mutable_nodes(0)->set_state(federation::v1::NODE_STATE_REVOKED);
  EXPECT_THAT(OpenNow(envelope), HasReason(Reason::kNodeUnknown));
  nodes_.map.mutable_nodes(0)->set_state(federation::v1::NODE_STATE_ACTIVE);
  *nodes_.map.mutable_expire_time() = base::ToProto(now_);
  EXPECT_THAT(OpenNow(envelope), HasReason(Reason::kNodeMapStale));
}

TEST_F(EnvelopeTest, RefusesAKeyOutsideOfItsPeriod) {
  federation::v1::MessageKey* key = nodes_.map.mutable_nodes(0)->mutable_message_keys(0);
  *key->mutable_not_before() = base::ToProto(now_ + absl::Seconds(1));
  EXPECT_THAT(OpenNow(Sealed()), HasReasonAt(Reason::kEnvelopeSignature, "protected_header/kid"));
  *key->mutable_not_before() = base::ToProto(now_);
  EXPECT_OK(OpenNow(Sealed()));
  *key->mutable_not_after() = base::ToProto(now_);
  EXPECT_OK(OpenNow(Sealed()));
  EXPECT_THAT(OpenNow(Sealed(nodes_.Request(now_ + absl::Seconds(1)))), HasReason(Reason::kEnvelopeSignature));
}

TEST_F(EnvelopeTest, TakesRequestsWithinTheFreshnessWindowOnly) {
  Header header = nodes_.Request(now_);
  header.expires_at = now_ + base::kEnvelopeLifeMax;
  const v1::Envelope envelope = Sealed(header);
  constexpr absl::Duration kMore = absl::Milliseconds(1);
  EXPECT_OK(OpenAt(envelope, now_ + base::kFreshnessWindow));
  EXPECT_OK(OpenAt(envelope, now_ - base::kFreshnessWindow));
  constexpr char kIssued[] = "protected_header/x-msg/iat";
  EXPECT_THAT(OpenAt(envelope, now_ + base::kFreshnessWindow + kMore), HasReasonAt(Reason::kEnvelopeStale, kIssued));
  EXPECT_THAT(OpenAt(envelope, now_ - base::kFreshnessWindow - kMore), HasReasonAt(Reason::kEnvelopeStale, kIssued));
}

TEST_F(EnvelopeTest, RefusesARequestAfterItsEnd) {
  Header header = nodes_.Request(now_);
  header.expires_at = now_ + absl::Seconds(10);
  EXPECT_OK(OpenAt(Sealed(header), now_ + absl::Seconds(10)));
  EXPECT_THAT(OpenAt(Sealed(header), now_ + absl::Seconds(11)),
              HasReasonAt(Reason::kEnvelopeStale, "protected_header/x-msg/exp"));
}

TEST_F(EnvelopeTest, TakesAnswersToAnyAttemptHoweverOldAndToNothingElse) {
  const std::string mine = base::Sha256Hex("mine");
  const std::string earlier = base::Sha256Hex("earlier");
  Header header = nodes_.Request(now_);
  header.request = earlier;
  const v1::Envelope answer = Sealed(header);
  constexpr char kRequest[] = "protected_header/x-msg/req";
  EXPECT_OK(OpenAt(answer, now_, {earlier, mine}));
  EXPECT_OK(OpenAt(answer, now_ + absl::Hours(24 * 7), {earlier, mine}));
  EXPECT_THAT(OpenAt(answer, now_ - absl::Seconds(301), {earlier}), HasReason(Reason::kEnvelopeStale));
  EXPECT_THAT(OpenAt(answer, now_, {mine}), HasReasonAt(Reason::kEnvelopeRequest, kRequest));
  EXPECT_THAT(OpenAt(Sealed(), now_, {mine}), HasReasonAt(Reason::kEnvelopeRequest, kRequest));
  EXPECT_THAT(OpenAt(answer, now_), HasReasonAt(Reason::kEnvelopeRequest, kRequest));
}

TEST_F(EnvelopeTest, SealsNothingThatCouldNotBeOpened) {
  Header header = nodes_.Request(now_);
  header.id = "1";
  EXPECT_THAT(Seal(nodes_.norway, header, kBody), HasReasonAt(Reason::kInternal, "protected_header/x-msg/id"));
  header = nodes_.Request(now_);
  header.request = "not a digest";
  EXPECT_THAT(Seal(nodes_.norway, header, kBody), HasReason(Reason::kInternal));
  header = nodes_.Request(now_);
  header.expires_at = absl::InfiniteFuture();
  EXPECT_THAT(Seal(nodes_.norway, header, kBody), HasReason(Reason::kInternal));
}

}  // namespace
}  // namespace passerelle::relay
