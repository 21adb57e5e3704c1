#include "core/proof/status/signed_status_list.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "tests/support/data_integrity_signer.h"
#include "tests/support/deflate.h"
#include "tests/support/fake_status_lists.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::Problem;
using ::passerelle::base::Reason;
using ::passerelle::testing::Deflated;
using ::passerelle::testing::FakeStatusLists;
using ::passerelle::testing::TestSigner;
using ::passerelle::testing::Wrapping;

constexpr char kIssuer[] = "https://school.example";
constexpr char kList[] = "https://school.example/list";
const absl::Time kFetched = absl::FromUnixSeconds(1'900'000'000);

class SignedStatusListTest : public ::testing::Test {
 protected:
  SignedStatusListTest() {
    signers_.keys = [this](absl::string_view issuer) -> absl::StatusOr<KeySet> {
      if (issuer != kIssuer) return Problem(Reason::kKeyNotFound, "issuer");
      KeySet keys;
      keys.Add(signer_.public_key(), "k");
      return keys;
    };
  }

  static StatusReference Reference(const std::string& credential) {
    const base::JsonDocument document = *base::JsonDocument::Parse(credential);
    return ReadStatusReferences(*base::AsObject(document.root()))->known.at(0);
  }
  static StatusReference TokenReference(int index) {
    return Reference(absl::StrCat(R"({"iss":")", kIssuer, R"(","status":{"status_list":{"idx":)", index, R"(,"uri":")",
                                  kList, R"("}}})"));
  }
  static StatusReference BitstringReference(int index, absl::string_view issuer = kIssuer) {
    return Reference(absl::StrCat(R"({"issuer":")", issuer,
                                  R"(","credentialStatus":{"type":"BitstringStatusListEntry",)",
                                  R"("statusPurpose":"revocation","statusListIndex":")", index,
                                  R"(","statusListCredential":")", kList, R"("}})"));
  }
  // Entries 0 to 3 of two bits: valid, invalid, suspended, the issuer's own.
  static std::string TokenClaims(absl::string_view more = "") {
    return absl::StrCat(R"({"sub":")", kList, R"(","iat":1899999000)", more, R"(,"status_list":{"bits":2,"lst":")",
                        Deflated("\xe4", Wrapping::kZlib), R"("}})");
  }
  // A list credential in which the entry 0 is revoked.
  static std::string Credential(absl::string_view issuer = kIssuer) {
    std::string bits(131072 / 8, '\0');
    bits[0] = '\x80';
    return absl::StrCat(R"({"@context":["https://www.w3.org/ns/credentials/v2"],"id":")", kList,
                        R"(","type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":")", issuer,
                        R"(","validFrom":"2024-01-01T00:00:00Z","credentialSubject":{"id":")", kList,
                        R"(#list","type":"BitstringStatusList","statusPurpose":"revocation","encodedList":"u)",
                        Deflated(bits, Wrapping::kGzip), R"("}})");
  }

  void Put(const std::string& bytes) { lists_.Put(kList, bytes, kFetched); }
  std::string Token(absl::string_view typ, absl::string_view payload) const {
    return signer_.Token(absl::StrCat(R"("kid":"k","typ":")", typ, "\""), payload);
  }
  StatusOutcome Check(const StatusReference& reference, absl::Duration age = absl::Minutes(1)) const {
    return CheckSignedStatus(reference, lists_, signers_, kFetched + age);
  }

  const TestSigner signer_{KeyAlgorithm::kEs256};
  StatusSigners signers_;
  FakeStatusLists lists_;
};

TEST_F(SignedStatusListTest, ATokenOfTheIssuerTellsTheStatusAndItsAge) {
  Put(Token("statuslist+jwt", TokenClaims()));
  EXPECT_EQ(Check(TokenReference(0)).state, StatusState::kGood);
  EXPECT_EQ(Check(TokenReference(0)).age, absl::Minutes(1));
  EXPECT_EQ(Check(TokenReference(1)).state, StatusState::kRevoked);
  EXPECT_FALSE(Check(TokenReference(1)).weak);
  const StatusOutcome stale = Check(TokenReference(0), absl::Hours(2));
  EXPECT_EQ(stale.state, StatusState::kUnknown);
  EXPECT_EQ(stale.reason, Reason::kStatusStale);
  EXPECT_TRUE(stale.within_grace);
  // What was revoked stays so, also when the list has ended since.
  Put(Token("statuslist+jwt", TokenClaims(R"(,"exp":1900000300)")));
  EXPECT_EQ(Check(TokenReference(1), absl::Hours(2)).state, StatusState::kRevoked);
}

