#include "core/recognition/cases.h"

#include <functional>

#include "tests/unit/core/recognition/case_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::NoteDocument;
using ::passerelle::testing::WireFault;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CasesTest : public CaseFixture {};

TEST_F(CasesTest, AnApplicationIsDecidedAndTheReasonedOutcomeComesBack) {
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase created, italy_.cases.Create("portal", Request(document_)));
  EXPECT_EQ(created.state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_EQ(created.document().content(), document_);
  EXPECT_EQ(created.document().format(), "note");
  EXPECT_EQ(created.holder_pseudonym(), "holder-41");
  network_.Run();

  const v1::RecognitionCase theirs = Authoritys(created.id());
  EXPECT_EQ(theirs.state(), v1::CASE_STATE_DECIDED);
  EXPECT_EQ(theirs.applicant_node(), "IT");
  EXPECT_EQ(theirs.document().content(), document_);
  EXPECT_EQ(theirs.verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC);
  EXPECT_THAT(Events(theirs),
              ElementsAre("application received", HasSubstr("recognised in full"), "outcome received by IT"));

  const v1::RecognitionCase ours = Applicants(created.id());
  EXPECT_EQ(ours.state(), v1::CASE_STATE_DECIDED);
  EXPECT_EQ(ours.outcome().decision(), v1::DECISION_KIND_FULL);
  EXPECT_EQ(ours.outcome().case_id(), created.id());
  EXPECT_EQ(ours.outcome().document_sha256(), base::Sha256Hex(document_));
  EXPECT_EQ(ours.outcome().evaluation().policy_id(), "bg-further-learning");
  EXPECT_EQ(ours.outcome().competent_authority(), "Recognition authority");
  EXPECT_EQ(ours.outcome().SerializeAsString(), theirs.outcome().SerializeAsString());
  EXPECT_THAT(Events(ours),
              ElementsAre("application recorded for BG", "application received by BG", "outcome received: decided"));
}

TEST_F(CasesTest, EachSideKeepsWhatTheOtherSigned) {
  const std::string id = Submit(Request(document_));
  network_.Run();
  for (const v1::RecognitionCase& content : {Applicants(id), Authoritys(id)}) {
    ASSERT_FALSE(content.evidence().empty());
    // Every piece of evidence is one that an event points to.
    std::vector<std::string> digests;
    for (const v1::CaseEvent& event : content.events()) digests.push_back(event.evidence_sha256());
    for (const relay::v1::Envelope& envelope : content.evidence()) {
      EXPECT_FALSE(envelope.signature().empty());
      EXPECT_THAT(digests, Contains(relay::EnvelopeSha256(envelope)));
    }
  }
  EXPECT_EQ(Applicants(id).evidence_size(), 2);  // the receipt and the outcome
  EXPECT_EQ(Authoritys(id).evidence_size(), 1);  // the receipt of the outcome
}

TEST_F(CasesTest, NoPersonalDataStandsOutsideTheDocument) {
  const std::string id = Submit(Request(document_));
  network_.Run();
  for (v1::RecognitionCase content : {Applicants(id), Authoritys(id)}) {
    content.clear_document();
    EXPECT_THAT(content.SerializeAsString(), Not(HasSubstr("Ingrid")));
    EXPECT_THAT(content.SerializeAsString(), Not(HasSubstr("Solbakken")));
  }
}

