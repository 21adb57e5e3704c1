// The same document at different points in time: keys that changed, validity that ended, revocations, accreditations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/authenticity/verdict_record.h"
#include "core/base/proto_time.h"
#include "tests/support/deflate.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

using ::testing::HasSubstr;

google::protobuf::Timestamp On(absl::string_view day) { return base::ToProto(Day(day)); }

std::string Verdict(const v1::AuthenticityVerdict& verdict, absl::string_view check) {
  return absl::StrCat(VerdictWord(verdict.verdict()), " ", CheckOf(verdict, check));
}

// key-1 until the end of 2024, key-2 from then on.
trust::v1::TrustBundle RotatedBundle() {
  trust::v1::TrustBundle bundle = FjordBundle();
  bundle.clear_did_keys();
  trust::v1::DidKeys* before = bundle.add_did_keys();
  before->set_did(std::string(kFjord));
  before->add_jwks(Jwk(Keys().first.public_key(), "key-1"));
  *before->mutable_period()->mutable_to() = On("2024-12-31");
  trust::v1::DidKeys* after = bundle.add_did_keys();
  after->set_did(std::string(kFjord));
  after->add_jwks(Jwk(Keys().second.public_key(), "key-2"));
  *after->mutable_period()->mutable_from() = On("2024-12-31");
  return bundle;
}

TEST(AsOfTest, AKeyCountsForWhatItSignedWhileItWasInForce) {
  struct Row {
    const char* name;
    const testing::TestSigner& signer;
    TokenFacts facts;
    const char* at;
    const char* told;
  };
  const std::vector<Row> rows = {
      {"the old key, in its time",
       Keys().first,
       {.issued = "2024-06-01"},
       "2024-07-01",
       "AUTHENTIC signer:PASS:SIGNER_CONFIRMED"},
      {"the old key, looked at later",
       Keys().first,
       {.issued = "2024-06-01"},
       "2025-07-01",
       "AUTHENTIC signer:PASS:SIGNER_CONFIRMED"},
      {"the old key, after its time",
       Keys().first,
       {.issued = "2025-06-01"},
       "2025-07-01",
       "NOT_AUTHENTIC signer:FAIL:SIGNER_NOT_ENTITLED"},
      {"the new key, in its time",
       Keys().second,
       {.issued = "2025-06-01", .kid = "key-2"},
       "2025-07-01",
       "AUTHENTIC signer:PASS:SIGNER_CONFIRMED"},
      {"the new key, before its time",
       Keys().second,
       {.issued = "2024-06-01", .kid = "key-2"},
       "2025-07-01",
       "NOT_AUTHENTIC signer:FAIL:SIGNER_NOT_ENTITLED"},
  };
  const auto bundle = Made(RotatedBundle());
  for (const Row& row : rows) {
    EXPECT_EQ(Verdict(JudgeWith(bundle, Token(row.signer, row.facts), row.at), "signer"), row.told) << row.name;
  }
  // Whoever does not take the signer's word for the time of its signature wants a time-stamp.
  v1::VerdictPolicy policy;
  policy.set_proven_signing_time(true);
  EXPECT_EQ(Verdict(JudgeWith(bundle, Token(Keys().first), "2025-07-01", policy), "signer"),
            "CANNOT_BE_ESTABLISHED signer:UNKNOWN:NO_EVIDENCE");
  EXPECT_EQ(Verdict(JudgeWith(bundle, Token(Keys().first), "2024-07-01", policy), "signer"),
            "AUTHENTIC signer:PASS:SIGNER_CONFIRMED");
}

TEST(AsOfTest, AKeyIdThatIsUsedAgainMeansTheKeyOfTheTime) {
  trust::v1::TrustBundle bundle = RotatedBundle();
  bundle.mutable_did_keys(1)->clear_jwks();
  bundle.mutable_did_keys(1)->add_jwks(Jwk(Keys().second.public_key(), "key-1"));
  const auto made = Made(bundle);
  EXPECT_EQ(JudgeWith(made, Token(Keys().first, {.issued = "2024-06-01"}), "2025-07-01").verdict(),
            v1::VERDICT_AUTHENTIC);
  EXPECT_EQ(JudgeWith(made, Token(Keys().second, {.issued = "2025-06-01"}), "2025-07-01").verdict(),
            v1::VERDICT_AUTHENTIC);
}