TEST_F(SignedStatusListTest, NothingIsSaidByAListThatIsNotTheIssuers) {
  const auto reason_of = [&](const StatusReference& reference) {
    const StatusOutcome outcome = Check(reference);
    EXPECT_EQ(outcome.state, StatusState::kUnknown);
    return outcome.reason;
  };
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kNoEvidence);
  const TestSigner stranger(KeyAlgorithm::kEs256);
  Put(stranger.Token(R"("kid":"k","typ":"statuslist+jwt")", TokenClaims()));
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kSignatureInvalid);
  Put(Token("JWT", TokenClaims()));
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kTokenType);
  Put(Token("statuslist+jwt", absl::StrReplaceAll(TokenClaims(), {{"1899999000", "1900009000"}})));
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kNotYetValid);
  Put(Token("statuslist+jwt", TokenClaims(R"(,"exp":1899990000)")));
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kExpired);
  Put("no list");
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kJwsMalformed);
  StatusReference elsewhere = TokenReference(1);
  elsewhere.issuer = "https://other.example";
  EXPECT_EQ(reason_of(elsewhere), Reason::kKeyNotFound);
  signers_.keys = nullptr;
  EXPECT_EQ(reason_of(TokenReference(1)), Reason::kKeyNotFound);
}

TEST_F(SignedStatusListTest, EveryChangedCharacterOfATokenSilencesIt) {
  const std::string token = Token("statuslist+jwt", TokenClaims());
  for (size_t i = 0; i < token.size(); i += 3) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    Put(changed);
    EXPECT_EQ(Check(TokenReference(0)).state, StatusState::kUnknown) << i;
  }
}

TEST_F(SignedStatusListTest, ACredentialAsATokenTellsTheStatus) {
  Put(Token("vc+jwt", Credential()));
  EXPECT_EQ(Check(BitstringReference(0)).state, StatusState::kRevoked);
  EXPECT_EQ(Check(BitstringReference(1)).state, StatusState::kGood);
  Put(Token("vc+jwt", Credential("https://other.example")));
  EXPECT_EQ(Check(BitstringReference(0)).reason, Reason::kStatusList);
}

TEST_F(SignedStatusListTest, ACredentialWithADataIntegrityProofTellsTheStatus) {
  const TestSigner issuer(KeyAlgorithm::kEdDsa);
  const std::string did = testing::DidKey(issuer);
  const std::string document = Credential(did);
  const std::string members = testing::ProofMembers("eddsa-jcs-2022", testing::DidKeyMethod(issuer));
  const std::string sealed =
      testing::WithProof(document, testing::MakeProof(document, "eddsa-jcs-2022", issuer, members));
  Put(sealed);
  EXPECT_EQ(Check(BitstringReference(0, did)).state, StatusState::kRevoked);
  EXPECT_EQ(Check(BitstringReference(7, did)).state, StatusState::kGood);
  // Another one's list is none of this credential.
  EXPECT_EQ(Check(BitstringReference(0)).state, StatusState::kUnknown);
  Put(absl::StrReplaceAll(sealed, {{"2024-01-01", "2024-01-02"}}));
  EXPECT_EQ(Check(BitstringReference(0, did)).reason, Reason::kSignatureInvalid);
}

TEST_F(SignedStatusListTest, AListThatNobodySignsIsWeak) {
  const StatusReference badge = OpenBadges2Reference(kList, "urn:example:badge:1", kIssuer);
  Put(absl::StrCat(R"({"id":")", kList, R"(","type":"RevocationList","issuer":")", kIssuer,
                   R"(","revokedAssertions":["urn:example:badge:1"]})"));
  EXPECT_EQ(Check(badge).state, StatusState::kRevoked);
  EXPECT_TRUE(Check(badge).weak);
  Put("[]");
  EXPECT_EQ(Check(badge).reason, Reason::kStatusList);
}

}  // namespace
}  // namespace passerelle::proof
