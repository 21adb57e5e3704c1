// Decisions as credentials, and the book of what was issued.
#include "core/proof/sd_jwt/issue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/jws_payload.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "core/proof/jades/seal_credential.h"
#include "core/proof/status/make_status_list.h"
#include "core/proof/status/status_reference.h"
#include "core/recognition/decisions.h"
#include "core/recognition/issue/decision_json.h"
#include "core/recognition/issue/issued.h"
#include "core/recognition/transitions.h"
#include "tests/support/fake_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"
#include "tests/unit/core/recognition/issue/issue_examples.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::FakeRandom;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::Not;

std::string FindingsOf(const elm::Conformance& conformance) {
  return absl::StrJoin(conformance.findings, "\n", [](std::string* out, const elm::Finding& finding) {
    absl::StrAppend(out, finding.pointer, " ", finding.rule, " ", finding.message);
  });
}

TEST(Issuable, IsWhatTheHolderWasToldAndWhatStands) {
  int issuable = 0;
  for (int state = 0; state <= v1::CaseState_MAX; ++state) {
    v1::RecognitionCase content = ClosedCase(v1::DECISION_KIND_FULL);
    content.set_state(static_cast<v1::CaseState>(state));
    const absl::Status checked = CheckIssuable(content);
    issuable += checked.ok() ? 1 : 0;
    const bool wanted = state == v1::CASE_STATE_NOTIFIED || state == v1::CASE_STATE_APPEAL_DECIDED ||
                        state == v1::CASE_STATE_FINAL || state == v1::CASE_STATE_STATEMENT_ISSUED;
    EXPECT_EQ(checked.ok(), wanted) << StateName(content.state());
    if (wanted) continue;
    EXPECT_THAT(checked, HasReasonAt(Reason::kGuardNotMet, "state"));
  }
  EXPECT_EQ(issuable, 4);
}

// L7 and L8 hold for what is issued as for what is decided, wherever the case came from.
TEST(Issuable, ADecisionLacksNothingThatItsKindDemands) {
  struct Row {
    v1::DecisionKind kind;
    const char* place;
    std::function<void(v1::Decision&)> change;
  };
  const std::vector<Row> rows = {
      {v1::DECISION_KIND_REFUSED, "decision.reasons", [](v1::Decision& decision) { decision.clear_reasons(); }},
      {v1::DECISION_KIND_REFUSED, "decision.appeal", [](v1::Decision& decision) { decision.clear_appeal(); }},
      {v1::DECISION_KIND_REFUSED, "decision.considered[PARTIAL]",
       [](v1::Decision& decision) { decision.mutable_considered()->DeleteSubrange(1, 1); }},
      {v1::DECISION_KIND_REFUSED, "decision.remedial_advice",
       [](v1::Decision& decision) { decision.clear_remedial_advice(); }},
      {v1::DECISION_KIND_PARTIAL, "decision.appeal", [](v1::Decision& decision) { decision.set_appeal("  "); }},
      {v1::DECISION_KIND_CONDITIONAL, "decision.reasons", [](v1::Decision& decision) { decision.clear_reasons(); }},
      {v1::DECISION_KIND_AUTO_LEVEL, "decision.authenticity_checked",
       [](v1::Decision& decision) { decision.clear_authenticity_checked(); }},
      {v1::DECISION_KIND_STATEMENT, "decision.legal_value",
       [](v1::Decision& decision) { decision.clear_legal_value(); }},
  };
  for (const Row& row : rows) {
    v1::RecognitionCase content = ClosedCase(row.kind);
    row.change(*content.mutable_procedure()->mutable_decision());
    EXPECT_THAT(CheckIssuable(content), HasReasonAt(Reason::kFieldMissing, row.place));
    EXPECT_FALSE(DecisionAsElm(content, ExampleHolder(), ExampleIssue()).ok()) << row.place;
    EXPECT_FALSE(DecisionAsStatement(content, ExampleHolder(), ExampleIssue()).ok()) << row.place;
  }
  v1::RecognitionCase groundless = ClosedCase(v1::DECISION_KIND_REFUSED);
  groundless.mutable_procedure()->mutable_decision()->mutable_reasons(0)->set_code("ND-LEVEL");
  EXPECT_THAT(CheckIssuable(groundless), HasReasonAt(Reason::kRefusalWithoutGround, "decision.reasons"));
}

