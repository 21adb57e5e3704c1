// How much another node can make this one keep and read: messages and answers that are larger than they may be, cases
// that are full, and lists of cases with much in them.
#include "absl/strings/str_cat.h"
#include "core/elm/codec.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/cases.h"
#include "core/recognition/inquiries.h"
#include "tests/unit/core/recognition/case_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kLaterField = 15'000;  // of a release that this one does not know
constexpr char kMark[] = "what nobody here knows";

// Puts so many bytes into a field that this release does not know.
void AddUnknown(size_t bytes, google::protobuf::Message* message) {
  message->GetReflection()->MutableUnknownFields(message)->AddLengthDelimited(kLaterField, std::string(bytes, 'x'));
}

class CaseBoundsTest : public CaseFixture {
 protected:
  // A case at the holder's side, of which nothing was sent yet.
  v1::RecognitionCase Submitted() { return Applicants(Submit(Request(document_))); }

  // Hands the answer to an application to the holder's side.
  void Answer(const std::string& id, const relay::Answer& answer) {
    relay::Outgoing message;
    message.resource = id;
    for (relay::AnswerHandler* handler : italy_.cases.answer_handlers()) {
      if (handler->Type() != v1::RecognitionApplication::descriptor()->full_name()) continue;
      ASSERT_OK(italy_.memory.Write(
          [&](base::Transaction& tx) { return handler->HandleAnswer(message, answer, nullptr, tx); }));
    }
  }

  // An outcome with words of so many bytes.
  static v1::RecognitionOutcome LongOutcome(const v1::RecognitionCase& content, size_t bytes) {
    v1::RecognitionOutcome outcome = Outcome(content, v1::CASE_STATE_EVALUATION);
    outcome.add_reasons(std::string(bytes, 'x'));
    return outcome;
  }
};

TEST_F(CaseBoundsTest, AnApplicationIsNoLargerThanItsDocumentAndALittleAround) {
  v1::RecognitionApplication application = Application();
  AddUnknown(kAroundContentBytesMax, &application);
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kInputTooLarge, "body"));
  application = Application();
  AddUnknown(kAroundContentBytesMax, application.mutable_document());
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kInputTooLarge, "body"));
  // Beyond the largest document nothing is even parsed.
  relay::Opened message = Opened(bulgaria_, "IT", application);
  message.body.assign(base::kDocumentBytesMax + kAroundContentBytesMax + 1, '\xff');
  EXPECT_THAT(ReceiveMessage(bulgaria_, message), HasReasonAt(Reason::kInputTooLarge, "body"));
  EXPECT_EQ(bulgaria_.cases.List("evaluator", {}).value().recognition_cases_size(), 0);
}

TEST_F(CaseBoundsTest, TheLargestDocumentIsTaken) {
  v1::RecognitionApplication application = Application();
  application.mutable_document()->set_content(std::string(base::kDocumentBytesMax, 'x'));
  application.mutable_document()->set_sha256(base::Sha256Hex(application.document().content()));
  ASSERT_OK(Receive(bulgaria_, "IT", application).status());
  EXPECT_EQ(Authoritys(application.case_id()).document().content().size(), base::kDocumentBytesMax);
}

TEST_F(CaseBoundsTest, WhatThisReleaseDoesNotKnowOfAnApplicationIsNotKept) {
  v1::RecognitionApplication application = Application();
  google::protobuf::Message* const document = application.mutable_document();
  document->GetReflection()->MutableUnknownFields(document)->AddLengthDelimited(kLaterField, kMark);
  ASSERT_THAT(application.SerializeAsString(), HasSubstr(kMark));
  ASSERT_OK(Receive(bulgaria_, "IT", application).status());
  const v1::RecognitionCase received = Authoritys(application.case_id());
  EXPECT_EQ(received.document().content(), document_);
  EXPECT_THAT(received.SerializeAsString(), Not(HasSubstr(kMark)));
}

