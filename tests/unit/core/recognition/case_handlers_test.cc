#include <functional>

#include "core/recognition/cases.h"
#include "tests/unit/core/recognition/case_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

class CaseHandlersTest : public CaseFixture {};

TEST_F(CaseHandlersTest, AnApplicationIsAnsweredWithAReceiptThatNamesTheCase) {
  const v1::RecognitionApplication application = Application();
  ASSERT_OK_AND_ASSIGN(const relay::Reply reply, Receive(bulgaria_, "IT", application));
  relay::v1::Receipt receipt;
  EXPECT_EQ(reply.type, receipt.GetTypeName());
  ASSERT_TRUE(receipt.ParseFromString(reply.body));
  EXPECT_EQ(receipt.resource(), application.case_id());
  EXPECT_EQ(Authoritys(application.case_id()).state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_EQ(Authoritys(application.case_id()).events(0).transition(), "T01");
}

TEST_F(CaseHandlersTest, ApplicationsThatCannotBeTakenAreRefused) {
  struct Row {
    const char* name;
    std::function<void(v1::RecognitionApplication&)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no id", [](auto& a) { a.clear_case_id(); }, Reason::kFieldMissing, "case_id"},
           {"id", [](auto& a) { a.set_case_id("7"); }, Reason::kFieldInvalid, "case_id"},
           {"id in capitals", [](auto& a) { a.set_case_id("0B8F7A52-6C1E-4A39-9F0D-2F6F3D8A1C01"); },
            Reason::kFieldInvalid, "case_id"},
           {"long pseudonym", [](auto& a) { a.set_holder_pseudonym(std::string(base::kIdBytesMax + 1, 'x')); },
            Reason::kFieldInvalid, "holder_pseudonym"},
           {"long node", [](auto& a) { a.set_issuing_node(std::string(base::kIdBytesMax + 1, 'x')); },
            Reason::kFieldInvalid, "issuing_node"},
           {"no purpose", [](auto& a) { a.clear_purpose(); }, Reason::kFieldMissing, "purpose"},
           {"purpose without policy", [](auto& a) { a.set_purpose(sharing::v1::PURPOSE_EMPLOYMENT); },
            Reason::kPurposeOutOfScope, "purpose"},
           {"long format", [](auto& a) { a.mutable_document()->set_format(std::string(base::kIdBytesMax + 1, 'x')); },
            Reason::kFieldInvalid, "document.format"},
           {"long media type",
            [](auto& a) { a.mutable_document()->set_media_type(std::string(base::kIdBytesMax + 1, 'x')); },
            Reason::kFieldInvalid, "document.media_type"},
           {"no document", [](auto& a) { a.clear_document(); }, Reason::kFieldMissing, "document.content"},
           {"changed document", [](auto& a) { a.mutable_document()->mutable_content()->push_back('x'); },
            Reason::kFieldInvalid, "document.sha256"},
           {"large document",
            [](auto& a) { a.mutable_document()->set_content(std::string(base::kDocumentBytesMax + 1, 'x')); },
            Reason::kInputTooLarge, "document.content"},
       }) {
    SCOPED_TRACE(row.name);
    v1::RecognitionApplication application = Application();
    row.change(application);
    EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(row.reason, row.place));
  }
  relay::Opened message;
  message.header.type = v1::RecognitionApplication::descriptor()->full_name();
  message.body = "\xff\xff";
  EXPECT_THAT(ReceiveMessage(bulgaria_, message), HasReasonAt(Reason::kFieldInvalid, "body"));
  EXPECT_EQ(bulgaria_.cases.List("evaluator", {}).value().recognition_cases_size(), 0);
}