TEST(DecisionJson, SaysAllThatWasDecidedAndNothingOfTheCourseOfTheCase) {
  for (const v1::DecisionKind kind : kKinds) {
    v1::RecognitionCase content = ClosedCase(kind);
    const std::string json = DecisionJson(content);
    ASSERT_OK(base::JsonDocument::Parse(json).status());
    EXPECT_THAT(json, HasSubstr(absl::StrCat("\"kind\":\"", KindWord(kind), "\"")));
    EXPECT_EQ(DecisionSha256(content), base::Sha256Hex(json));
    v1::RecognitionCase later = content;
    later.set_state(v1::CASE_STATE_FINAL);
    later.mutable_procedure()->set_revision(99);
    later.add_events()->set_reason("the time for an appeal is over");
    EXPECT_EQ(DecisionJson(later), json);
    later.mutable_procedure()->mutable_decision()->set_appeal("nowhere");
    EXPECT_NE(DecisionSha256(later), DecisionSha256(content));
  }
  const std::string refused = DecisionJson(ClosedCase(v1::DECISION_KIND_REFUSED));
  for (const char* part : {"\"code\":\"SD-LEVEL\"", "\"meaning\":\"The level is lower",
                           "\"considered\":[{\"kind\":", "\"appeal\":\"Within one month",
                           "\"policy\":{\"id\":\"model-centre\"", "\"legal_base\":\"Article VI.1"}) {
    EXPECT_THAT(refused, HasSubstr(part));
  }
}

TEST(DecisionAsElm, ConformsToTheModelWhateverTheKind) {
  for (const v1::DecisionKind kind : kKinds) {
    const v1::RecognitionCase content = ClosedCase(kind);
    DecisionIssue issue = ExampleIssue();
    issue.bitstring_status.reset();
    ASSERT_OK_AND_ASSIGN(const elm::v3::EuropeanDigitalCredential credential,
                         DecisionAsElm(content, ExampleHolder(), issue));
    const std::string written = elm::Write(credential);
    ASSERT_OK_AND_ASSIGN(const elm::ReadCredential read, elm::Read(written));
    const elm::Conformance conformance = elm::CheckConstraints(read);
    EXPECT_TRUE(conformance.conforms) << KindWord(kind) << "\n" << FindingsOf(conformance);
    EXPECT_EQ(elm::Write(read.credential), written);
  }
}

// The contexts of model 3.2 do not know the members of a status entry; verifiers of status lists do.
TEST(DecisionAsElm, NamesItsPlaceInAStatusListWhichTheModelLacks) {
  ASSERT_OK_AND_ASSIGN(const elm::v3::EuropeanDigitalCredential credential,
                       DecisionAsElm(ClosedCase(v1::DECISION_KIND_FULL), ExampleHolder(), ExampleIssue()));
  const std::string written = elm::Write(credential);
  ASSERT_OK_AND_ASSIGN(const elm::ReadCredential read, elm::Read(written));
  for (const elm::Finding& finding : elm::CheckConstraints(read).findings) {
    EXPECT_TRUE(absl::StartsWith(finding.pointer, "/credentialStatus")) << finding.pointer << " " << finding.rule;
  }
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument document, base::JsonDocument::Parse(written));
  ASSERT_OK_AND_ASSIGN(const proof::StatusReferences references,
                       proof::ReadStatusReferences(*base::AsObject(document.root())));
  ASSERT_EQ(references.known.size(), 1u);
  EXPECT_EQ(references.known[0].scheme, proof::StatusScheme::kBitstring);
  EXPECT_EQ(references.known[0].index, 17u);
  EXPECT_EQ(references.known[0].issuer, "https://centre.example");
}