TEST_F(CaseBoundsTest, QuestionsAndAnswersAreWordsAndNothingElse) {
  v1::CaseInquiry inquiry;
  inquiry.set_inquiry_id(NewId());
  inquiry.set_question(std::string(kInquiryBytesMax, 'x'));
  inquiry.set_document_sha256(base::Sha256Hex(document_));
  EXPECT_OK(Receive(norway_, "BG", inquiry).status()) << "the longest question";
  AddUnknown(kInquiryBytesMax, &inquiry);
  EXPECT_THAT(Receive(norway_, "BG", inquiry), HasReasonAt(Reason::kInputTooLarge, "body"));
  v1::CaseInquiryAnswer answer;
  answer.set_inquiry_id(NewId());
  answer.set_answer("Yes.");
  AddUnknown(2 * kInquiryBytesMax, &answer);
  EXPECT_THAT(Receive(bulgaria_, "NO", answer), HasReasonAt(Reason::kInputTooLarge, "body"));
}

TEST_F(CaseBoundsTest, ACredentialIsNoLargerThanItsBytesAndALittleAround) {
  v1::CredentialOfDecision body;
  body.set_case_id(Submitted().id());
  body.mutable_credential()->set_form("elm");
  body.mutable_credential()->set_content("sealed");
  body.mutable_credential()->set_sha256(base::Sha256Hex("sealed"));
  AddUnknown(kAroundContentBytesMax, body.mutable_credential());
  EXPECT_THAT(Receive(italy_, "BG", body), HasReasonAt(Reason::kInputTooLarge, "body"));
}

TEST_F(CaseBoundsTest, AnOutcomeHasRoomForADecisionWithGroundsAndNoMore) {
  const v1::RecognitionCase content = Submitted();
  v1::RecognitionOutcome outcome = LongOutcome(content, 4 * kCaseActionBytesMax);
  EXPECT_THAT(Receive(italy_, "BG", outcome), HasReasonAt(Reason::kInputTooLarge, "body"));
  // An evaluation and a decision of the largest step that a person takes, and all that a check may find.
  outcome = LongOutcome(content, 3 * kCaseActionBytesMax);
  EXPECT_OK(Receive(italy_, "BG", outcome).status());
  EXPECT_EQ(Applicants(content.id()).outcome().reasons(0).size(), 3 * kCaseActionBytesMax);
}

TEST_F(CaseBoundsTest, AnAuthorityThatSendsOutcomeAfterOutcomeFillsTheCaseNoFurther) {
  const v1::RecognitionCase content = Submitted();
  absl::Status last;
  int taken = 0;
  for (; taken <= kCaseEventsMax && last.ok(); ++taken) {
    last = Receive(italy_, "BG", Outcome(content, v1::CASE_STATE_EVALUATION)).status();
  }
  EXPECT_THAT(last, HasReasonAt(Reason::kInputTooLarge, "events"));
  EXPECT_EQ(Applicants(content.id()).events_size(), kCaseEventsMax);
}

TEST_F(CaseBoundsTest, LargeOutcomesFillACaseSooner) {
  const v1::RecognitionCase content = Submitted();
  absl::Status last;
  for (size_t sent = 0; sent <= kCaseBytesMax && last.ok(); sent += kCaseActionBytesMax) {
    const v1::RecognitionOutcome outcome = LongOutcome(content, kCaseActionBytesMax);
    relay::Opened message = Opened(italy_, "BG", outcome);
    relay::v1::Envelope envelope;
    envelope.set_body(message.body);
    message.envelope = &envelope;
    last = ReceiveMessage(italy_, message).status();
  }
  EXPECT_THAT(last, HasReasonAt(Reason::kInputTooLarge, "case"));
  EXPECT_LE(Applicants(content.id()).ByteSizeLong(), kCaseBytesMax + kCaseActionBytesMax);
}

TEST_F(CaseBoundsTest, AnOutcomeThatWasOvertakenLeavesAnEventAndNotItsMessage) {
  const v1::RecognitionCase content = Submitted();
  const auto receive = [&](uint32_t revision) {
    v1::RecognitionOutcome outcome = Outcome(content, v1::CASE_STATE_EVALUATION);
    outcome.set_revision(revision);
    relay::Opened message = Opened(italy_, "BG", outcome);
    relay::v1::Envelope envelope;
    envelope.set_body(message.body);
    message.envelope = &envelope;
    EXPECT_OK(ReceiveMessage(italy_, message).status());
    return message.sha256;
  };
  receive(7);
  EXPECT_EQ(Applicants(content.id()).evidence_size(), 1);
  const std::string overtaken = receive(6);
  const v1::RecognitionCase after = Applicants(content.id());
  EXPECT_EQ(after.evidence_size(), 1);
  EXPECT_EQ(after.outcome().revision(), 7u);
  EXPECT_EQ(after.events().rbegin()->reason(), "outcome received: a later one is here already");
  EXPECT_EQ(after.events().rbegin()->evidence_sha256(), overtaken);
}