TEST_F(CaseHandlersTest, ATakenCaseIdIsRefusedToOthersAndForOtherDocuments) {
  const v1::RecognitionApplication application = Application();
  ASSERT_OK(Receive(bulgaria_, "IT", application));
  EXPECT_OK(Receive(bulgaria_, "IT", application));  // the same again, in a new message
  EXPECT_THAT(Receive(bulgaria_, "NO", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  v1::RecognitionApplication other = application;
  other.mutable_document()->set_content("other");
  other.mutable_document()->set_sha256(base::Sha256Hex("other"));
  EXPECT_THAT(Receive(bulgaria_, "IT", other), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  EXPECT_EQ(Authoritys(application.case_id()).events_size(), 1);
  EXPECT_EQ(Authoritys(application.case_id()).document().content(), document_);
}

TEST_F(CaseHandlersTest, AnOutcomeOfAnotherNodeThanTheAuthorityIsLikeOneOfNoCase) {
  const v1::RecognitionCase content = Applicants(Submit(Request(document_)));
  v1::RecognitionOutcome outcome = Outcome(content, v1::CASE_STATE_DECIDED);
  const absl::Status other_node = Receive(italy_, "NO", outcome).status();
  EXPECT_THAT(other_node, HasReasonAt(Reason::kResourceNotFound, "case_id"));
  outcome.set_case_id(NewId());
  EXPECT_EQ(Receive(italy_, "BG", outcome).status(), other_node);
  EXPECT_EQ(Applicants(content.id()).state(), v1::CASE_STATE_SUBMITTED);
}

TEST_F(CaseHandlersTest, TheAuthorityCannotBeAnsweredWithItsOwnCase) {
  const v1::RecognitionApplication application = Application();
  ASSERT_OK(Receive(bulgaria_, "IT", application));
  // The applicant pretends to be the authority of the case that it submitted.
  const v1::RecognitionOutcome outcome = Outcome(Authoritys(application.case_id()), v1::CASE_STATE_DECIDED);
  EXPECT_THAT(Receive(bulgaria_, "IT", outcome), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  EXPECT_THAT(Receive(bulgaria_, "BG", outcome), HasReasonAt(Reason::kResourceNotFound, "case_id"));
}

TEST_F(CaseHandlersTest, OutcomesThatMakeNoSenseAreRefused) {
  const v1::RecognitionCase content = Applicants(Submit(Request(document_)));
  struct Row {
    const char* name;
    std::function<void(v1::RecognitionOutcome&)> change;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"id", [](auto& o) { o.set_case_id("7"); }, "case_id"},
           {"no state", [](auto& o) { o.clear_state(); }, "state"},
           {"state of the applicant", [](auto& o) { o.set_state(v1::CASE_STATE_SUBMITTED); }, "state"},
           {"future state", [](auto& o) { o.set_state(static_cast<v1::CaseState>(70)); }, "state"},
           {"decided without decision", [](auto& o) { o.clear_decision(); }, "decision"},
           {"unknown decision", [](auto& o) { o.set_decision(static_cast<v1::DecisionKind>(70)); }, "decision"},
           {"decision on an open case", [](auto& o) { o.set_state(v1::CASE_STATE_EVALUATION); }, "decision"},
           {"another document", [](auto& o) { o.set_document_sha256(base::Sha256Hex("x")); }, "document_sha256"},
       }) {
    SCOPED_TRACE(row.name);
    v1::RecognitionOutcome outcome = Outcome(content, v1::CASE_STATE_DECIDED);
    row.change(outcome);
    EXPECT_THAT(Receive(italy_, "BG", outcome), HasReasonAt(Reason::kFieldInvalid, row.place));
  }
  EXPECT_EQ(Applicants(content.id()).SerializeAsString(), content.SerializeAsString());
}

TEST_F(CaseHandlersTest, AnOpenCaseMayGetAFurtherOutcomeADecidedOneNever) {
  const v1::RecognitionCase content = Applicants(Submit(Request(document_)));
  ASSERT_OK(Receive(italy_, "BG", Outcome(content, v1::CASE_STATE_EVALUATION)));
  EXPECT_EQ(Applicants(content.id()).state(), v1::CASE_STATE_EVALUATION);
  ASSERT_OK(Receive(italy_, "BG", Outcome(content, v1::CASE_STATE_DECIDED)));
  const v1::RecognitionCase decided = Applicants(content.id());
  EXPECT_EQ(decided.state(), v1::CASE_STATE_DECIDED);
  for (const v1::CaseState state : {v1::CASE_STATE_INCOMPLETE, v1::CASE_STATE_DECIDED}) {
    EXPECT_THAT(Receive(italy_, "BG", Outcome(content, state)), HasReasonAt(Reason::kCaseDecided, "case_id"));
  }
  EXPECT_EQ(Applicants(content.id()).SerializeAsString(), decided.SerializeAsString());
}

TEST_F(CaseHandlersTest, AnAnswerThatIsNoReceiptForTheCaseMeansNotDelivered) {
  const std::string id = Submit(Request(document_));
  relay::v1::Receipt receipt;
  receipt.set_resource(NewId());
  relay::Answer answer;
  answer.opened.header.type = receipt.GetTypeName();
  answer.opened.body = receipt.SerializeAsString();
  relay::Outgoing message;
  message.resource = id;
  for (relay::AnswerHandler* handler : italy_.cases.answer_handlers()) {
    if (handler->Type() != v1::RecognitionApplication::descriptor()->full_name()) continue;
    ASSERT_OK(italy_.memory.Write(
        [&](base::Transaction& tx) { return handler->HandleAnswer(message, answer, nullptr, tx); }));
  }
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_THAT(Events(Applicants(id)), ::testing::Contains("application refused: PEER_ANSWER_INVALID"));
  EXPECT_EQ(Applicants(id).evidence_size(), 1);
}

}  // namespace
}  // namespace passerelle::recognition
