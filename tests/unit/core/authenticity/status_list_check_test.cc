// Lists of every kind, and by whom they are signed. What their age does, as_of_test.cc shows.
#include "core/authenticity/status_list_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/support/data_integrity_signer.h"
#include "tests/support/deflate.h"
#include "tests/support/fake_status_lists.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

constexpr char kLists[] = "https://fjord.example/list";

// References to an entry, as the members of a credential.
std::string InToken(int index) {
  return absl::StrCat(R"("status":{"status_list":{"idx":)", index, R"(,"uri":")", kLists, R"("}})");
}
std::string InBitstring(int index) {
  return absl::StrCat(R"("credentialStatus":{"type":"BitstringStatusListEntry","statusPurpose":"revocation",)",
                      R"("statusListIndex":")", index, R"(","statusListCredential":")", kLists, R"("})");
}
std::string InPlainList() {
  return absl::StrCat(R"("credentialStatus":{"type":"1EdTechRevocationList","id":")", kLists, R"("})");
}

// Entries 0 to 3 of two bits: valid, invalid, suspended, the issuer's own.
std::string TokenClaims() {
  return absl::StrCat(R"({"sub":")", kLists, R"(","iat":1748736000,"exp":1749600000,"status_list":{"bits":2,"lst":")",
                      testing::Deflated("\xe4", testing::Wrapping::kZlib), R"("}})");
}

// A list credential in which the entry 0 is revoked.
std::string ListCredential(absl::string_view issuer = kFjord) {
  std::string bits(131072 / 8, '\0');
  bits[0] = '\x80';
  return absl::StrCat(R"({"@context":["https://www.w3.org/ns/credentials/v2"],"id":")", kLists,
                      R"(","type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":")", issuer,
                      R"(","validFrom":"2025-06-01T00:00:00Z","validUntil":"2025-07-01T00:00:00Z",)",
                      R"("credentialSubject":{"id":")", kLists,
                      R"(#list","type":"BitstringStatusList","statusPurpose":"revocation","encodedList":"u)",
                      testing::Deflated(bits, testing::Wrapping::kGzip), R"("}})");
}