TEST_F(CasesTest, RefusesApplicationsThatCannotBeSentAndNamesTheField) {
  struct Row {
    const char* name;
    std::function<void(v1::CreateCaseRequest&)> change;
    Reason reason;
    const char* place;
  };
  const std::vector<Row> rows = {
      {"no request id", [](auto& r) { r.clear_request_id(); }, Reason::kFieldMissing, "request_id"},
      {"no authority", [](auto& r) { r.clear_authority_node(); }, Reason::kFieldMissing, "authority_node"},
      {"authority is self", [](auto& r) { r.set_authority_node("IT"); }, Reason::kFieldInvalid, "authority_node"},
      {"unknown authority", [](auto& r) { r.set_authority_node("XX"); }, Reason::kNodeUnknown, "authority_node"},
      {"unknown issuing node", [](auto& r) { r.set_issuing_node("XX"); }, Reason::kNodeUnknown, "issuing_node"},
      {"no authorisation", [](auto& r) { r.clear_authorisation_id(); }, Reason::kFieldMissing, "authorisation_id"},
      {"authorisation", [](auto& r) { r.set_authorisation_id("1"); }, Reason::kFieldInvalid, "authorisation_id"},
      {"another authorisation", [this](auto& r) { r.set_authorisation_id(NewId()); }, Reason::kAuthorisationInvalid,
       "authorisation_id"},
      {"for another receiver", [this](auto& r) { r.set_authorisation_id(Authorise(document_, "NO").id()); },
       Reason::kAuthorisationInvalid, "authorisation_id"},
      {"of another client",
       [this](auto& r) { r.set_authorisation_id(Authorise(document_, "BG", "another portal").id()); },
       Reason::kAuthorisationInvalid, "authorisation_id"},
      {"for elements of it",
       [this](auto& r) {
         r.set_authorisation_id(Authorise(document_, "BG", "portal", {"A1-M02", "A1-M03", "A1-M04"}).id());
       },
       Reason::kAuthorisationInvalid, "authorisation_id"},
      {"for another document", [this](auto& r) { r.set_authorisation_id(Authorise("other").id()); },
       Reason::kAuthorisationInvalid, "authorisation_id"},
      {"for another purpose", [](auto& r) { r.set_purpose(sharing::v1::PURPOSE_EMPLOYMENT); },
       Reason::kAuthorisationInvalid, "authorisation_id"},
      {"no purpose", [](auto& r) { r.clear_purpose(); }, Reason::kFieldMissing, "purpose"},
      {"purpose", [](auto& r) { r.set_purpose(static_cast<sharing::v1::Purpose>(88)); }, Reason::kFieldInvalid,
       "purpose"},
      {"no content", [](auto& r) { r.clear_content(); }, Reason::kFieldMissing, "content"},
      {"changed content", [](auto& r) { r.mutable_content()->push_back(' '); }, Reason::kAuthorisationInvalid,
       "authorisation_id"},
      {"too large", [](auto& r) { r.set_content(std::string(base::kDocumentBytesMax + 1, 'x')); },
       Reason::kInputTooLarge, "content"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    v1::CreateCaseRequest request = Request(document_);
    row.change(request);
    request.set_validate_only(true);
    EXPECT_THAT(italy_.cases.Create("portal", request), HasReasonAt(row.reason, row.place));
    request.set_validate_only(false);
    EXPECT_THAT(italy_.cases.Create("portal", request), HasReasonAt(row.reason, row.place));
  }
  network_.Run();
  EXPECT_TRUE(network_.wire.empty());
  EXPECT_EQ(italy_.cases.List("portal", {}).value().recognition_cases_size(), 0);
}

TEST_F(CasesTest, ValidateOnlyWritesNothingAndLeavesTheAuthorisation) {
  v1::CreateCaseRequest request = Request(document_);
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase checked, italy_.cases.Create("portal", request));
  EXPECT_EQ(checked.id(), "");
  EXPECT_EQ(italy_.authorisations.Get("portal", request.authorisation_id()).value().uses_made(), 0);
  EXPECT_EQ(italy_.cases.List("portal", {}).value().recognition_cases_size(), 0);
}

TEST_F(CasesTest, TheSameRequestOpensOneCase) {
  const v1::CreateCaseRequest request = Request(document_);
  const std::string id = Submit(request);
  EXPECT_EQ(Submit(request), id);
  network_.Run();
  EXPECT_EQ(Submit(request), id);
  EXPECT_EQ(bulgaria_.cases.List("evaluator", {}).value().recognition_cases_size(), 1);
  EXPECT_EQ(italy_.authorisations.Get("portal", request.authorisation_id()).value().uses_made(), 1);
  v1::CreateCaseRequest other = request;
  other.set_issuing_node("BG");
  EXPECT_THAT(italy_.cases.Create("portal", other), HasReason(Reason::kRequestIdReused));
  // The authorisation was for one use.
  v1::CreateCaseRequest again = request;
  again.set_request_id(NewId());
  EXPECT_THAT(italy_.cases.Create("portal", again), HasReason(Reason::kAuthorisationInvalid));
}

