// Badges of version 2.0 as tokens: their content names issuer, key, dates and list, not their header.
#include "core/authenticity/signed_badge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

using ::testing::HasSubstr;

constexpr char kIssuer[] = "https://fjord.example/badges/issuer";
constexpr char kKey[] = "https://fjord.example/badges/key-1";
constexpr char kRevocations[] = "https://fjord.example/badges/revoked";

const testing::TestSigner& BadgeSigner() {
  static const auto& signer = *new testing::TestSigner(proof::KeyAlgorithm::kRs256);
  return signer;
}

// Whose class it is: the profile within the assertion, its address, or nothing, where the class itself is an address.
std::string Profile() { return absl::StrCat(R"({"id":")", kIssuer, R"(","type":"Issuer","name":"Fjord School"})"); }
std::string ProfileWithList() {
  return absl::StrReplaceAll(Profile(), {{"}", absl::StrCat(R"(,"revocationList":")", kRevocations, R"("})")}});
}
std::string ClassBy(const std::string& issuer) {
  return absl::StrCat(R"({"id":"https://fjord.example/badges/bees","type":"BadgeClass","name":"Beekeeping","issuer":)",
                      issuer, "}");
}

struct BadgeFacts {
  std::string badge = ClassBy(Profile());
  std::string key = kKey;
  std::string expires = "2027-06-01T00:00:00Z";
  std::string id = "urn:uuid:bees-1";
};

std::string Badge(const BadgeFacts& facts, const testing::TestSigner& signer = BadgeSigner()) {
  return signer.Token(
      R"("typ":"JWT")",
      absl::StrCat(R"({"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":")", facts.id,
                   R"(","recipient":{"type":"id","hashed":false,"identity":"learner-7"},)",
                   R"("issuedOn":"2024-06-01T00:00:00Z","expires":")", facts.expires, R"(","badge":)", facts.badge,
                   R"(,"verification":{"type":"signed","creator":")", facts.key, R"("}})"));
}

// The bundle has the key under the name of its issuer, or as one that nobody is named for, and the list.
trust::v1::TrustBundle BadgeBundle(const std::string& issuer = kIssuer) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::DidKeys* const keys = bundle.add_did_keys();
  keys->set_did(issuer);
  keys->add_jwks(Jwk(BadgeSigner().public_key(), kKey));
  trust::v1::IssuerBinding* const binding = bundle.mutable_issuer_bindings(0);
  trust::v1::IssuerIdentifier* const address = binding->add_issuer();
  address->set_scheme("url");
  address->set_value(kIssuer);
  binding->add_key_thumbprints(BadgeSigner().public_key().thumbprint());
  trust::v1::PinnedStatusList* const list = bundle.add_status_lists();
  list->set_uri(kRevocations);
  list->set_content(absl::StrCat(R"({"@context":"https://w3id.org/openbadges/v2","type":"RevocationList","id":")",
                                 kRevocations, R"(","issuer":")", kIssuer,
                                 R"(","revokedAssertions":["urn:uuid:bees-2"]})"));
  list->mutable_fetch_time()->set_seconds(absl::ToUnixSeconds(Day("2025-06-01")));
  return bundle;
}

TEST(SignedBadgeTest, ItsContentSaysWhatOtherTokensSayInTheirHeader) {
  const testing::TestSigner stranger(proof::KeyAlgorithm::kRs256);
  struct Row {
    const char* name;
    std::string token;
    std::vector<std::string> told;
  };
  const std::string intact = "seal:PASS:SEAL_INTACT";
  const std::string other_issuer = absl::StrReplaceAll(Profile(), {{"/issuer", "/other"}});
  const std::vector<Row> rows = {
      {"by the key of its issuer",
       Badge({}),
       {intact, "signer:PASS:SIGNER_CONFIRMED", "validity:PASS:WITHIN_VALIDITY", "status:UNKNOWN:NO_EVIDENCE"}},
      {"expired", Badge({.expires = "2025-01-01T00:00:00Z"}), {intact, "validity:FAIL:EXPIRED"}},
      {"by a stranger who names the key", Badge({}, stranger), {"NOT_AUTHENTIC", "seal:FAIL:SIGNATURE_INVALID"}},
      {"a key that the issuer has not",
       Badge({.key = "https://fjord.example/badges/key-9"}),
       {"seal:UNKNOWN:KEY_NOT_FOUND"}},
      {"the class is another issuer's", Badge({.badge = ClassBy(other_issuer)}), {"seal:UNKNOWN:KEY_NOT_FOUND"}},
      {"the issuer is an address",
       Badge({.badge = ClassBy(absl::StrCat("\"", kIssuer, "\""))}),
       {intact, "signer:PASS", "status:UNKNOWN:NO_EVIDENCE"}},
      {"nobody signed the list, so that it clears nobody",
       Badge({.badge = ClassBy(ProfileWithList())}),
       {intact, "status:UNKNOWN:NO_EVIDENCE"}},
      {"on the list",
       Badge({.badge = ClassBy(ProfileWithList()), .id = "urn:uuid:bees-2"}),
       {intact, "status:UNKNOWN:REVOKED"}},
  };
  const auto bundle = Made(BadgeBundle());
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::string told = Told(JudgeWith(bundle, row.token, "2025-06-02"));
    for (const std::string& part : row.told) EXPECT_THAT(told, HasSubstr(part));
    EXPECT_THAT(told, ::testing::Not(::testing::StartsWith("AUTHENTIC")));
  }
}

// Whose badge it is stands in another document: a key that fits proves that it is intact, and nothing of who made it.
TEST(SignedBadgeTest, AClassThatIsAnAddressLeavesTheIssuerOpen) {
  const BadgeFacts facts{.badge = R"("https://fjord.example/badges/bees")"};
  EXPECT_THAT(Told(JudgeWith(Made(BadgeBundle()), Badge(facts), "2025-06-02")),
              HasSubstr("seal:UNKNOWN:KEY_NOT_FOUND"));
  const std::string told = Told(JudgeWith(Made(BadgeBundle("")), Badge(facts), "2025-06-02"));
  EXPECT_THAT(told, HasSubstr("seal:PASS:SEAL_INTACT"));
  EXPECT_THAT(told, HasSubstr("signer:UNKNOWN"));
  EXPECT_THAT(told, HasSubstr("status:UNKNOWN:NO_EVIDENCE"));
}

TEST(SignedBadgeTest, IsToldFromOtherClaims) {
  struct Row {
    const char* name;
    const char* claims;
    bool is_badge;
  };
  const std::vector<Row> rows = {
      {"lists", R"({"@context":["https://w3id.org/openbadges/v2","https://x.example"],"type":["Assertion","Ext"]})",
       true},
      {"a badge class", R"({"@context":"https://w3id.org/openbadges/v2","type":"BadgeClass"})", false},
      {"a credential", R"({"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"]})",
       false},
      {"odd members", R"({"@context":7,"type":{"a":["Assertion"]}})", false},
      {"odd parts", R"({"@context":"https://w3id.org/openbadges/v2","type":"Assertion","badge":[],"verification":"x"})",
       true},
  };
  for (const Row& row : rows) {
    const base::JsonDocument document = *base::JsonDocument::Parse(row.claims);
    EXPECT_EQ(ReadSignedBadge(*base::AsObject(document.root())).has_value(), row.is_badge) << row.name;
  }
}

}  // namespace
}  // namespace passerelle::authenticity
