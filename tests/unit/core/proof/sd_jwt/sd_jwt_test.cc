#include "core/proof/sd_jwt/sd_jwt.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/limits.h"
#include "core/proof/sd_jwt/issue.h"
#include "tests/support/fake_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::FakeRandom;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::TestSigner;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kAudience[] = "https://gateway.example";
constexpr char kNonce[] = "n-1";

class SdJwtTest : public ::testing::Test {
 protected:
  SdJwtTest() {
    keys_.Add(*PublicKey::FromJwk(issuer_.verification_key().jwk()), "k1");
    content_.key_id = "k1";
    content_.claims = absl::StrCat(
        R"({"iss":"https://school.example","vct":"urn:example:badge","iat":1893456000,"exp":1925000000,"cnf":{"jwk":)",
        holder_.verification_key().jwk(),
        R"(},"title":"Welding","ects":3,"name":{"given":"Ada","family":"Berg"},"outcomes":["one","two"]})");
    content_.withholdable = {"/title", "/name", "/name/family", "/outcomes/1"};
  }

  std::string Issue() { return *IssueSdJwt(content_, issuer_, random_); }
  SdJwtVerdict Verify(absl::string_view text) const { return VerifySdJwt(text, keys_, now_, demands_); }
  // The reasons for which a presentation is refused.
  std::vector<Reason> Refusals(absl::string_view text) const {
    const SdJwtVerdict verdict = Verify(text);
    EXPECT_EQ(verdict.claims.has_value(), verdict.verified);
    std::vector<Reason> reasons;
    for (const Finding& finding : verdict.findings.list()) {
      if (finding.weight == Weight::kRefusal) reasons.push_back(finding.reason);
    }
    return reasons;
  }

