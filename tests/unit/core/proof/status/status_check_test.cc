#include "core/proof/status/status_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/deflate.h"
#include "tests/support/status_matchers.h"

namespace passerelle::proof {
namespace {

using ::passerelle::base::JsonDocument;
using ::passerelle::base::Reason;
using ::passerelle::testing::Deflated;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::Wrapping;
using ::testing::ElementsAre;

const absl::Time kCheckedAt = absl::FromUnixSeconds(1'900'000'000);

JsonDocument Json(absl::string_view text) { return *JsonDocument::Parse(text); }

StatusReference OnlyReference(absl::string_view credential) {
  const JsonDocument document = Json(credential);
  const auto references = ReadStatusReferences(*base::AsObject(document.root()));
  EXPECT_OK(references);
  EXPECT_EQ(references->known.size(), 1u);
  return references->known.at(0);
}

StatusOutcome Check(const StatusReference& reference, absl::string_view list, absl::Duration age = absl::Minutes(1),
                    absl::string_view signer = "https://school.example") {
  const JsonDocument document = Json(list);
  return CheckStatus(reference,
                     {"https://school.example/list", *base::AsObject(document.root()), std::string(signer), kCheckedAt},
                     kCheckedAt + age);
}

std::string TokenCredential(absl::string_view index) {
  return absl::StrCat(R"({"iss":"https://school.example","status":{"status_list":{"idx":)", index,
                      R"(,"uri":"https://school.example/list"}}})");
}

// Entries 0 to 3: valid, invalid, suspended, the issuer's own.
std::string TokenList(absl::string_view more = "") {
  return absl::StrCat(R"({"sub":"https://school.example/list","iat":1899999000)", more,
                      R"(,"status_list":{"bits":2,"lst":")", Deflated("\xe4", Wrapping::kZlib), R"("}})");
}

TEST(StatusCheckTest, TokenStatusListTellsFourThings) {
  const std::pair<const char*, std::pair<StatusState, Reason>> cases[] = {
      {"0", {StatusState::kGood, Reason::kStatusGood}},     {"1", {StatusState::kRevoked, Reason::kRevoked}},
      {"2", {StatusState::kSuspended, Reason::kSuspended}}, {"3", {StatusState::kOther, Reason::kStatusOther}},
      {"4", {StatusState::kUnknown, Reason::kStatusIndex}},
  };
  for (const auto& [index, expected] : cases) {
    const StatusOutcome outcome = Check(OnlyReference(TokenCredential(index)), TokenList());
    EXPECT_EQ(outcome.state, expected.first) << index;
    EXPECT_EQ(outcome.reason, expected.second) << index;
    EXPECT_FALSE(outcome.stale);
    EXPECT_EQ(outcome.age, absl::Minutes(1));
  }
}

TEST(StatusCheckTest, TheListMustBeTheOneThatIsMeant) {
  const StatusReference reference = OnlyReference(TokenCredential("0"));
  const auto unknown_at = [&](const std::string& list, absl::string_view place) {
    const StatusOutcome outcome = Check(reference, list);
    EXPECT_EQ(outcome.state, StatusState::kUnknown) << list;
    EXPECT_EQ(outcome.place, place) << list;
  };
  unknown_at(absl::StrReplaceAll(TokenList(), {{"example/list", "example/other"}}), "sub");
  unknown_at(absl::StrReplaceAll(TokenList(), {{"1899999000", "\"now\""}}), "iat");
  unknown_at(absl::StrReplaceAll(TokenList(), {{"\"bits\":2", "\"bits\":3"}}), "bits");
  unknown_at(absl::StrReplaceAll(TokenList(), {{"status_list", "other"}}), "status_list");
  unknown_at(TokenList(R"(,"ttl":0)"), "ttl");
  unknown_at(TokenList(R"(,"exp":"never")"), "exp");
  EXPECT_EQ(Check(reference, TokenList(), absl::Minutes(1), "").place, "signer");
  StatusReference other = reference;
  other.list = "https://school.example/other";
  EXPECT_EQ(Check(other, TokenList()).place, "uri");
}

TEST(StatusCheckTest, AnOldListStillRevokesButNoLongerClears) {
  const StatusReference good = OnlyReference(TokenCredential("0"));
  const StatusReference revoked = OnlyReference(TokenCredential("1"));
  const StatusReference suspended = OnlyReference(TokenCredential("2"));
  EXPECT_EQ(Check(good, TokenList(), base::kStatusFreshMax).state, StatusState::kGood);
  for (const absl::Duration age : {base::kStatusFreshMax + absl::Seconds(1), base::kStatusFreshMax + absl::Hours(25)}) {
    const StatusOutcome outcome = Check(good, TokenList(), age);
    EXPECT_EQ(outcome.state, StatusState::kUnknown);
    EXPECT_EQ(outcome.reason, Reason::kStatusStale);
    EXPECT_TRUE(outcome.stale);
    EXPECT_EQ(outcome.within_grace, age < base::kStatusStaleMax);
    EXPECT_EQ(outcome.age, age);
    EXPECT_EQ(Check(revoked, TokenList(), age).state, StatusState::kRevoked);
    EXPECT_EQ(Check(suspended, TokenList(), age).state, StatusState::kUnknown);
  }
  // The list's own end and life count when they come earlier.
  EXPECT_EQ(Check(good, TokenList(R"(,"exp":1900000030)")).reason, Reason::kStatusStale);
  EXPECT_EQ(Check(good, TokenList(R"(,"ttl":30)")).reason, Reason::kStatusStale);
  EXPECT_EQ(Check(good, TokenList(R"(,"ttl":43200,"exp":1990000000)")).reason, Reason::kStatusGood);
}

TEST(StatusLifetimeTest, IsTheShortestOfThree) {
  EXPECT_EQ(StatusLifetimeOf(kCheckedAt, std::nullopt, std::nullopt).fresh_until, kCheckedAt + base::kStatusFreshMax);
  EXPECT_EQ(StatusLifetimeOf(kCheckedAt, kCheckedAt + absl::Minutes(3), absl::Minutes(5)).fresh_until,
            kCheckedAt + absl::Minutes(3));
  EXPECT_EQ(StatusLifetimeOf(kCheckedAt, kCheckedAt + absl::Hours(3), absl::Minutes(5)).fresh_until,
            kCheckedAt + absl::Minutes(5));
  EXPECT_EQ(StatusLifetimeOf(kCheckedAt, kCheckedAt + absl::Hours(3), absl::Hours(5)).usable_until,
            kCheckedAt + base::kStatusFreshMax + base::kStatusStaleMax);
}

std::string Credential(absl::string_view status) {
  return absl::StrCat(R"({"id":"urn:c:1","issuer":{"id":"https://school.example"},"credentialStatus":)", status, "}");
}

std::string Entry(absl::string_view purpose, absl::string_view index, absl::string_view more = "") {
  return absl::StrCat(R"({"type":"BitstringStatusListEntry","statusPurpose":")", purpose, R"(","statusListIndex":)",
                      index, R"(,"statusListCredential":"https://school.example/list")", more, "}");
}

// Entry 1 is set.
std::string BitstringList(absl::string_view purpose = "\"revocation\"", absl::string_view more = "") {
  std::string bytes(131072 / 4, '\0');
  bytes[0] = '\x40';
  return absl::StrCat(R"({"id":"https://school.example/list","type":["VerifiableCredential",)",
                      R"("BitstringStatusListCredential"],"issuer":"https://school.example")", more,
                      R"(,"credentialSubject":{"type":"BitstringStatusList","statusPurpose":)", purpose,
                      R"(,"encodedList":"u)", Deflated(bytes, Wrapping::kGzip), R"("}})");
}

TEST(StatusCheckTest, BitstringByPurpose) {
  EXPECT_EQ(Check(OnlyReference(Credential(Entry("revocation", "\"1\""))), BitstringList()).state,
            StatusState::kRevoked);
  EXPECT_EQ(Check(OnlyReference(Credential(Entry("revocation", "0"))), BitstringList()).state, StatusState::kGood);
  EXPECT_EQ(
      Check(OnlyReference(Credential(Entry("suspension", "1"))), BitstringList(R"(["revocation","suspension"])")).state,
      StatusState::kSuspended);
  const StatusReference message = OnlyReference(Credential(Entry(
      "message", "0",
      R"(,"statusSize":2,"statusMessage":[{"status":"0x0","message":"open"},{"status":"0x1","message":"closed"}])")));
  const StatusOutcome outcome = Check(message, BitstringList("\"message\""));
  EXPECT_EQ(outcome.state, StatusState::kOther);
  EXPECT_EQ(outcome.value, 1u);
  EXPECT_EQ(outcome.detail, "closed");
}

TEST(StatusCheckTest, BitstringListMustBeTheIssuersOwn) {
  const StatusReference reference = OnlyReference(Credential(Entry("revocation", "0")));
  const auto place = [&](const std::string& list, absl::string_view signer = "https://school.example") {
    const StatusOutcome outcome = Check(reference, list, absl::Minutes(1), signer);
    EXPECT_EQ(outcome.state, StatusState::kUnknown);
    return outcome.place;
  };
  EXPECT_EQ(place(BitstringList("\"suspension\"")), "statusPurpose");
  EXPECT_EQ(place(absl::StrReplaceAll(BitstringList(), {{"StatusListCredential", "Other"}})), "type");
  EXPECT_EQ(place(absl::StrReplaceAll(BitstringList(), {{"\"BitstringStatusList\"", "\"Other\""}})),
            "credentialSubject/type");
  EXPECT_EQ(place(absl::StrReplaceAll(BitstringList(), {{"example/list", "example/other"}})), "id");
  EXPECT_EQ(
      place(absl::StrReplaceAll(BitstringList(), {{"\"issuer\":\"https://school", "\"issuer\":\"https://other"}})),
      "issuer");
  EXPECT_EQ(place(BitstringList(), "https://other.example"), "issuer");
  EXPECT_EQ(place(BitstringList(), ""), "issuer");
  EXPECT_EQ(place(BitstringList("\"revocation\"", R"(,"validUntil":"soon")")), "validUntil");
  const StatusOutcome stale =
      Check(reference, BitstringList("\"revocation\"", R"(,"validUntil":"2020-01-01T00:00:00Z")"));
  EXPECT_EQ(stale.reason, Reason::kStatusStale);
  EXPECT_FALSE(stale.within_grace);
}

TEST(StatusCheckTest, OlderBitstrings) {
  const std::string encoded = Deflated("\x40", Wrapping::kGzip);
  const std::string list = absl::StrCat(
      R"({"id":"https://school.example/list","type":["StatusList2021Credential"],"issuer":"https://school.example",)",
      R"("credentialSubject":{"type":"StatusList2021","statusPurpose":"revocation","encodedList":")", encoded,
      R"("}})");
  const StatusReference newer = OnlyReference(Credential(
      R"([{"type":"StatusList2021Entry","statusPurpose":"revocation","statusListIndex":"1","statusListCredential":"https://school.example/list"}])"));
  EXPECT_EQ(newer.place, "/credentialStatus/0");
  EXPECT_EQ(Check(newer, list).state, StatusState::kRevoked);
  const StatusReference older = OnlyReference(Credential(
      R"({"type":"RevocationList2020Status","revocationListIndex":"1","revocationListCredential":"https://school.example/list"})"));
  EXPECT_EQ(Check(older, absl::StrReplaceAll(list, {{"StatusList2021", "RevocationList2020"}})).state,
            StatusState::kRevoked);
}

TEST(StatusCheckTest, ListsOfIdsAreWeakWhenNobodySignedThem) {
  const StatusReference edtech =
      OnlyReference(Credential(R"({"type":"1EdTechRevocationList","id":"https://school.example/list"})"));
  const std::string revoked =
      R"({"id":"https://school.example/list","issuer":"https://school.example","revokedCredentials":[{"id":"urn:c:1"}]})";
  EXPECT_EQ(Check(edtech, revoked, absl::Minutes(1), "").state, StatusState::kRevoked);
  EXPECT_TRUE(Check(edtech, revoked, absl::Minutes(1), "").weak);
  EXPECT_FALSE(Check(edtech, revoked).weak);
  EXPECT_EQ(Check(edtech, R"({"revokedCredentials":[{"id":"urn:c:1","revoked":false},"urn:c:2"]})").state,
            StatusState::kGood);
  EXPECT_EQ(Check(edtech, R"({"other":[]})").state, StatusState::kUnknown);
  EXPECT_EQ(Check(edtech, R"({"issuer":"https://other.example","revokedCredentials":[]})").place, "issuer");
  const StatusReference badge =
      OpenBadges2Reference("https://school.example/list", "urn:c:1", "https://school.example");
  EXPECT_EQ(Check(badge, R"({"type":"RevocationList","revokedAssertions":"urn:c:1"})").state, StatusState::kRevoked);
  EXPECT_EQ(Check(badge, R"({"type":"RevocationList","revokedAssertions":[{"id":"urn:c:1"}]})").state,
            StatusState::kRevoked);
  EXPECT_EQ(Check(badge, R"({"type":"RevocationList","revokedAssertions":[]})").state, StatusState::kGood);
  EXPECT_EQ(Check(OpenBadges2Reference("https://school.example/list", "", ""), "{}").reason, Reason::kStatusIndex);
}

TEST(StatusReferenceTest, AnIndexIsANumberOrNothing) {
  for (const char* const index : {"-1", "1.5", "\"1\"", "null", "18446744073709551616"}) {
    const auto document = JsonDocument::Parse(TokenCredential(index));
    if (!document.ok()) continue;  // beyond what the JSON reader takes
    EXPECT_THAT(ReadStatusReferences(*base::AsObject(document->root())),
                HasReasonAt(Reason::kStatusIndex, "/status/status_list/idx"))
        << index;
  }
  for (const char* const index : {"\"\"", "\" 1\"", "\"+1\"", "\"-1\"", "\"01\"", "\"1.0\"", "\"one\"", "\"0x1\"",
                                  "\"99999999999999999999\"", "true", "[1]", "-1"}) {
    const JsonDocument document = Json(Credential(Entry("revocation", index)));
    EXPECT_THAT(ReadStatusReferences(*base::AsObject(document.root())),
                HasReasonAt(Reason::kStatusIndex, "/credentialStatus/statusListIndex"))
        << index;
  }
}

TEST(StatusReferenceTest, WhatIsUnknownIsCountedAndWhatIsIncompleteRefused) {
  const JsonDocument document = Json(R"({"status":{"other":{}},"credentialStatus":["https://a.example",
    {"type":"NewEntry"},{"id":"x"}]})");
  const auto references = ReadStatusReferences(*base::AsObject(document.root()));
  ASSERT_OK(references);
  EXPECT_TRUE(references->known.empty());
  EXPECT_THAT(references->unknown,
              ElementsAre("/status", "/credentialStatus/0", "/credentialStatus/1", "/credentialStatus/2"));
  const std::pair<std::string, const char*> broken[] = {
      {R"({"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"1"})",
       "/credentialStatus/statusListCredential"},
      {R"({"type":"BitstringStatusListEntry","statusListCredential":"x","statusListIndex":"1"})",
       "/credentialStatus/statusPurpose"},
      {Entry("message", "1", R"(,"statusSize":0)"), "/credentialStatus/statusSize"},
      {Entry("message", "1", R"(,"statusMessage":[{"status":"one"}])"), "/credentialStatus/statusMessage"},
  };
  for (const auto& [status, place] : broken) {
    const JsonDocument one = Json(Credential(status));
    EXPECT_THAT(ReadStatusReferences(*base::AsObject(one.root())), HasReasonAt(Reason::kStatusList, place)) << status;
  }
}

}  // namespace
}  // namespace passerelle::proof
