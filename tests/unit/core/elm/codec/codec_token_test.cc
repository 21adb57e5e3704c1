#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/elm/codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/elm/codec/credential_text.h"

namespace passerelle::elm {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::string TokenOf(absl::string_view claims, absl::string_view algorithm = "ES256") {
  return absl::StrCat(Header(absl::StrCat(R"({"alg":")", algorithm, R"("})")), ".", base::Base64UrlEncode(claims),
                      ".c2ln");
}

struct Row {
  const char* name;
  const char* claims;   // beside "vc"
  const char* members;  // of the credential
  std::string written;  // members as written, after type
  std::vector<std::string> findings = {};
};

const Row kRows[] = {
    {"nothing to add",
     R"("iss":"did:x:i","jti":"urn:c:1","sub":"did:x:s","nbf":1767225600,"exp":1798761600,"iat":1,"aud":"did:x:v")",
     R"("id":"urn:c:1","issuer":{"id":"did:x:i","type":"Agent"},"credentialSubject":{"id":"did:x:s","type":"Person"},
        "issuanceDate":"2026-01-01T00:00:00Z","expirationDate":"2027-01-01T01:00:00+01:00")",
     R"("credentialSubject":{"id":"did:x:s","type":"Person"},"expirationDate":"2027-01-01T01:00:00+01:00",)"
     R"("issuanceDate":"2026-01-01T00:00:00Z","issuer":{"id":"did:x:i","type":"Agent"})"},
    {"all is in the claims",
     R"("iss":"did:x:i","jti":"urn:c:1","sub":"did:x:s","nbf":1767225600,"exp":1798761600.9)",
     "",
     R"("credentialSubject":{"id":"did:x:s"},"expirationDate":"2027-01-01T00:00:00Z",)"
     R"("issuanceDate":"2026-01-01T00:00:00Z","issuer":{"id":"did:x:i"})",
     {"claim.taken /expirationDate", "claim.taken /issuanceDate", "claim.taken /id", "claim.taken /issuer",
      "claim.taken /credentialSubject"}},
    {"nodes without an id",
     R"("iss":"did:x:i","sub":"did:x:s")",
     R"("id":"urn:c:1","issuer":{"type":"Agent"},"credentialSubject":[{"id":null,"type":"Person"}])",
     R"("credentialSubject":{"id":"did:x:s","type":"Person"},"issuer":{"id":"did:x:i","type":"Agent"})",
     {"claim.taken /issuer", "claim.taken /credentialSubject"}},
    {"another subject, issuer and id",
     R"("iss":"did:x:other","sub":"did:x:other","jti":"urn:c:2")",
     R"("id":"urn:c:1","issuer":"did:x:i","credentialSubject":{"id":"did:x:s","type":"Person"})",
     R"("credentialSubject":{"id":"did:x:s","type":"Person"},"issuer":{"id":"did:x:i"})",
     {"claim.differs /id", "claim.differs /issuer", "claim.differs /credentialSubject"}},
    {"another time: both stay",
     R"("nbf":1767225600,"exp":1798761600)",
     R"("id":"urn:c:1","validUntil":"2030-01-01T00:00:00Z","issuanceDate":"2025-01-01T00:00:00Z")",
     R"("expirationDate":"2027-01-01T00:00:00Z","issuanceDate":["2025-01-01T00:00:00Z","2026-01-01T00:00:00Z"],)"
     R"("validUntil":"2030-01-01T00:00:00Z")",
     {"claim.differs /expirationDate", "claim.differs /issuanceDate", "shape.max /issuanceDate/1"}},
    {"an end that is no date stays beside that of the claim",
     R"("exp":1798761600)",
     R"("id":"urn:c:1","expirationDate":"soon")",
     R"("expirationDate":["soon","2027-01-01T00:00:00Z"])",
     {"claim.differs /expirationDate"}},
    {"the end by its other name", R"("exp":1798761600)", R"("id":"urn:c:1","validUntil":"2027-01-01T00:00:00Z")",
     R"("validUntil":"2027-01-01T00:00:00Z")"},
    {"the begin by the name of a later model", R"("nbf":1767225600)", R"("id":"urn:c:1","validFrom":"2026-01-01")",
     R"("validFrom":"2026-01-01")"},
    {"another begin of validity is no other issuance",
     R"("nbf":1767225600)",
     R"("id":"urn:c:1","validFrom":"2026-02-01")",
     R"("issuanceDate":"2026-01-01T00:00:00Z","validFrom":"2026-02-01")",
     {"claim.taken /issuanceDate"}},
    {"claims of another kind",
     R"("iss":7,"sub":["did:x:s"],"jti":"","nbf":"1767225600","exp":1e300)",
     R"("id":"urn:c:1")",
     "",
     {"claim.malformed /expirationDate", "claim.malformed /issuanceDate", "claim.malformed /id",
      "claim.malformed /issuer", "claim.malformed /credentialSubject"}},
    {"a member that is no claim", R"("x":1)", R"("id":"urn:c:1")", "", {"envelope.member "}},
};