TEST(AsOfTest, ABindingCountsInItsPeriod) {
  trust::v1::TrustBundle bundle = FjordBundle();
  *bundle.mutable_issuer_bindings(0)->mutable_period()->mutable_to() = On("2024-05-31");
  EXPECT_EQ(Verdict(JudgeWith(Made(bundle), Token(Keys().first), "2025-07-01"), "signer"),
            "NOT_AUTHENTIC signer:FAIL:SIGNER_NOT_ENTITLED");
  *bundle.mutable_issuer_bindings(0)->mutable_period()->mutable_to() = On("2024-06-01");
  EXPECT_EQ(Verdict(JudgeWith(Made(bundle), Token(Keys().first), "2025-07-01"), "signer"),
            "AUTHENTIC signer:PASS:SIGNER_CONFIRMED");
}

TEST(AsOfTest, ValidityBeginsAndEnds) {
  const auto bundle = Made(FjordBundle());
  for (const auto& [at, told] : std::vector<std::pair<const char*, const char*>>{
           {"2024-05-30", "NOT_AUTHENTIC validity:FAIL:NOT_YET_VALID"},
           {"2024-05-31T23:54:59Z", "NOT_AUTHENTIC validity:FAIL:NOT_YET_VALID"},
           // Within the clock skew, on either side.
           {"2024-05-31T23:55:00Z", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2024-05-31T23:59:59Z", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2024-06-01T00:00:01Z", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2024-06-02", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2027-05-31", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2027-05-31T23:59:59Z", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2027-06-01T00:00:01Z", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2027-06-01T00:05:00Z", "AUTHENTIC validity:PASS:WITHIN_VALIDITY"},
           {"2027-06-01T00:05:01Z", "NOT_AUTHENTIC validity:FAIL:EXPIRED"},
           {"2027-06-02", "NOT_AUTHENTIC validity:FAIL:EXPIRED"},
       }) {
    EXPECT_EQ(Verdict(JudgeWith(bundle, Token(Keys().first), at), "validity"), told) << at;
  }
}

TEST(AsOfTest, ASealWithoutATimeStampEndsWithItsCertificate) {
  const auto bundle = Made(FjordBundle());
  const std::string sealed = SealedCredential(Keys().seal);
  EXPECT_EQ(Verdict(JudgeWith(bundle, sealed, "2029-12-31"), "signer"), "AUTHENTIC signer:PASS:SIGNER_CONFIRMED");
  EXPECT_EQ(Verdict(JudgeWith(bundle, sealed, "2030-01-02"), "signer"),
            "CANNOT_BE_ESTABLISHED signer:UNKNOWN:CERTIFICATE_EXPIRED");
}

TEST(AsOfTest, AServiceCountsWhileItWasGranted) {
  trust::v1::TrustBundle bundle = FjordBundle();
  *bundle.mutable_service_certificates(0)->mutable_granted(0)->mutable_to() = On("2025-12-31");
  const auto made = Made(bundle);
  const std::string sealed = SealedCredential(Keys().seal);
  EXPECT_EQ(Verdict(JudgeWith(made, sealed, "2025-12-30"), "signer"), "AUTHENTIC signer:PASS:SIGNER_CONFIRMED");
  EXPECT_EQ(Verdict(JudgeWith(made, sealed, "2026-01-01"), "signer"),
            "CANNOT_BE_ESTABLISHED signer:UNKNOWN:CERTIFICATE_UNTRUSTED");
}

TEST(AsOfTest, ACertificateThatWasRevokedCountsUntilThen) {
  testing::CertificateWish wish = testing::SealWish();
  wish.organization_identifier = std::string(kFjordNumber);
  wish.revocation_list = "http://fjord.example/list.crl";
  const testing::TestIdentity seal(proof::KeyAlgorithm::kEs256, wish, Keys().root);
  const std::string sealed = SealedCredential(seal);
  const auto judge = [&](const std::string& list, const char* at, const v1::VerdictPolicy& policy = {}) {
    trust::v1::TrustBundle bundle = FjordBundle();
    if (!list.empty()) {
      bundle.add_status_lists()->set_uri("http://fjord.example/list.crl");
      bundle.mutable_status_lists(0)->set_content(list);
    }
    const v1::AuthenticityVerdict verdict = JudgeWith(Made(bundle), sealed, at, policy);
    return absl::StrCat(Verdict(verdict, "signer"), " ", CheckOf(verdict, "status"));
  };
  const std::string revoked = Keys().root.RevocationList(&seal, Day("2025-09-01"), Day("2025-10-01"));
  EXPECT_EQ(judge(revoked, "2025-08-31"), "AUTHENTIC signer:PASS:SIGNER_CONFIRMED status:PASS:STATUS_GOOD");
  EXPECT_THAT(judge(revoked, "2025-09-02"), HasSubstr("NOT_AUTHENTIC signer:FAIL:CERTIFICATE_REVOKED"));
  const std::string clean = Keys().root.RevocationList(nullptr, Day("2025-09-01"), Day("2025-10-01"));
  EXPECT_EQ(judge(clean, "2025-10-01"), "AUTHENTIC signer:PASS:SIGNER_CONFIRMED status:PASS:STATUS_GOOD");
  EXPECT_EQ(judge(clean, "2025-12-01"),
            "CANNOT_BE_ESTABLISHED signer:PASS:SIGNER_CONFIRMED status:UNKNOWN:STATUS_STALE");
  EXPECT_EQ(judge("", "2025-09-02"), "CANNOT_BE_ESTABLISHED signer:PASS:SIGNER_CONFIRMED status:UNKNOWN:NO_EVIDENCE");
  v1::VerdictPolicy policy;
  policy.set_revocation_optional(true);
  EXPECT_EQ(judge("", "2025-09-02", policy), "AUTHENTIC signer:PASS:SIGNER_CONFIRMED status:UNKNOWN:NOT_STATED");
}

// Entries 0 to 3: valid, revoked, suspended, the issuer's own. Signed by the institution unless another signer is
// given.
std::string StatusToken(absl::string_view made, absl::string_view ends,
                        const testing::TestSigner& signer = Keys().first) {
  const auto seconds = [](absl::string_view day) { return absl::ToUnixSeconds(Day(day)); };
  const std::string end = ends.empty() ? "" : absl::StrCat(R"(,"exp":)", seconds(ends));
  return signer.Token(absl::StrCat(R"("typ":"statuslist+jwt","kid":")", kFjord, R"(#key-1")"),
                      absl::StrCat(R"({"sub":"https://fjord.example/list","iat":)", seconds(made), end,
                                   R"(,"status_list":{"bits":2,"lst":")",
                                   testing::Deflated("\xe4", testing::Wrapping::kZlib), R"("}})"));
}