  const SigningKey issuer_ = *SigningKey::Generate(KeyAlgorithm::kEs256);
  const SigningKey holder_ = *SigningKey::Generate(KeyAlgorithm::kEdDsa);
  const absl::Time now_ = absl::FromUnixSeconds(1'900'000'000);
  FakeRandom random_;
  KeySet keys_;
  SdJwtContent content_;
  SdJwtDemands demands_;
};

TEST_F(SdJwtTest, WhatIsIssuedVerifiesWithEveryChoiceOfTheHolder) {
  const std::string issued = Issue();
  const SdJwtVerdict whole = Verify(issued);
  ASSERT_TRUE(whole.Accepted());
  EXPECT_THAT(whole.disclosed, ElementsAre("/outcomes/1", "/name", "/name/family", "/title"));
  EXPECT_THAT(whole.withheld, IsEmpty());
  EXPECT_FALSE(whole.bound_to_holder);
  EXPECT_EQ(base::FindString(*base::AsObject(whole.claims->root()), "title"), "Welding");
  // 0 is the title, 1 the family name within 2, the name; 3 is the second outcome.
  ASSERT_OK_AND_ASSIGN(const std::string some, PresentSdJwt(issued, {2}));
  const SdJwtVerdict verdict = Verify(some);
  ASSERT_TRUE(verdict.Accepted());
  EXPECT_THAT(verdict.disclosed, ElementsAre("/name"));
  EXPECT_THAT(verdict.withheld, ElementsAre("/outcomes", "/name", ""));
  // The family name without the name has no place to stand in.
  ASSERT_OK_AND_ASSIGN(const std::string loose, PresentSdJwt(issued, {1}));
  EXPECT_THAT(Refusals(loose), ElementsAre(Reason::kDisclosure));
}

TEST_F(SdJwtTest, KeyBindingIsToThisReceiverThisRequestAndNow) {
  demands_.key_binding = {kAudience, kNonce};
  const std::string issued = Issue();
  const auto bind = [&](absl::string_view audience, absl::string_view nonce, absl::Duration age) {
    return *BindSdJwt(issued, holder_, audience, nonce, now_ - age);
  };
  const std::string good = bind(kAudience, kNonce, absl::ZeroDuration());
  EXPECT_TRUE(Verify(good).Accepted());
  EXPECT_TRUE(Verify(good).bound_to_holder);
  EXPECT_THAT(Refusals(issued), ElementsAre(Reason::kKeyBinding));
  EXPECT_THAT(Refusals(bind("https://other.example", kNonce, absl::ZeroDuration())), ElementsAre(Reason::kKeyBinding));
  EXPECT_THAT(Refusals(bind(kAudience, "n-2", absl::ZeroDuration())), ElementsAre(Reason::kKeyBinding));
  EXPECT_THAT(Refusals(bind(kAudience, kNonce, base::kKeyBindingAgeMax + absl::Seconds(1))),
              ElementsAre(Reason::kKeyBindingOld));
  EXPECT_THAT(Refusals(bind(kAudience, kNonce, -absl::Hours(1))), ElementsAre(Reason::kKeyBindingOld));
  EXPECT_TRUE(Verify(bind(kAudience, kNonce, base::kKeyBindingAgeMax)).Accepted());
  const SigningKey thief = *SigningKey::Generate(KeyAlgorithm::kEdDsa);
  EXPECT_THAT(Refusals(*BindSdJwt(issued, thief, kAudience, kNonce, now_)),
              ElementsAre(Reason::kSignatureInvalid, Reason::kKeyBinding));
  EXPECT_THAT(BindSdJwt(good, holder_, kAudience, kNonce, now_), HasReason(Reason::kSdJwtMalformed));
}

TEST_F(SdJwtTest, ADisclosureMoreOrLessBreaksTheBinding) {
  const std::string issued = Issue();
  ASSERT_OK_AND_ASSIGN(const std::string one, PresentSdJwt(issued, {0}));
  ASSERT_OK_AND_ASSIGN(const std::string bound, BindSdJwt(one, holder_, kAudience, kNonce, now_));
  const std::string binding = bound.substr(one.size());
  EXPECT_TRUE(Verify(bound).Accepted());
  EXPECT_THAT(Refusals(absl::StrCat(issued, binding)), ElementsAre(Reason::kKeyBinding));
  ASSERT_OK_AND_ASSIGN(const std::string none, PresentSdJwt(issued, {}));
  EXPECT_THAT(Refusals(absl::StrCat(none, binding)), ElementsAre(Reason::kKeyBinding));
}

TEST_F(SdJwtTest, NoOtherByteVerifies) {
  content_.withholdable = {"/title", "/outcomes/1"};
  const std::string bound = *BindSdJwt(Issue(), holder_, kAudience, kNonce, now_);
  for (size_t i = 0; i < bound.size(); ++i) {
    std::string changed = bound;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Verify(changed).verified) << i;
  }
}

TEST_F(SdJwtTest, TypeTimesAndClaimsAreThoseOfTheProfile) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  KeySet keys;
  keys.Add(signer.public_key());
  const struct {
    const char* type;
    const char* payload;
    Reason reason;
    bool any_type = false;
  } cases[] = {
      {"JWT", R"({"vct":"v"})", Reason::kTokenType},
      {"kb+jwt", R"({"vct":"v"})", Reason::kTokenType},
      {"DC+SD-JWT", R"({"vct":"v"})", Reason::kTokenType},
      {"dc+sd-jwt", R"({})", Reason::kClaimInvalid},
      {"dc+sd-jwt", R"({"@context":[]})", Reason::kClaimInvalid},
      {"dc+sd-jwt", R"({"vct":7})", Reason::kClaimInvalid},
      {"dc+sd-jwt", R"({"vct":"v","iss":["a"]})", Reason::kClaimInvalid},
      {"dc+sd-jwt", R"({"vct":"v","exp":1800000000})", Reason::kExpired},
      {"dc+sd-jwt", R"({"vct":"v","exp":"2090"})", Reason::kClaimInvalid},
      {"dc+sd-jwt", R"({"vct":"v","nbf":1990000000})", Reason::kNotYetValid},
      {"anything", R"({"exp":1800000000})", Reason::kExpired, true},
  };
  for (const auto& one : cases) {
    const std::string token = signer.Token(absl::StrCat(R"("typ":")", one.type, R"(")"), one.payload);
    const SdJwtVerdict verdict = VerifySdJwt(absl::StrCat(token, "~"), keys, now_, {one.any_type, std::nullopt});
    EXPECT_TRUE(verdict.verified && verdict.findings.refused()) << one.type << one.payload;
    EXPECT_TRUE(std::any_of(verdict.findings.list().begin(), verdict.findings.list().end(),
                            [&](const Finding& finding) { return finding.reason == one.reason; }))
        << one.type << one.payload;
  }
  const std::string w3c =
      signer.Token(R"("typ":"vc+sd-jwt")", R"({"@context":["https://www.w3.org/ns/credentials/v2"]})");
  EXPECT_TRUE(VerifySdJwt(absl::StrCat(w3c, "~"), keys, now_, {}).Accepted());
  for (const char* const type : {"dc+sd-jwt", "vc+sd-jwt"}) {
    const std::string token = signer.Token(absl::StrCat(R"("typ":")", type, R"(")"), R"({"vct":"v"})");
    EXPECT_TRUE(VerifySdJwt(absl::StrCat(token, "~"), keys, now_, {}).Accepted()) << type;
  }
}