std::string Signed(absl::string_view type, absl::string_view payload,
                   const testing::TestSigner& signer = Keys().first) {
  return signer.Token(absl::StrCat(R"("kid":")", kFjord, R"(#key-1","typ":")", type, "\""), payload);
}

// What a list says of a credential of the issuer with the members.
std::string Said(const std::string& list, const std::string& members, absl::string_view issuer = kFjord) {
  static const auto& bundle = *new std::shared_ptr<const trust::TrustBundle>(Made(FjordBundle()));
  testing::FakeStatusLists lists;
  lists.Put(kLists, list, Day("2025-06-02"));
  UsedStatusLists used(&lists);
  Evidence evidence;
  evidence.bundle = bundle.get();
  evidence.at = Day("2025-06-02");
  evidence.status_lists = &used;
  Sealed sealed;
  sealed.issuer = std::string(issuer);
  sealed.document =
      *base::JsonDocument::Parse(absl::StrCat(R"({"id":"urn:example:1","issuer":")", issuer, "\",", members, "}"));
  sealed.credential = *base::AsObject(sealed.document->root());
  v1::AuthenticityVerdict verdict;
  for (v1::Check& check : CheckStatusLists(sealed, evidence, {})) *verdict.add_checks() = std::move(check);
  EXPECT_EQ(verdict.checks_size(), 1);
  return CheckOf(verdict, "status");
}

TEST(StatusListCheckTest, ATokenOfTheIssuerTellsTheStatus) {
  const std::string list = Signed("statuslist+jwt", TokenClaims());
  EXPECT_EQ(Said(list, InToken(0)), "status:PASS:STATUS_GOOD");
  EXPECT_EQ(Said(list, InToken(1)), "status:FAIL:REVOKED");
}

TEST(StatusListCheckTest, ACredentialAsATokenTellsTheStatus) {
  const std::string list = Signed("vc+jwt", ListCredential());
  EXPECT_EQ(Said(list, InBitstring(0)), "status:FAIL:REVOKED");
  EXPECT_EQ(Said(list, InBitstring(1)), "status:PASS:STATUS_GOOD");
}

TEST(StatusListCheckTest, ACredentialWithADataIntegrityProofTellsTheStatus) {
  const testing::TestSigner issuer(proof::KeyAlgorithm::kEdDsa);
  const std::string did = testing::DidKey(issuer);
  const std::string document = ListCredential(did);
  const std::string members = testing::ProofMembers("eddsa-jcs-2022", testing::DidKeyMethod(issuer));
  const std::string list =
      testing::WithProof(document, testing::MakeProof(document, "eddsa-jcs-2022", issuer, members));
  EXPECT_EQ(Said(list, InBitstring(0), did), "status:FAIL:REVOKED");
  EXPECT_EQ(Said(list, InBitstring(7), did), "status:PASS:STATUS_GOOD");
  // Another one's list is none of this credential.
  EXPECT_EQ(Said(list, InBitstring(0)), "status:UNKNOWN:STATUS_LIST_INVALID");
  EXPECT_EQ(Said(absl::StrReplaceAll(list, {{"2025-06-01", "2025-05-31"}}), InBitstring(0), did),
            "status:UNKNOWN:SIGNATURE_INVALID");
}

TEST(StatusListCheckTest, NothingIsSaidByAListThatIsNotTheIssuers) {
  struct Row {
    const char* name;
    std::string list;
    std::string reference;
    std::string issuer;
    const char* told;
  };
  const testing::TestSigner stranger(proof::KeyAlgorithm::kEs256);
  const std::string fjord(kFjord);
  const std::vector<Row> rows = {
      {"signed by somebody else", Signed("statuslist+jwt", TokenClaims(), stranger), InToken(1), fjord,
       "status:UNKNOWN:SIGNATURE_INVALID"},
      {"a token of another type", Signed("JWT", TokenClaims()), InToken(1), fjord, "status:UNKNOWN:CLAIM_INVALID"},
      {"no token", "no list", InToken(1), fjord, "status:UNKNOWN:JWS_MALFORMED"},
      {"the list of another issuer", Signed("statuslist+jwt", TokenClaims()), InToken(1), "https://other.example",
       "status:UNKNOWN:KEY_NOT_FOUND"},
      {"a credential that names another issuer", Signed("vc+jwt", ListCredential("https://other.example")),
       InBitstring(0), fjord, "status:UNKNOWN:STATUS_LIST_INVALID"},
      {"a credential that nobody signed", ListCredential(), InBitstring(0), fjord,
       "status:UNKNOWN:STATUS_LIST_INVALID"},
  };
  for (const Row& row : rows) EXPECT_EQ(Said(row.list, row.reference, row.issuer), row.told) << row.name;
}

TEST(StatusListCheckTest, EveryChangedCharacterOfATokenSilencesIt) {
  const std::string token = Signed("statuslist+jwt", TokenClaims());
  for (size_t i = 0; i < token.size(); i += 3) {
    std::string changed = token;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(Said(changed, InToken(0)), ::testing::HasSubstr(":UNKNOWN:")) << i;
  }
}

TEST(StatusListCheckTest, AListThatNobodySignsCanBeAnybodys) {
  const auto list = [](bool revoked) {
    return absl::StrCat(R"({"id":")", kLists, R"(","issuer":")", kFjord,
                        R"(","revokedCredentials":[{"id":"urn:example:1","revoked":)", revoked ? "true" : "false",
                        "}]}");
  };
  EXPECT_EQ(Said(list(true), InPlainList()), "status:UNKNOWN:REVOKED");
  EXPECT_EQ(Said(list(false), InPlainList()), "status:UNKNOWN:NO_EVIDENCE");
  EXPECT_EQ(Said("[]", InPlainList()), "status:UNKNOWN:JWS_MALFORMED");
}

}  // namespace
}  // namespace passerelle::authenticity