TEST_F(CasesTest, AFailedStoreLeavesTheAuthorisationUnused) {
  const v1::CreateCaseRequest request = Request(document_);
  italy_.store.FailWrite(0, passerelle::testing::FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(italy_.cases.Create("portal", request), HasReason(Reason::kStoreUnavailable));
  EXPECT_EQ(italy_.authorisations.Get("portal", request.authorisation_id()).value().uses_made(), 0);
  EXPECT_OK(italy_.cases.Create("portal", request));
}

TEST_F(CasesTest, ThePolicyDecidesWhatBecomesOfTheCase) {
  struct Row {
    const char* name;
    std::string document;
    bool issued;
    v1::CaseState state;
    const char* missing;
  };
  const std::string low = NoteDocument({.achievements = {{"http://data.europa.eu/snb/eqf/5", {"5"}}}});
  const std::string silent = NoteDocument({.achievements = {{"", {"5"}}}});
  for (const Row& row : std::vector<Row>{
           {"level too low", low, true, v1::CASE_STATE_EVALUATION, ""},
           {"level not stated", silent, true, v1::CASE_STATE_INCOMPLETE, "level 6"},
           {"never issued", NoteDocument({.title = "Invented"}), false, v1::CASE_STATE_EVALUATION, ""},
           {"unreadable", "NOTE {", true, v1::CASE_STATE_INCOMPLETE, "could not be read"},
           {"of no known format", "scrawl", true, v1::CASE_STATE_INCOMPLETE, "could not be read"},
       }) {
    SCOPED_TRACE(row.name);
    if (row.issued) norway_.reg.Issue(row.name, row.document);
    const std::string id = Submit(Request(row.document));
    network_.Run();
    const v1::RecognitionCase content = Applicants(id);
    EXPECT_EQ(content.state(), row.state);
    EXPECT_EQ(content.outcome().decision(), v1::DECISION_KIND_UNSPECIFIED);
    EXPECT_EQ(content.outcome().missing_size(), *row.missing == '\0' ? 0 : 1);
    if (*row.missing != '\0' && content.outcome().missing_size() == 1) {
      EXPECT_THAT(content.outcome().missing(0), HasSubstr(row.missing));
    }
  }
}

TEST_F(CasesTest, ARevokedDocumentGoesToAnEvaluator) {
  norway_.reg.Revoke("no-7", network_.clock.Now() - absl::Hours(1));
  const std::string id = Submit(Request(document_));
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_EVALUATION);
  EXPECT_THAT(Applicants(id).outcome().DebugString(), HasSubstr("The document was revoked."));
}

TEST_F(CasesTest, ARegisterThatIsAwayForAWhileIsAskedAgain) {
  norway_.reg.available = false;
  const std::string id = Submit(Request(document_));
  network_.Run();
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_THAT(Events(Authoritys(id)), Contains("the issuing side could not be asked: REGISTER_UNAVAILABLE"));
  norway_.reg.available = true;
  network_.RunFor(absl::Minutes(1));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_DECIDED);
}

TEST_F(CasesTest, ARegisterThatStaysAwayMakesTheCaseIncompleteNotRefused) {
  norway_.reg.available = false;
  const std::string id = Submit(Request(document_));
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(norway_.reg.questions, base::kCaseQuestionsMax);
  const v1::RecognitionCase content = Applicants(id);
  EXPECT_EQ(content.state(), v1::CASE_STATE_INCOMPLETE);
  ASSERT_EQ(content.outcome().missing_size(), 1);
  EXPECT_THAT(content.outcome().missing(0), HasSubstr("could not be asked"));
}

TEST_F(CasesTest, NoIssuingNodeLeavesAuthenticityUnknown) {
  v1::CreateCaseRequest request = Request(document_);
  request.clear_issuing_node();
  const std::string id = Submit(request);
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_INCOMPLETE);
  EXPECT_EQ(norway_.reg.questions, 0);
}

TEST_F(CasesTest, AnIssuingNodeThatLeftTheFederationLeavesAuthenticityUnknown) {
  const std::string id = Submit(Request(document_));
  network_.RevokeNode("NO");
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_INCOMPLETE);
}

TEST_F(CasesTest, ItIsNotDeliveredWhenTheAuthorityStaysAwayOrLeaves) {
  network_.faults.assign(10000, WireFault::kUnreachable);
  const std::string away = Submit(Request(document_));
  for (int hours = 0; hours < 24 * 7 + 1; ++hours) {
    network_.clock.Advance(absl::Hours(1));
    network_.Run();
  }
  EXPECT_EQ(Applicants(away).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_THAT(Events(Applicants(away)), Contains("application not delivered: PEER_UNREACHABLE"));
  network_.faults.clear();

  const std::string left = Submit(Request(document_));
  network_.RevokeNode("BG");
  network_.Run();
  EXPECT_EQ(Applicants(left).state(), v1::CASE_STATE_NOT_DELIVERED);
}

TEST_F(CasesTest, APurposeWithoutPolicyIsRefusedByTheAuthority) {
  sharing::v1::CreateAuthorisationRequest wish;
  wish.set_request_id(NewId());
  *wish.mutable_authorisation() = Authorise(document_);
  wish.mutable_authorisation()->set_purpose(sharing::v1::PURPOSE_EMPLOYMENT);
  v1::CreateCaseRequest request = Request(document_);
  request.set_authorisation_id(italy_.authorisations.Create("portal", wish).value().id());
  request.set_purpose(sharing::v1::PURPOSE_EMPLOYMENT);
  const std::string id = Submit(request);
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_THAT(Events(Applicants(id)), Contains("application refused: PURPOSE_OUT_OF_SCOPE"));
  EXPECT_EQ(Applicants(id).evidence_size(), 1);
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
}

TEST_F(CasesTest, LostAnswersAndCrashesChangeNothing) {
  using Fault = passerelle::testing::FaultyStore::Fault;
  network_.faults = {WireFault::kAnswerLost, WireFault::kUnreachable, WireFault::kAnswerLost};
  const std::string id = Submit(Request(document_));
  network_.Run();
  bulgaria_.store.FailWrite(1, Fault::kBeforeCommit);
  network_.RunFor(absl::Minutes(1));
  bulgaria_.store.FailWrite(0, Fault::kAfterCommit);
  italy_.store.FailWrite(1, Fault::kBeforeCommit);
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_DECIDED);
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_DECIDED);
  EXPECT_THAT(Events(Applicants(id)),
              ElementsAre("application recorded for BG", "application received by BG", "outcome received: decided"));
}