TEST_F(SdJwtTest, WhatEverybodyMustSeeMayNotBeDisclosedByChoice) {
  const TestSigner signer(KeyAlgorithm::kEs256);
  KeySet keys;
  keys.Add(signer.public_key());
  for (const char* const name : {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"}) {
    const std::string disclosure = base::Base64UrlEncode(absl::StrCat(R"(["s",")", name, R"(","x"])"));
    const std::string digest = base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, disclosure));
    const std::string token = signer.Token(R"("typ":"dc+sd-jwt")", absl::StrCat(R"({"_sd":[")", digest, R"("]})"));
    const SdJwtVerdict verdict = VerifySdJwt(absl::StrCat(token, "~", disclosure, "~"), keys, now_, {});
    EXPECT_TRUE(std::any_of(verdict.findings.list().begin(), verdict.findings.list().end(), [](const Finding& finding) {
      return finding.reason == Reason::kClaimDisclosed;
    })) << name;
  }
  content_.withholdable = {"/exp"};
  EXPECT_THAT(IssueSdJwt(content_, issuer_, random_), HasReasonAt(Reason::kClaimDisclosed, "/exp"));
}

TEST_F(SdJwtTest, UnsecuredAndForeignTokensAreNotVerified) {
  const std::string issued = Issue();
  const std::string none = absl::StrCat(base::Base64UrlEncode(R"({"alg":"none","typ":"dc+sd-jwt"})"), ".",
                                        base::Base64UrlEncode(R"({"vct":"v"})"), ".~");
  EXPECT_FALSE(Verify(none).verified);
  KeySet others;
  others.Add(*PublicKey::FromJwk(holder_.verification_key().jwk()), "k1");
  EXPECT_FALSE(VerifySdJwt(issued, others, now_, {}).verified);
  EXPECT_FALSE(Verify("").verified);
  EXPECT_FALSE(Verify(issued.substr(0, issued.size() - 1)).verified);
}

TEST_F(SdJwtTest, IssuingRefusesWhatCouldNotBeRead) {
  for (const auto& [claims, withholdable] :
       std::vector<std::pair<std::string, std::string>>{{"[]", ""},
                                                        {R"({"_sd":[]})", ""},
                                                        {R"({"a":{"...":1}})", ""},
                                                        {R"({"_sd_alg":"x"})", ""},
                                                        {"{}", "/a"},
                                                        {R"({"a":[1]})", "/a/1"}}) {
    content_.claims = claims;
    content_.withholdable.clear();
    if (!withholdable.empty()) content_.withholdable.insert(withholdable);
    EXPECT_THAT(IssueSdJwt(content_, issuer_, random_), HasReason(Reason::kFieldInvalid)) << claims;
  }
  content_.claims = "{";
  EXPECT_THAT(IssueSdJwt(content_, issuer_, random_), HasReason(Reason::kJsonMalformed));
  EXPECT_THAT(PresentSdJwt("a.b.c~d~", {1}), HasReason(Reason::kFieldInvalid));
}

}  // namespace
}  // namespace passerelle::proof