TEST(DecisionAsElm, ARefusalEntitlesToNothing) {
  for (const v1::DecisionKind kind : kKinds) {
    ASSERT_OK_AND_ASSIGN(const elm::v3::EuropeanDigitalCredential credential,
                         DecisionAsElm(ClosedCase(kind), ExampleHolder(), ExampleIssue()));
    const elm::v3::Person& holder = credential.credential_subject().person();
    ASSERT_EQ(holder.has_claim_size(), 1);
    const elm::v3::ClaimNode& claim = holder.has_claim(0);
    const bool nothing = kind == v1::DECISION_KIND_REFUSED || kind == v1::DECISION_KIND_STATEMENT;
    EXPECT_EQ(claim.has_learning_assessment(), nothing) << KindWord(kind);
    EXPECT_EQ(claim.has_learning_entitlement(), !nothing) << KindWord(kind);
    if (nothing) continue;
    const std::string status = claim.learning_entitlement().specified_by(0).entitlement_status().id();
    EXPECT_EQ(absl::StrContains(status, "5b8d6b34fb"), kind == v1::DECISION_KIND_CONDITIONAL) << status;
  }
}

TEST(DecisionAsElm, NotesHoldReasonsAlternativesAndTheWaysOfAppeal) {
  ASSERT_OK_AND_ASSIGN(const elm::v3::EuropeanDigitalCredential credential,
                       DecisionAsElm(ClosedCase(v1::DECISION_KIND_REFUSED), ExampleHolder(), ExampleIssue()));
  std::string notes;
  for (const auto& note :
       credential.credential_subject().person().has_claim(0).learning_assessment().additional_note()) {
    absl::StrAppend(&notes, note.note_literal(0).value(), "\n");
  }
  for (const char* part :
       {"SD-LEVEL: The level is lower", "The programme builds on it", "Recognised in part. It does not fit",
        "What you can do against this decision: Within one month", "Take the module"}) {
    EXPECT_THAT(notes, HasSubstr(part));
  }
}

TEST(DecisionAsStatement, IsTheDecisionWithItsHolder) {
  for (const v1::DecisionKind kind : kKinds) {
    const v1::RecognitionCase content = ClosedCase(kind);
    ASSERT_OK_AND_ASSIGN(const proof::Statement statement,
                         DecisionAsStatement(content, ExampleHolder("Ingrid \"x\" Solbakken"), ExampleIssue()));
    ASSERT_OK_AND_ASSIGN(const base::JsonDocument claims, base::JsonDocument::Parse(statement.claims));
    const auto members = *base::AsObject(claims.root());
    EXPECT_EQ(base::FindString(members, "decision_sha256"), DecisionSha256(content));
    const auto holder = *base::AsObject(*base::Find(members, "holder"));
    EXPECT_EQ(base::FindString(holder, "name"), "Ingrid \"x\" Solbakken");
    EXPECT_EQ(base::FindString(holder, "birth_date"), "1991-04-17");
    // All that may be withheld is there, so that an SD-JWT can be made of every kind.
    const proof::SigningKey key = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
    FakeRandom random;
    proof::StatementHolder sd;
    sd.withholdable = WithholdableClaims(content, ExampleHolder());
    EXPECT_OK(proof::StatementAsSdJwtVc(statement, sd, key, random).status());
    EXPECT_OK(proof::StatementAsVcJwt(statement, key).status());
  }
}

// The claims that a verifier sees to whom the holder shows only the disclosures of some members.
std::string ShownClaims(const std::string& sd_jwt, const std::set<std::string>& shown) {
  const base::SdJwtParts parts = *base::SplitSdJwt(sd_jwt);
  const std::string payload = *base::PayloadOfCompactJws(parts.token);
  std::vector<absl::string_view> disclosures;
  for (const absl::string_view disclosure : parts.disclosures) {
    std::string text;
    EXPECT_TRUE(absl::WebSafeBase64Unescape(disclosure, &text));
    const base::JsonDocument array = *base::JsonDocument::Parse(text);
    std::string_view name;
    EXPECT_EQ(array.root().at_pointer("/1").get(name), simdjson::SUCCESS);
    if (shown.count(std::string(name)) > 0) disclosures.push_back(disclosure);
  }
  return base::ResolveDisclosures(*base::JsonDocument::Parse(payload), disclosures)->json;
}