TEST_F(CaseBoundsTest, AnAnswerThatIsTooLargeIsNoReceiptAndIsNotKept) {
  const std::string id = Submitted().id();
  relay::v1::Receipt receipt;
  receipt.set_resource(id);
  AddUnknown(kAnswerBytesMax, &receipt);
  relay::Answer answer;
  answer.opened.header.type = receipt.GetTypeName();
  answer.opened.body = receipt.SerializeAsString();
  answer.envelope.set_body(answer.opened.body);
  Answer(id, answer);
  const v1::RecognitionCase after = Applicants(id);
  EXPECT_EQ(after.state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_EQ(after.events().rbegin()->reason(), "application refused: PEER_ANSWER_INVALID");
  EXPECT_EQ(after.events().rbegin()->evidence_sha256(), relay::EnvelopeSha256(answer.envelope));
  EXPECT_EQ(after.evidence_size(), 0);
}

TEST_F(CaseBoundsTest, AnIssuingNodeThatAnswersTooMuchHasNotAnswered) {
  norway_.reg.distort = [](authenticity::v1::AuthenticityAnswer& answer) { AddUnknown(kAnswerBytesMax, &answer); };
  const std::string id = Submit(Request(document_));
  network_.Run();
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_THAT(Events(Authoritys(id)), Contains("the issuing side could not be asked: PEER_ANSWER_INVALID"));
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_INCOMPLETE) << "never refused for it";
  EXPECT_FALSE(Authoritys(id).verdict().has_answer());
}

// Who assessed stands in a warning of the evaluation, by the words of the document.
TEST_F(CaseBoundsTest, ADocumentThatWouldFillItsEvaluationIsLikeOneThatCannotBeRead) {
  elm::v3::EuropeanDigitalCredential credential = passerelle::testing::MakeCredential();
  auto* const person = credential.mutable_credential_subject()->mutable_person();
  elm::v3::LearningAchievement* const achievement = person->mutable_has_claim(0)->mutable_learning_achievement();
  elm::v3::AwardingProcess* const award = achievement->mutable_awarded_by();
  award->set_awarding_date("2024-06-28T00:00:00Z");
  award->add_awarding_body()->mutable_organisation()->add_vat_identifier()->set_notation("LT100");
  elm::v3::Organisation* const assessor = achievement->add_proven_by()->add_assessed_by()->mutable_organisation();
  assessor->set_id("urn:epass:org:2");
  assessor->add_vat_identifier()->set_notation(std::string(1u << 20, '7'));
  const std::string document = absl::StrCat("NOTE ", elm::Write(credential));
  norway_.reg.Issue("no-8", document);
  const std::string id = Submit(Request(document));
  network_.Run();
  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_EQ(theirs.state(), v1::CASE_STATE_INCOMPLETE);
  EXPECT_LT(theirs.ByteSizeLong() - document.size(), kAroundContentBytesMax);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_INCOMPLETE) << "the outcome is one that the other side takes";
}

TEST_F(CaseBoundsTest, APageOfLargeCasesIsShorterAndTheListComplete) {
  std::vector<std::string> ids;
  for (int i = 0; i < 25; ++i) {
    const v1::RecognitionCase content = Submitted();
    ASSERT_OK(Receive(italy_, "BG", LongOutcome(content, 3 * kCaseActionBytesMax)).status());
    ids.push_back(content.id());
  }
  std::vector<std::string> listed;
  v1::ListCasesRequest request;
  request.set_page_size(100);
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListCasesResponse page, italy_.cases.List("portal", request));
    EXPECT_LT(page.ByteSizeLong(), base::kGrpcMessageBytesMax / 3);
    for (const v1::RecognitionCase& content : page.recognition_cases()) listed.push_back(content.id());
    request.set_page_token(page.next_page_token());
    EXPECT_EQ(page.next_page_token().empty(), listed.size() == ids.size());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, ids);
}

}  // namespace
}  // namespace passerelle::recognition
