#include "core/proof/vc_jwt.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::TestSigner;

struct Row {
  const char* name;
  const char* type;  // of the token; empty for none
  const char* payload;
  Reason reason;  // of the first refusal; kInternal for none
};

class VcJwtTest : public ::testing::TestWithParam<Row> {
 protected:
  VcJwtTest() { keys_.Add(signer_.public_key(), "k"); }

  VcJwtVerdict Verify(absl::string_view type, absl::string_view payload, absl::string_view at = "2025-06-01") const {
    const std::string typ = type.empty() ? "" : absl::StrCat(R"(,"typ":")", type, R"(")");
    return VerifyVcJwt(signer_.Token(absl::StrCat(R"("kid":"k")", typ), payload), keys_, *base::ParseDateTime(at));
  }

  const TestSigner signer_{KeyAlgorithm::kEs256};
  KeySet keys_;
};

#define V2 R"("@context":["https://www.w3.org/ns/credentials/v2"],"issuer":"https://school.example")"
#define V1 R"("@context":["https://www.w3.org/2018/credentials/v1"],"issuer":{"id":"https://school.example"})"

constexpr Row kRows[] = {
    {"Model20", "vc+jwt", "{" V2 "}", Reason::kInternal},
    {"Model20OlderType", "vc-ld+jwt", "{" V2 "}", Reason::kInternal},
    {"OpenBadges", "JWT", "{" V2 "}", Reason::kInternal},
    {"NoType", "", "{" V2 "}", Reason::kInternal},
    {"Presentation", "vp+jwt", R"({"@context":["https://www.w3.org/ns/credentials/v2"],"holder":"a","iss":"a"})",
     Reason::kInternal},
    {"PresentationOfAnother", "vp+jwt", R"({"@context":["x"],"holder":"a","iss":"b"})", Reason::kClaimInvalid},
    {"StatusList", "statuslist+jwt", "{" V2 "}", Reason::kTokenType},
    {"KeyBinding", "kb+jwt", "{" V2 "}", Reason::kTokenType},
    {"AccessToken", "at+jwt", "{" V2 "}", Reason::kTokenType},
    {"TypeInOtherLetters", "VC+JWT", "{" V2 "}", Reason::kTokenType},
    {"ClaimVc", "vc+jwt", "{" V2 R"(,"vc":{}})", Reason::kTokenType},
    {"ClaimVp", "vc+jwt", "{" V2 R"(,"vp":{}})", Reason::kClaimInvalid},
    {"NoCredential", "vc+jwt", R"({"iss":"https://school.example"})", Reason::kClaimInvalid},
    {"OtherIssuer", "vc+jwt", "{" V2 R"(,"iss":"https://other.example"})", Reason::kClaimInvalid},
    {"SameIssuer", "vc+jwt", "{" V2 R"(,"iss":"https://school.example"})", Reason::kInternal},
    {"IssuerNumber", "vc+jwt", "{" V2 R"(,"iss":7})", Reason::kClaimInvalid},
    {"NotJson", "vc+jwt", "credential", Reason::kJsonMalformed},
    {"Array", "vc+jwt", "[]", Reason::kClaimInvalid},
    {"DuplicateMember", "vc+jwt", "{" V2 "," V2 "}", Reason::kJsonDuplicateMember},
    {"NotUtf8", "vc+jwt", "{" V2 ",\"a\":\"\xff\"}", Reason::kJsonNotUtf8},
    {"Expired", "vc+jwt", "{" V2 R"(,"exp":1748735000})", Reason::kExpired},
    {"ExpiredWithinTheSkew", "vc+jwt", "{" V2 R"(,"exp":1748735900})", Reason::kInternal},
    {"NotYetValid", "vc+jwt", "{" V2 R"(,"nbf":1748736400})", Reason::kNotYetValid},
    {"NotYetValidWithinTheSkew", "vc+jwt", "{" V2 R"(,"nbf":1748736200})", Reason::kInternal},
    {"ExpText", "vc+jwt", "{" V2 R"(,"exp":"4102444800"})", Reason::kClaimInvalid},
    {"NbfText", "vc+jwt", "{" V2 R"(,"nbf":"1"})", Reason::kClaimInvalid},
    {"ExpHuge", "vc+jwt", "{" V2 R"(,"exp":1e300})", Reason::kClaimInvalid},
    {"IatText", "vc+jwt", "{" V2 R"(,"iat":"2024-01-01"})", Reason::kInternal},
    {"ValidUntilPast", "vc+jwt", "{" V2 R"(,"validUntil":"2025-05-31T00:00:00Z"})", Reason::kExpired},
    {"ValidUntilBeyondTheSkew", "vc+jwt", "{" V2 R"(,"validUntil":"2025-05-31T23:54:59Z"})", Reason::kExpired},
    {"ValidUntilWithinTheSkew", "vc+jwt", "{" V2 R"(,"validUntil":"2025-05-31T23:55:00Z"})", Reason::kInternal},
    {"ValidUntilFuture", "vc+jwt", "{" V2 R"(,"validUntil":"2025-06-01T00:00:01Z"})", Reason::kInternal},
    {"ValidUntilNonsense", "vc+jwt", "{" V2 R"(,"validUntil":"soon"})", Reason::kClaimInvalid},
    {"ValidFromFuture", "vc+jwt", "{" V2 R"(,"validFrom":"2026-01-01T00:00:00Z"})", Reason::kNotYetValid},
    {"Model11", "JWT", R"({"iss":"https://school.example","vc":{)" V1 "}}", Reason::kInternal},
    {"Model11AllClaims", "JWT",
     R"({"iss":"https://school.example","jti":"urn:1","sub":"urn:2","vc":{"id":"urn:1",)" V1
     R"(,"credentialSubject":{"id":"urn:2"}}})",
     Reason::kInternal},
    {"Model11OtherIssuer", "JWT", R"({"iss":"https://other.example","vc":{)" V1 "}}", Reason::kClaimInvalid},
    {"Model11OtherId", "JWT", R"({"jti":"urn:3","vc":{"id":"urn:1",)" V1 "}}", Reason::kClaimInvalid},
    {"Model11OtherSubject", "JWT", R"({"sub":"urn:3","vc":{"credentialSubject":{"id":"urn:2"},)" V1 "}}",
     Reason::kClaimInvalid},
    {"Model11IssuerWithoutId", "JWT", R"({"iss":"https://school.example","vc":{"issuer":{"name":"School"}}})",
     Reason::kInternal},
    {"Model11SubjectInAnArray", "JWT", R"({"sub":"urn:3","vc":{"credentialSubject":[{"id":"urn:2"}],)" V1 "}}",
     Reason::kClaimInvalid},
    {"Model11OneOfSeveralSubjects", "JWT",
     R"({"sub":"urn:3","vc":{"credentialSubject":[{"id":"urn:2"},{"id":"urn:3"}],)" V1 "}}", Reason::kInternal},
    {"Model11NoneOfSeveralSubjects", "JWT",
     R"({"sub":"urn:3","vc":{"credentialSubject":[{"id":"urn:2"},{"name":"?"}],)" V1 "}}", Reason::kClaimInvalid},
    {"Model11SubjectNumber", "JWT", R"({"sub":3,"vc":{)" V1 "}}", Reason::kClaimInvalid},
    {"Model11NoType", "", R"({"vc":{)" V1 "}}", Reason::kTokenType},
    {"Model11VcText", "JWT", R"({"vc":"text"})", Reason::kClaimInvalid},
    {"Model11NoVc", "JWT", R"({"iss":"https://school.example"})", Reason::kClaimInvalid},
    {"Model11Expired", "JWT", R"({"vc":{"expirationDate":"2025-01-01T00:00:00Z",)" V1 "}}", Reason::kExpired},
    {"Model11Future", "JWT", R"({"vc":{"issuanceDate":"2026-01-01T00:00:00Z",)" V1 "}}", Reason::kNotYetValid},
};

TEST_P(VcJwtTest, HasItsAnswer) {
  const Row& row = GetParam();
  const VcJwtVerdict verdict = Verify(row.type, row.payload);
  EXPECT_TRUE(verdict.verified);
  EXPECT_EQ(verdict.Accepted(), row.reason == Reason::kInternal);
  for (const Finding& finding : verdict.findings.list()) {
    if (finding.weight != Weight::kRefusal) continue;
    EXPECT_EQ(finding.reason, row.reason) << finding.place << ": " << finding.detail;
    break;
  }
  EXPECT_TRUE(!verdict.Accepted() || verdict.credential.has_value());
}

INSTANTIATE_TEST_SUITE_P(All, VcJwtTest, ::testing::ValuesIn(kRows),
                         [](const auto& c) { return std::string(c.param.name); });

using VcJwt = VcJwtTest;

TEST_F(VcJwt, HandsOutNothingThatIsNotSigned) {
  const TestSigner stranger(KeyAlgorithm::kEs256);
  const VcJwtVerdict verdict =
      VerifyVcJwt(stranger.Token(R"("kid":"k","typ":"vc+jwt")", "{" V2 "}"), keys_, absl::UnixEpoch());
  EXPECT_FALSE(verdict.verified);
  EXPECT_FALSE(verdict.claims.has_value());
  EXPECT_FALSE(VerifyVcJwt("no token", keys_, absl::UnixEpoch()).verified);
}

TEST_F(VcJwt, RefusesPayloadsThatAreNestedTooDeep) {
  const auto nested = [](size_t levels) {
    return absl::StrCat("{" V2 ",\"x\":", std::string(levels, '['), "1", std::string(levels, ']'), "}");
  };
  EXPECT_TRUE(Verify("vc+jwt", nested(base::kTokenNestingMax - 1)).Accepted());
  EXPECT_FALSE(Verify("vc+jwt", nested(base::kTokenNestingMax)).Accepted());
  EXPECT_FALSE(Verify("vc+jwt", nested(20000)).Accepted());
}

TEST_F(VcJwt, IsJudgedAsOfTheTimeAsked) {
  const std::string payload =
      absl::StrCat("{" V2 R"(,"validFrom":"2024-01-01T00:00:00Z",)", R"("validUntil":"2025-01-01T00:00:00Z"})");
  EXPECT_FALSE(Verify("vc+jwt", payload, "2023-12-31").Accepted());
  EXPECT_TRUE(Verify("vc+jwt", payload, "2024-06-01").Accepted());
  EXPECT_FALSE(Verify("vc+jwt", payload, "2025-06-01").Accepted());
}

#undef V1
#undef V2

}  // namespace
}  // namespace passerelle::proof