TEST(SdJwt, OfADecisionShowsWhatWasDecidedAndOfTheRestWhatTheHolderWants) {
  const proof::SigningKey key = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
  FakeRandom random;
  for (const v1::DecisionKind kind : kKinds) {
    SCOPED_TRACE(KindWord(kind));
    v1::RecognitionCase content = ClosedCase(kind);
    content.mutable_procedure()->mutable_decision()->set_departure_reason("The evaluator knows the course.");
    const elm::v3::Person person = ExampleHolder();
    ASSERT_OK_AND_ASSIGN(const proof::Statement statement, DecisionAsStatement(content, person, ExampleIssue()));
    proof::StatementHolder holder;
    holder.withholdable = WithholdableClaims(content, person);
    ASSERT_OK_AND_ASSIGN(const std::string sd_jwt, proof::StatementAsSdJwtVc(statement, holder, key, random));
    const std::string nothing = ShownClaims(sd_jwt, {});
    EXPECT_THAT(nothing, HasSubstr(absl::StrCat("\"kind\":\"", KindWord(kind), "\"")));
    EXPECT_THAT(nothing, HasSubstr(DecisionSha256(content)));
    // Who it is, and every word of why.
    for (const char* withheld :
         {"Solbakken", "1991-04-17", "The course does not cover", "its first semester", "rule R-C05", "It does not fit",
          "not covered", "The evaluator knows", "Take the module"}) {
      EXPECT_THAT(nothing, Not(HasSubstr(withheld)));
    }
    // Name and date of birth can be shown one without the other.
    const std::string name = ShownClaims(sd_jwt, {"holder", "name"});
    EXPECT_THAT(name, HasSubstr("Ingrid Solbakken"));
    EXPECT_THAT(name, Not(HasSubstr("1991-04-17")));
    EXPECT_THAT(ShownClaims(sd_jwt, {"reasons"}), HasSubstr("The course does not cover"));
  }
}

// A seal of the authority, and what it sealed.
class SealedDecision : public ::testing::Test {
 protected:
  std::string Sealed(const v1::RecognitionCase& content, const passerelle::testing::TestIdentity& seal) const {
    const auto sealer = proof::Sealer::Make(seal.KeyPem(), seal.CertificatePem());
    EXPECT_OK(sealer.status());
    auto credential = DecisionAsElm(content, ExampleHolder(), ExampleIssue());
    EXPECT_OK(credential.status());
    return proof::SealCredential(*std::move(credential), *sealer, at_).value();
  }
  absl::Status Check(const std::string& sealed, const v1::RecognitionCase& content) const {
    return CheckSealedDecision(sealed, seal_.certificate(), content, at_ + absl::Hours(1));
  }

  const absl::Time at_ = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone());
  const passerelle::testing::TestIdentity root_{proof::KeyAlgorithm::kRs256,
                                                passerelle::testing::AuthorityWish("Root")};
  const passerelle::testing::TestIdentity seal_{proof::KeyAlgorithm::kEs256, passerelle::testing::SealWish(), root_};
};

TEST_F(SealedDecision, HoldsForItsCaseAsItWasSealed) {
  const v1::RecognitionCase content = ClosedCase(v1::DECISION_KIND_FULL);
  const std::string sealed = Sealed(content, seal_);
  EXPECT_OK(Check(sealed, content));
  EXPECT_OK(Check(sealed + "\n", content));
  v1::RecognitionCase other = content;
  other.set_id("22222222-2222-4222-8222-222222222222");
  EXPECT_THAT(Check(sealed, other), HasReasonAt(Reason::kFieldInvalid, "credential"));
}

TEST_F(SealedDecision, IsRefusedWhenItWasChangedOrIsNone) {
  const v1::RecognitionCase content = ClosedCase(v1::DECISION_KIND_FULL);
  const std::string sealed = Sealed(content, seal_);
  for (const auto& [from, to] : std::vector<std::pair<const char*, const char*>>{
           {"Solbakken", "Solbakker"}, {"Recognised in full", "Recognised in part"}, {"1991", "1992"}}) {
    const std::string changed = absl::StrReplaceAll(sealed, {{from, to}});
    ASSERT_NE(changed, sealed) << from;
    const absl::Status status = Check(changed, content);
    EXPECT_THAT(status, HasReason(Reason::kSignatureInvalid)) << from;
    EXPECT_TRUE(absl::StartsWith(base::PlaceOf(status), "credential")) << base::PlaceOf(status);
  }
  // Everything that it says, without the seal; what is no document; and nothing.
  ASSERT_OK_AND_ASSIGN(const elm::v3::EuropeanDigitalCredential bare,
                       DecisionAsElm(content, ExampleHolder(), ExampleIssue()));
  for (const std::string& unsealed :
       {elm::Write(bare), std::string("<transcript/>"), std::string("{}"), std::string("scrawl"), std::string()}) {
    const absl::Status status = Check(unsealed, content);
    EXPECT_FALSE(status.ok()) << unsealed;
    EXPECT_TRUE(absl::StartsWith(base::PlaceOf(status), "credential")) << base::PlaceOf(status);
  }
}