TEST_F(CasesTest, AnOutcomeThatIsHereBeforeItsReceiptStays) {
  network_.faults = {WireFault::kAnswerLost};
  const std::string id = Submit(Request(document_));
  network_.Run();  // the authority has the case and sends its outcome; the receipt was lost
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_DECIDED);
  network_.RunFor(absl::Minutes(1));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_DECIDED);
  EXPECT_THAT(Events(Applicants(id)),
              ElementsAre("application recorded for BG", "outcome received: decided", "application received by BG"));
}

TEST_F(CasesTest, TwoWorkersDecideACaseOnce) {
  const std::string id = Submit(Request(document_));
  ASSERT_OK(italy_.outbox().SendDue(1));
  // While the first worker asks the register, its minute passes and a second one takes the case.
  bool again = true;
  norway_.reg.distort = [&](authenticity::v1::AuthenticityAnswer&) {
    if (!again) return;
    again = false;
    network_.clock.Advance(base::kClaimLife);
    ASSERT_OK(bulgaria_.cases.ProcessDue(1));
  };
  ASSERT_OK(bulgaria_.cases.ProcessDue(1));
  network_.Run();
  EXPECT_THAT(Events(Authoritys(id)),
              ElementsAre("application received", HasSubstr("recognised in full"), "outcome received by IT"));
}

TEST_F(CasesTest, ClientsSeeWhatIsTheirs) {
  const std::string id = Submit(Request(document_));
  network_.Run();
  EXPECT_THAT(italy_.cases.Get("another portal", id), HasReasonAt(Reason::kResourceNotFound, "id"));
  EXPECT_THAT(norway_.cases.Get("anyone", id), HasReasonAt(Reason::kResourceNotFound, "id"));
  EXPECT_OK(bulgaria_.cases.Get("any evaluator", id));
  EXPECT_THAT(italy_.cases.Get("portal", ""), HasReasonAt(Reason::kFieldMissing, "id"));
  EXPECT_THAT(italy_.cases.Get("portal", id + "/document"), HasReasonAt(Reason::kFieldInvalid, "id"));
  EXPECT_EQ(italy_.cases.List("another portal", {}).value().recognition_cases_size(), 0);
  EXPECT_EQ(bulgaria_.cases.List("any evaluator", {}).value().recognition_cases_size(), 1);
}

TEST_F(CasesTest, ListsPageByPageWithoutDocumentsAndEvidence) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(Submit(Request(document_)));
    ASSERT_OK(italy_.cases.Create("another portal", Request(document_, "another portal")));
  }
  network_.Run();
  std::vector<std::string> listed;
  v1::ListCasesRequest request;
  request.set_page_size(2);
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListCasesResponse page, italy_.cases.List("portal", request));
    for (const v1::RecognitionCase& content : page.recognition_cases()) {
      listed.push_back(content.id());
      EXPECT_TRUE(content.document().content().empty());
      EXPECT_TRUE(content.evidence().empty());
    }
    request.set_page_token(page.next_page_token());
    if (!page.next_page_token().empty()) {
      EXPECT_THAT(italy_.cases.List("another portal", request), HasReasonAt(Reason::kFieldInvalid, "page_token"));
    }
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, ids);
  request.set_page_size(-1);
  EXPECT_THAT(italy_.cases.List("portal", request), HasReasonAt(Reason::kFieldInvalid, "page_size"));
}

}  // namespace
}  // namespace passerelle::recognition