// Verifiable Credentials Data Model 1.1, 6.3.1: what the credential lacks, the claims of the token say; what both say
// differently is told with its place, and no date is lost.
TEST(CodecTokenTest, ClaimsCompleteTheCredentialInIt) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    const std::string claims = absl::StrCat(R"({"vc":)", Credential(row.members), ",", row.claims, "}");
    for (const std::string& text : {claims, TokenOf(claims)}) {
      EXPECT_TRUE(LooksLikeCredential(text));
      ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(text));
      EXPECT_THAT(RulesOf(read), ElementsAreArray(row.findings));
      EXPECT_EQ(read.credential->id(), "urn:c:1");
      const std::string type = R"("type":["VerifiableCredential","EuropeanDigitalCredential"])";
      EXPECT_THAT(Write(read.credential),
                  ::testing::EndsWith(absl::StrCat(type, row.written.empty() ? "" : ",", row.written, "}")));
    }
  }
}

// The second model has the claims among the members of the credential, and the European model none of them.
TEST(CodecTokenTest, ClaimsThatStandInTheCredentialItselfCount) {
  ASSERT_OK_AND_ASSIGN(const ReadCredential read,
                       Read(TokenOf(Credential(R"("id":"urn:c:1","exp":1798761600,"sub":"did:x:s","iss":"did:x:i",)"
                                               R"("credentialSubject":{"id":"did:x:a","type":"Person"})"))));
  EXPECT_THAT(RulesOf(read),
              ElementsAre("claim.taken /expirationDate", "claim.taken /issuer", "claim.differs /credentialSubject",
                          "json.unknown-member /exp", "json.unknown-member /sub", "json.unknown-member /iss"));
  EXPECT_THAT(read.credential->expiration_date(), ElementsAre("2027-01-01T00:00:00Z"));
}

// Whose credential it is says one of several subjects, or nobody.
TEST(CodecTokenTest, AClaimNamesOneOfSeveralSubjects) {
  const char* const subjects = R"("credentialSubject":[{"id":"did:x:a","type":"Person"},{"id":"did:x:b"}])";
  for (const auto& [subject, differs] : {std::pair{"did:x:b", false}, std::pair{"did:x:c", true}}) {
    ASSERT_OK_AND_ASSIGN(const ReadCredential read,
                         Read(absl::StrCat(R"({"sub":")", subject, R"(","vc":)", Credential(subjects), "}")));
    const std::vector<std::string> rules = RulesOf(read);
    EXPECT_EQ(std::count(rules.begin(), rules.end(), "claim.differs /credentialSubject"), differs) << subject;
  }
}

TEST(CodecTokenTest, ASealThatIsNoneIsNamed) {
  const std::string bare = Credential("");
  const std::string none = Header(R"({"alg":"nOnE"})");
  const std::string payload = base::Base64UrlEncode(bare);
  for (const std::string& text :
       {TokenOf(bare, "none"), TokenOf(absl::StrCat(R"({"vc":)", bare, "}"), "None") + "\n",
        absl::StrCat(R"({"payload":")", payload, R"(","protected":")", none, R"(","signature":""})"),
        absl::StrCat(R"({"payload":")", payload, R"(","signatures":[{"protected":")", Header(R"({"alg":"ES256"})"),
                     R"(","signature":"c2ln"},{"protected":")", none, R"(","signature":""}]})")}) {
    ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(text));
    EXPECT_THAT(RulesOf(read), ::testing::Contains("seal.none "));
    EXPECT_EQ(read.envelope, Envelope::kSealed);
  }
  ASSERT_OK_AND_ASSIGN(const ReadCredential read, Read(TokenOf(bare)));
  EXPECT_THAT(RulesOf(read), ::testing::Not(::testing::Contains("seal.none ")));
}

// A presentation says of itself what it holds; it is no credential for that.
TEST(CodecTokenTest, ATokenAroundACredentialIsNotOne) {
  const std::string presented =
      absl::StrCat(R"({"type":"VerifiablePresentation","verifiableCredential":[)", Credential(""), "]}");
  for (const std::string& claims : {absl::StrCat(R"({"vp":)", presented, "}"), presented,
                                    absl::StrCat(R"({"credentials":[)", Credential(""), "]}")}) {
    EXPECT_FALSE(LooksLikeCredential(TokenOf(claims))) << claims;
    EXPECT_FALSE(LooksLikeCredential(absl::StrCat(R"({"payload":)", Quoted(claims), R"(,"signature":""})"))) << claims;
  }
  // Wherever the type stands in a long one.
  const std::string picture = absl::StrCat(R"("displayParameter":{"x":")", std::string(500'000, 'a'), R"("})");
  for (const char* const padding : {"", "a", "ab"}) {
    const std::string late = absl::StrCat("{", picture, R"(,"y":")", padding, R"(",)", Credential("").substr(1));
    EXPECT_TRUE(LooksLikeCredential(TokenOf(late))) << padding;
  }
  EXPECT_FALSE(LooksLikeCredential("\xef\xbb\xbf" + TokenOf(Credential(""))));
  // A broken one is left to the reader, which says where.
  EXPECT_TRUE(LooksLikeCredential("e30." + base::Base64UrlEncode(Credential("")) + "_.c2ln"));
}

}  // namespace
}  // namespace passerelle::elm