TEST_F(SealedDecision, IsRefusedUnderTheSealOfSomebodyElse) {
  const v1::RecognitionCase content = ClosedCase(v1::DECISION_KIND_FULL);
  const passerelle::testing::TestIdentity twin(proof::KeyAlgorithm::kEs256, passerelle::testing::SealWish(), root_);
  EXPECT_THAT(Check(Sealed(content, twin), content),
              HasReasonAt(Reason::kCertificateUntrusted, "credential: signatures[0]"));
}

TEST(Holder, IsWhoTheDocumentNamesAndNobodyElse) {
  elm::v3::EuropeanDigitalCredential document;
  EXPECT_THAT(HolderOf(document), HasReasonAt(Reason::kFieldMissing, "document.credentialSubject"));
  *document.mutable_credential_subject()->mutable_person() = ExampleHolder("");
  EXPECT_THAT(HolderOf(document), HasReasonAt(Reason::kFieldMissing, "document.credentialSubject"));
  elm::v3::Person& person = *document.mutable_credential_subject()->mutable_person();
  person = ExampleHolder();
  person.mutable_national_id()->set_notation("17049112345");
  // Documents name persons by national numbers too.
  person.set_id("urn:schac:personalUniqueCode:int:esi:fjord.example:8812771");
  person.add_has_claim()->mutable_learning_achievement();
  ASSERT_OK_AND_ASSIGN(const elm::v3::Person holder, HolderOf(document));
  EXPECT_EQ(NameOf(holder), "Ingrid Solbakken");
  EXPECT_FALSE(holder.has_national_id());
  for (const v1::DecisionKind kind : kKinds) {
    const v1::RecognitionCase content = ClosedCase(kind);
    ASSERT_OK_AND_ASSIGN(const elm::v3::EuropeanDigitalCredential credential,
                         DecisionAsElm(content, holder, ExampleIssue()));
    ASSERT_OK_AND_ASSIGN(const proof::Statement statement, DecisionAsStatement(content, holder, ExampleIssue()));
    for (const std::string& issued : {elm::Write(credential), statement.claims}) {
      EXPECT_THAT(issued, HasSubstr("Ingrid Solbakken"));
      EXPECT_THAT(issued, Not(HasSubstr("8812771")));
      EXPECT_THAT(issued, Not(HasSubstr("17049112345")));
    }
  }
  EXPECT_EQ(holder.has_claim_size(), 0);
}

TEST(DecisionIssue, IsRefusedWhereItIsWrong) {
  const v1::RecognitionCase content = ClosedCase(v1::DECISION_KIND_FULL);
  const std::vector<std::pair<const char*, std::function<void(DecisionIssue&)>>> rows = {
      {"issuer", [](DecisionIssue& issue) { issue.issuer = "javascript:alert(1)"; }},
      {"country", [](DecisionIssue& issue) { issue.country = "XX"; }},
      {"language", [](DecisionIssue& issue) { issue.language = "tlh"; }}};
  for (const auto& [place, change] : rows) {
    DecisionIssue issue = ExampleIssue();
    change(issue);
    EXPECT_THAT(DecisionAsElm(content, ExampleHolder(), issue), HasReasonAt(Reason::kFieldInvalid, place));
  }
}

v1::IssuedDecisions Book() {
  v1::IssuedDecisions book;
  book.set_issuer("https://centre.example");
  book.set_country("BG");
  book.set_language("bg");
  book.set_verify_at("https://centre.example/verify");
  book.set_bitstring_list("https://centre.example/status/bitstring");
  book.set_token_list("https://centre.example/status/token");
  return book;
}