std::string Listed(int index) {
  testing::TestSigner const& signer = Keys().first;
  const auto seconds = [](absl::string_view day) { return absl::ToUnixSeconds(Day(day)); };
  return signer.Token(
      absl::StrCat(R"("typ":"vc+jwt","kid":")", kFjord, R"(#key-1")"),
      absl::StrCat(R"({"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":")",
                   kFjord, R"(","iat":)", seconds("2024-06-01"), R"(,"status":{"status_list":{"idx":)", index,
                   R"(,"uri":"https://fjord.example/list"}}})"));
}

TEST(AsOfTest, StatusListsSpeakForTheirTime) {
  const std::string valid = Listed(0);
  const std::string revoked = Listed(1);
  struct Row {
    const char* name;
    std::string document;
    std::string list;
    const char* fetched;  // empty when the list came as a file
    const char* at;
    const char* told;
  };
  const std::string current = StatusToken("2025-06-01", "2025-06-10");
  const std::string endless = StatusToken("2025-06-01", "");
  const std::vector<Row> rows = {
      {"good, in the time of the list", valid, current, "", "2025-06-05", "AUTHENTIC status:PASS:STATUS_GOOD"},
      {"good, the list is of later", valid, current, "", "2025-05-01", "AUTHENTIC status:PASS:STATUS_GOOD"},
      {"good, the list has ended", valid, current, "", "2025-06-11",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_STALE"},
      {"good, the list names no end and is old", valid, endless, "", "2025-06-05",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_STALE"},
      {"good, the list names no end and is new", valid, endless, "", "2025-06-01", "AUTHENTIC status:PASS:STATUS_GOOD"},
      {"good, fetched just now", valid, endless, "2025-06-05", "2025-06-05", "AUTHENTIC status:PASS:STATUS_GOOD"},
      {"good, fetched long ago", valid, current, "2025-06-01", "2025-06-05",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_STALE"},
      {"revoked, in the time of the list", revoked, current, "", "2025-06-05", "NOT_AUTHENTIC status:FAIL:REVOKED"},
      {"revoked is for good", revoked, current, "", "2026-06-05", "NOT_AUTHENTIC status:FAIL:REVOKED"},
      {"revoked, nobody knows since when", revoked, current, "", "2025-05-01",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:NO_EVIDENCE"},
      {"suspended", Listed(2), current, "", "2025-06-05", "NOT_AUTHENTIC status:FAIL:SUSPENDED"},
      {"a status of the issuer's own", Listed(3), current, "", "2025-06-05",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_OTHER"},
      {"beyond the list", Listed(9), current, "", "2025-06-05",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_INDEX_INVALID"},
      {"a list by somebody else", revoked, StatusToken("2025-06-01", "2025-06-10", Keys().second), "", "2025-06-05",
       "CANNOT_BE_ESTABLISHED status:UNKNOWN:SIGNATURE_INVALID"},
      {"no list", valid, "", "", "2025-06-05", "CANNOT_BE_ESTABLISHED status:UNKNOWN:NO_EVIDENCE"},
  };
  for (const Row& row : rows) {
    trust::v1::TrustBundle bundle = FjordBundle();
    if (!row.list.empty()) {
      trust::v1::PinnedStatusList* list = bundle.add_status_lists();
      list->set_uri("https://fjord.example/list");
      list->set_content(row.list);
      if (*row.fetched != '\0') *list->mutable_fetch_time() = On(row.fetched);
    }
    EXPECT_EQ(Verdict(JudgeWith(Made(bundle), row.document, row.at), "status"), row.told) << row.name;
  }
}

class OneList : public proof::StatusLists {
 public:
  std::optional<proof::StoredStatusList> Find(absl::string_view address) const override {
    ++asked;
    if (address != "https://fjord.example/list" || bytes.empty()) return std::nullopt;
    return proof::StoredStatusList{std::make_shared<const std::string>(bytes), fetched_at};
  }
  std::string bytes;
  absl::Time fetched_at;
  mutable int asked = 0;
};

TEST(AsOfTest, FetchedListsCountFromWhenTheyWereFetchedAndGoIntoTheRecord) {
  struct Row {
    const char* name;
    std::string fetched;  // on 2025-06-05
    std::string pinned;   // on 2025-06-01
    const char* at;
    const char* told;
    int recorded;
  };
  const std::string list = StatusToken("2025-06-01", "2025-06-20");
  const std::vector<Row> rows = {
      {"fetched", list, "", "2025-06-05", "NOT_AUTHENTIC status:FAIL:REVOKED", 1},
      {"not at hand", "", "", "2025-06-05", "CANNOT_BE_ESTABLISHED status:UNKNOWN:NO_EVIDENCE", 0},
      {"the fetched one is newer", "{}", list, "2025-06-05", "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_LIST_INVALID",
       1},
      {"but not for a time before", "{}", list, "2025-06-02", "NOT_AUTHENTIC status:FAIL:REVOKED", 1},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    OneList lists;
    lists.bytes = row.fetched;
    lists.fetched_at = Day("2025-06-05");
    trust::v1::TrustBundle bundle = FjordBundle();
    if (!row.pinned.empty()) {
      trust::v1::PinnedStatusList* pinned = bundle.add_status_lists();
      pinned->set_uri("https://fjord.example/list");
      pinned->set_content(row.pinned);
      *pinned->mutable_fetch_time() = On("2025-06-01");
    }
    Question question;
    question.content = Listed(1);
    question.at = Day(row.at);
    question.now = Day("2026-06-01");
    question.bundle = Made(bundle);
    question.policy.mutable_status_age_max()->set_seconds(7 * 86400);
    question.status_lists = std::make_shared<UsedStatusLists>(&lists);
    const v1::AuthenticityVerdict verdict = Judge(Formats(), question);
    EXPECT_EQ(Verdict(verdict, "status"), row.told);
    EXPECT_EQ(lists.asked, 1);
    const v1::VerdictRecord record = MakeVerdictRecord(question, verdict, "NO", BundlePart::kWhole);
    EXPECT_EQ(record.status_lists_size(), row.recorded);
    const auto again = ReplayVerdict(Formats(), record, *question.content, nullptr);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(SameVerdict(*again, verdict));
  }
}

TEST(AsOfTest, TheAgeOfAStatusListIsToldAndMayBeSet) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::PinnedStatusList* list = bundle.add_status_lists();
  list->set_uri("https://fjord.example/list");
  list->set_content(StatusToken("2025-06-01", ""));
  *list->mutable_fetch_time() = On("2025-06-02");
  v1::VerdictPolicy policy;
  policy.mutable_status_age_max()->set_seconds(3 * 86400);
  const v1::AuthenticityVerdict verdict = JudgeWith(Made(bundle), Listed(0), "2025-06-05", policy);
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_AUTHENTIC);
  EXPECT_THAT(VerdictJson(verdict), HasSubstr("list=https://fjord.example/list"));
  EXPECT_THAT(VerdictJson(verdict), HasSubstr("age=259200s"));
  policy.mutable_status_age_max()->set_seconds(3 * 86400 - 1);
  EXPECT_EQ(Verdict(JudgeWith(Made(bundle), Listed(0), "2025-06-05", policy), "status"),
            "CANNOT_BE_ESTABLISHED status:UNKNOWN:STATUS_STALE");
}

TEST(AsOfTest, AnAccreditationCountsOnTheDayOfTheAward) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::AccreditationData* data = bundle.mutable_accreditation();
  trust::v1::AccreditedProvider* provider = data->add_providers();
  provider->set_id("deqar:9001");
  provider->add_identifiers(absl::StrCat("registration:", kFjordNumber));
  trust::v1::QualityReport* report = data->add_reports();
  report->set_id("https://data.deqar.eu/report/1");
  report->add_providers("deqar:9001");
  report->set_decision(trust::v1::QUALITY_DECISION_POSITIVE);
  report->set_status(trust::v1::QUALITY_STATUS_OBLIGATORY);
  *report->mutable_valid_from() = On("2020-01-01");
  const std::string sealed = SealedCredential(Keys().seal);  // awarded on 2024-06-30
  const auto judge = [&](absl::string_view until, trust::v1::QualityDecision decision,
                         const v1::VerdictPolicy& policy) {
    *report->mutable_valid_to() = On(until);
    report->set_decision(decision);
    return Verdict(JudgeWith(Made(bundle), sealed, "2025-06-02", policy), "accreditation");
  };
  constexpr auto kPositive = trust::v1::QUALITY_DECISION_POSITIVE;
  EXPECT_EQ(judge("2024-06-30", kPositive, {}), "AUTHENTIC accreditation:PASS:ACCREDITED");
  EXPECT_EQ(judge("2024-06-29", kPositive, {}), "AUTHENTIC accreditation:UNKNOWN:NOT_COVERED");
  EXPECT_EQ(judge("2025-01-01", trust::v1::QUALITY_DECISION_NEGATIVE, {}),
            "NOT_AUTHENTIC accreditation:FAIL:NOT_ACCREDITED");
  v1::VerdictPolicy demanding;
  demanding.add_required_checks("accreditation");
  EXPECT_EQ(judge("2024-06-30", kPositive, demanding), "AUTHENTIC accreditation:PASS:ACCREDITED");
  EXPECT_EQ(judge("2024-06-29", kPositive, demanding), "CANNOT_BE_ESTABLISHED accreditation:UNKNOWN:NOT_COVERED");
}

// The bodies of a joint award are judged one by one: who is covered does not cover the others.
TEST(AsOfTest, AJointAwardIsAccreditedWhenAllItsBodiesAre) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::AccreditationData* data = bundle.mutable_accreditation();
  trust::v1::QualityReport* report = data->add_reports();
  report->set_id("https://data.deqar.eu/report/1");
  report->set_decision(trust::v1::QUALITY_DECISION_POSITIVE);
  report->set_status(trust::v1::QUALITY_STATUS_OBLIGATORY);
  *report->mutable_valid_from() = On("2020-01-01");
  *report->mutable_valid_to() = On("2026-01-01");
  constexpr absl::string_view kPartner = "VATNO-111222333";
  for (const absl::string_view number : {absl::string_view(kFjordNumber), kPartner}) {
    trust::v1::AccreditedProvider* provider = data->add_providers();
    provider->set_id(absl::StrCat("deqar:", number));
    provider->add_identifiers(absl::StrCat("registration:", number));
  }
  const std::string sealed =
      SealedCredential(Keys().seal, "2025-06-01", [&](elm::v3::EuropeanDigitalCredential& credential) {
        auto* const claim = credential.mutable_credential_subject()->mutable_person()->mutable_has_claim(0);
        auto* const bodies = claim->mutable_learning_achievement()->mutable_awarded_by()->mutable_awarding_body();
        bodies->Clear();
        for (const absl::string_view number : {absl::string_view(kFjordNumber), kPartner}) {
          bodies->Add()->mutable_organisation()->mutable_registration()->set_notation(std::string(number));
        }
      });
  const auto told = [&] {
    const v1::AuthenticityVerdict verdict = JudgeWith(Made(bundle), sealed, "2025-06-02", {});
    return std::pair(CheckOf(verdict, "accreditation"), VerdictJson(verdict));
  };
  report->add_providers(absl::StrCat("deqar:", kFjordNumber));
  EXPECT_EQ(told().first, "accreditation:UNKNOWN:NO_EVIDENCE");
  EXPECT_THAT(told().second, HasSubstr(absl::StrCat("body=", kPartner)));
  report->add_providers(absl::StrCat("deqar:", kPartner));
  EXPECT_EQ(told().first, "accreditation:PASS:ACCREDITED");
}

TEST(AsOfTest, AnAccreditationOfEbsiCountsWhenTheIssuerSigned) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::EbsiIssuer* issuer = bundle.add_ebsi_issuers();
  issuer->set_did(std::string(kFjord));
  trust::v1::EbsiAccreditation* accreditation = issuer->add_accreditations();
  accreditation->add_credential_types("MicroCredential");
  accreditation->add_chain("did:ebsi:zAgency");
  *accreditation->mutable_period()->mutable_to() = On("2024-12-31");
  const auto made = Made(bundle);
  EXPECT_EQ(Verdict(JudgeWith(made, Token(Keys().first, {.issued = "2024-12-31"}), "2025-06-02"), "accreditation"),
            "AUTHENTIC accreditation:PASS:ACCREDITED");
  EXPECT_EQ(Verdict(JudgeWith(made, Token(Keys().first, {.issued = "2025-01-01"}), "2025-06-02"), "accreditation"),
            "NOT_AUTHENTIC accreditation:FAIL:NOT_ACCREDITED");
  EXPECT_EQ(Verdict(JudgeWith(made, Token(Keys().first, {.type = "Diploma"}), "2025-06-02"), "accreditation"),
            "NOT_AUTHENTIC accreditation:FAIL:NOT_ACCREDITED");
}

TEST(AsOfTest, Sha1IsTakenUntilItsDayAndNeverSilently) {
  proof::SignatureShape shape;
  shape.signature_method = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
  shape.digest = "http://www.w3.org/2000/09/xmldsig#sha1";
  shape.after_value = proof::KeyInfo(proof::RsaSigner().certificate);
  const std::string transcript = SignedTranscript(proof::RsaSigner().certificate, shape);
  trust::v1::TrustBundle bundle = FjordBundle();
  EXPECT_EQ(Verdict(JudgeWith(Made(bundle), transcript, "2025-06-02"), "seal"),
            "CANNOT_BE_ESTABLISHED seal:UNKNOWN:ALGORITHM_LEGACY");
  *bundle.mutable_provider_keys(0)->mutable_sha1_until() = On("2025-06-02");
  const v1::AuthenticityVerdict taken = JudgeWith(Made(bundle), transcript, "2025-06-02");
  EXPECT_EQ(Verdict(taken, "seal"), "AUTHENTIC seal:PASS:SEAL_INTACT");
  EXPECT_THAT(VerdictJson(taken), HasSubstr("ALGORITHM_LEGACY at "));
  EXPECT_EQ(Verdict(JudgeWith(Made(bundle), transcript, "2025-06-03"), "seal"),
            "CANNOT_BE_ESTABLISHED seal:UNKNOWN:ALGORITHM_LEGACY");
}

}  // namespace
}  // namespace passerelle::authenticity