const absl::Time kNow = absl::FromUnixSeconds(1'900'000'000);

TEST(Book, KeepsThePlaceOfADecisionAndRevokesWhatItReplaces) {
  v1::IssuedDecisions book = Book();
  FakeRandom random;
  ASSERT_OK_AND_ASSIGN(const uint64_t first, Enter("case-1", "aa", kNow, random, &book));
  EXPECT_LT(first, proof::kStatusEntries);
  ASSERT_OK_AND_ASSIGN(const uint64_t again, Enter("case-1", "aa", kNow + absl::Hours(1), random, &book));
  EXPECT_EQ(again, first);
  ASSERT_OK_AND_ASSIGN(const uint64_t other, Enter("case-2", "bb", kNow, random, &book));
  EXPECT_NE(other, first);
  EXPECT_THAT(RevokedPlaces(book), ::testing::IsEmpty());
  ASSERT_OK_AND_ASSIGN(const uint64_t amended, Enter("case-1", "cc", kNow, random, &book));
  EXPECT_THAT(RevokedPlaces(book), ::testing::ElementsAre(first));
  EXPECT_THAT(Enter("case-1", "aa", kNow, random, &book), HasReasonAt(Reason::kFieldInvalid, "decisions"));
  EXPECT_OK(Revoke("case-1", "AUTH-REVOKED", kNow, &book));
  EXPECT_THAT(RevokedPlaces(book), ::testing::UnorderedElementsAre(first, amended));
  EXPECT_EQ(book.decisions(0).revoke_reason(), "");
  EXPECT_EQ(book.decisions(2).revoke_reason(), "AUTH-REVOKED");
  EXPECT_OK(CheckBook(book));
}

TEST(Book, RevokesForWhatShowsFraudOrLoss) {
  v1::IssuedDecisions book = Book();
  FakeRandom random;
  ASSERT_OK(Enter("case-1", "aa", kNow, random, &book).status());
  EXPECT_THAT(Revoke("case-1", "SD-LEVEL", kNow, &book), HasReasonAt(Reason::kFieldInvalid, "reason_code"));
  EXPECT_THAT(Revoke("case-9", "AUTH-REVOKED", kNow, &book), HasReasonAt(Reason::kResourceNotFound, "case"));
  EXPECT_THAT(RevokedPlaces(book), ::testing::IsEmpty());
}

TEST(Book, IsFullBeforePlacesAreHardToFind) {
  v1::IssuedDecisions book = Book();
  FakeRandom random;
  for (int i = 0; i < 200; ++i) ASSERT_OK(Enter(absl::StrCat("case-", i), "aa", kNow, random, &book).status());
  EXPECT_OK(CheckBook(book));  // no place twice
  while (book.decisions_size() < kIssuedMax) book.add_decisions();
  EXPECT_THAT(Enter("case-x", "aa", kNow, random, &book), HasReasonAt(Reason::kInputTooLarge, "decisions"));
}

TEST(Book, ABadOneIsRefusedAtThePlace) {
  const std::vector<std::pair<const char*, std::function<void(v1::IssuedDecisions&)>>> rows = {
      {"issuer", [](v1::IssuedDecisions& book) { book.set_issuer("centre"); }},
      {"country", [](v1::IssuedDecisions& book) { book.set_country("BGR"); }},
      {"language", [](v1::IssuedDecisions& book) { book.set_language("xx"); }},
      {"verify_at", [](v1::IssuedDecisions& book) { book.set_verify_at("http://centre.example"); }},
      {"bitstring_list", [](v1::IssuedDecisions& book) { book.clear_bitstring_list(); }},
      {"token_list", [](v1::IssuedDecisions& book) { book.set_token_list(book.bitstring_list()); }},
      {"decisions[0].status_index",
       [](v1::IssuedDecisions& book) { book.add_decisions()->set_status_index(proof::kStatusEntries); }},
      {"decisions[1].status_index", [](v1::IssuedDecisions& book) {
         book.add_decisions();
         book.add_decisions();
       }}};
  for (const auto& [place, change] : rows) {
    v1::IssuedDecisions book = Book();
    change(book);
    EXPECT_THAT(CheckBook(book), HasReasonAt(Reason::kConfigInvalid, place));
  }
}

}  // namespace
}  // namespace passerelle::recognition
