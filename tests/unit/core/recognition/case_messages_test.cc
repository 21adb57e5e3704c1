// What else goes between nodes in a case: the holder's steps to the authority, and questions to other centres with
// their answers.

#include <functional>
#include <set>

#include "absl/strings/match.h"
#include "core/recognition/holder_steps.h"
#include "core/recognition/inquiries.h"
#include "core/recognition/transitions.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::WireFault;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<v1::CaseActor> kCentre = {v1::CASE_ACTOR_PEER_CENTRE};

class CaseMessagesTest : public CaseStepsTest {
 protected:
  // What the client that submitted the case wants at the holder's side.
  v1::TakeStepRequest OfHolder(const std::string& id, v1::CaseStep step) {
    v1::TakeStepRequest request;
    request.set_request_id(NewId());
    request.set_id(id);
    request.mutable_action()->set_step(step);
    request.mutable_action()->set_reason("the holder says so");
    request.mutable_action()->set_revision(Applicants(id).outcome().revision());
    return request;
  }

  absl::StatusOr<v1::RecognitionCase> TakeHolders(const v1::TakeStepRequest& request) {
    return italy_.cases.Take("portal", {}, request);
  }

  v1::TakeStepRequest Supply(const std::string& id) {
    v1::TakeStepRequest supply = OfHolder(id, v1::CASE_STEP_SUPPLY);
    const v1::RecognitionCase theirs = Authoritys(id);
    for (const v1::MissingItem& item : theirs.procedure().items()) {
      supply.mutable_action()->add_items()->set_input(item.input());
    }
    return supply;
  }

  // Asks a node from the evaluation; the case waits for the answer then.
  std::string Asked(const std::string& asked = "node:NO") {
    const std::string id = Open();
    BringToEvaluation(id);
    EXPECT_OK(Take(Question(id, asked)).status());
    network_.Run();
    return id;
  }
  v1::TakeStepRequest Question(const std::string& id, const std::string& asked) {
    v1::TakeStepRequest ask = Step(id, v1::CASE_STEP_ASK);
    ask.mutable_action()->mutable_inquiry()->set_asked(asked);
    ask.mutable_action()->mutable_inquiry()->set_question("Was this course assessed?");
    return ask;
  }

  static std::vector<v1::ReceivedInquiry> OpenAt(passerelle::testing::TestNode& node) {
    const auto page = node.cases.ListInquiries(kCentre, {});
    EXPECT_OK(page.status());
    return {page->inquiries().begin(), page->inquiries().end()};
  }

  v1::AnswerInquiryRequest Reply(const std::string& id) {
    v1::AnswerInquiryRequest request;
    request.set_request_id(NewId());
    request.set_id(id);
    request.set_answer("Yes, by a written examination.");
    request.set_actor("official-7");
    return request;
  }
};

TEST_F(CaseMessagesTest, WhatTheHolderSuppliesGoesToTheAuthorityAndTakesTheCaseOn) {
  const std::string id = Open();
  ASSERT_EQ(Applicants(id).state(), v1::CASE_STATE_INCOMPLETE);
  ASSERT_OK_AND_ASSIGN(const v1::RecognitionCase sent, TakeHolders(Supply(id)));
  EXPECT_EQ(sent.state(), v1::CASE_STATE_INCOMPLETE) << "the authority has not answered";
  EXPECT_EQ(sent.events().rbegin()->reason(), "supply recorded for BG");
  EXPECT_EQ(sent.events().rbegin()->actor(), "portal");
  network_.Run();
  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_THAT(Path(theirs), ElementsAre("T01", "T02", "T02a", "T03", "T06", "T09a"));
  v1::CaseEvent supplied;
  for (const v1::CaseEvent& event : theirs.events()) {
    if (event.step() == v1::CASE_STEP_SUPPLY) supplied = event;
  }
  EXPECT_EQ(supplied.role(), v1::CASE_ACTOR_HOLDER);
  EXPECT_EQ(supplied.actor(), "node:IT");
  // The signed message is kept, and the event points to it.
  std::vector<std::string> kept;
  for (const relay::v1::Envelope& envelope : theirs.evidence()) kept.push_back(relay::EnvelopeSha256(envelope));
  EXPECT_THAT(kept, Contains(supplied.evidence_sha256()));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_EVALUATION);
  EXPECT_THAT(Events(Applicants(id)), Contains("supply received by BG"));
}

TEST_F(CaseMessagesTest, AnAppealAndAWithdrawalGoTheSameWay) {
  const std::string decided = Decided(v1::DECISION_KIND_PARTIAL);
  ASSERT_OK(TakeHolders(OfHolder(decided, v1::CASE_STEP_APPEAL)).status());
  network_.Run();
  EXPECT_EQ(Authoritys(decided).state(), v1::CASE_STATE_APPEALED);
  EXPECT_EQ(Applicants(decided).state(), v1::CASE_STATE_APPEALED);

  const std::string open = Open();
  const v1::TakeStepRequest withdraw = OfHolder(open, v1::CASE_STEP_WITHDRAW);
  ASSERT_OK(TakeHolders(withdraw).status());
  network_.Run();
  EXPECT_EQ(Applicants(open).state(), v1::CASE_STATE_WITHDRAWN);
  EXPECT_FALSE(Authoritys(open).procedure().has_evaluation());
  // The same request again is the same step.
  const int events = Applicants(open).events_size();
  ASSERT_OK(TakeHolders(withdraw).status());
  network_.Run();
  EXPECT_EQ(Applicants(open).events_size(), events);
}

TEST_F(CaseMessagesTest, WhatTheTableDoesNotAllowComesBackAsARefusal) {
  const std::string id = Decided();
  AdvanceDays(32);
  ASSERT_EQ(Authoritys(id).state(), v1::CASE_STATE_FINAL);
  const std::string before = Authoritys(id).SerializeAsString();
  // A late appeal.
  ASSERT_OK(TakeHolders(OfHolder(id, v1::CASE_STEP_APPEAL)).status());
  network_.Run();
  EXPECT_EQ(Authoritys(id).SerializeAsString(), before);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_FINAL);
  EXPECT_THAT(Events(Applicants(id)), Contains("appeal refused: TRANSITION_NOT_ALLOWED"));
  EXPECT_FALSE(Applicants(id).evidence().rbegin()->signature().empty()) << "the signed refusal is kept";
}

TEST_F(CaseMessagesTest, TheHoldersSideSaysAtOnceWhatCannotBeSent) {
  const std::string id = Open();
  struct Row {
    const char* name;
    std::function<void(v1::TakeStepRequest&)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no step", [](auto& r) { r.mutable_action()->clear_step(); }, Reason::kFieldMissing, "action.step"},
           {"a step of the authority", [](auto& r) { r.mutable_action()->set_step(v1::CASE_STEP_DECIDE); },
            Reason::kActorNotAllowed, "action.step"},
           {"another role", [](auto& r) { r.mutable_action()->set_role(v1::CASE_ACTOR_DECIDER); },
            Reason::kClientNotAllowed, "action.role"},
           {"nothing supplied", [](auto& r) { r.mutable_action()->clear_items(); }, Reason::kFieldMissing,
            "action.items"},
           {"evidence", [](auto& r) { r.mutable_action()->set_evidence_sha256("x"); }, Reason::kFieldInvalid,
            "action.evidence_sha256"},
           {"words that steer a terminal", [](auto& r) { r.mutable_action()->set_reason("\x1b[2J"); },
            Reason::kFieldInvalid, "action.reason"},
           {"an older state", [](auto& r) { r.mutable_action()->set_revision(0); }, Reason::kEtagMismatch, "revision"},
           {"too large", [](auto& r) { r.mutable_action()->set_reason(std::string(300'000, 'x')); },
            Reason::kInputTooLarge, "action"},
       }) {
    SCOPED_TRACE(row.name);
    v1::TakeStepRequest request = Supply(id);
    row.change(request);
    EXPECT_THAT(TakeHolders(request), HasReasonAt(row.reason, row.place));
    request.set_request_id(NewId());
    request.set_validate_only(true);
    EXPECT_THAT(TakeHolders(request), HasReasonAt(row.reason, row.place));
  }
  const int sent = static_cast<int>(network_.wire.size());
  v1::TakeStepRequest checked = Supply(id);
  checked.set_validate_only(true);
  EXPECT_OK(TakeHolders(checked).status());
  network_.Run();
  EXPECT_EQ(static_cast<int>(network_.wire.size()), sent) << "only checked";
  // Who did not submit the case does not see it.
  EXPECT_THAT(italy_.cases.Take("another portal", {v1::CASE_ACTOR_HOLDER}, Supply(id)),
              HasReasonAt(Reason::kResourceNotFound, "id"));
}

TEST_F(CaseMessagesTest, StepsOfOthersThanTheHoldersSideAreNotTaken) {
  const std::string id = Open();
  const v1::RecognitionCase before = Authoritys(id);
  v1::HolderStep step;
  step.set_case_id(id);
  step.set_step(v1::CASE_STEP_WITHDRAW);
  EXPECT_THAT(Receive(bulgaria_, "NO", step), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  EXPECT_THAT(Receive(italy_, "IT", step), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  step.set_case_id(NewId());
  EXPECT_THAT(Receive(bulgaria_, "IT", step), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  step.set_case_id("7");
  EXPECT_THAT(Receive(bulgaria_, "IT", step), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  step.set_case_id(id);
  for (int value = 0; value <= v1::CaseStep_MAX; ++value) {
    const auto other = static_cast<v1::CaseStep>(value);
    if (other == v1::CASE_STEP_WITHDRAW || other == v1::CASE_STEP_SUPPLY || other == v1::CASE_STEP_APPEAL) continue;
    step.set_step(other);
    EXPECT_THAT(Receive(bulgaria_, "IT", step), HasReasonAt(Reason::kFieldInvalid, "step")) << StepName(other);
  }
  step.set_step(v1::CASE_STEP_WITHDRAW);
  step.set_reason("\x1b[2J");
  EXPECT_THAT(Receive(bulgaria_, "IT", step), HasReasonAt(Reason::kFieldInvalid, "reason"));
  step.clear_reason();
  // The holder's side was told of a later state than the one that it answers to.
  step.set_step(v1::CASE_STEP_SUPPLY);
  step.set_told_revision(before.outcome().revision() - 1);
  EXPECT_THAT(Receive(bulgaria_, "IT", step), HasReasonAt(Reason::kEtagMismatch, "told_revision"));
  EXPECT_EQ(Authoritys(id).SerializeAsString(), before.SerializeAsString());
  // Whoever withdraws need not know the latest.
  step.set_step(v1::CASE_STEP_WITHDRAW);
  EXPECT_OK(Receive(bulgaria_, "IT", step).status());
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_WITHDRAWN);
}

TEST_F(CaseMessagesTest, AStepThatWasLostOnItsWayIsTakenOnce) {
  const std::string id = Open();
  network_.faults = {WireFault::kAnswerLost, WireFault::kUnreachable};
  ASSERT_OK(TakeHolders(Supply(id)).status());
  network_.RunFor(absl::Minutes(5));
  int supplied = 0;
  const v1::RecognitionCase theirs = Authoritys(id);
  for (const v1::CaseEvent& event : theirs.events()) supplied += event.step() == v1::CASE_STEP_SUPPLY ? 1 : 0;
  EXPECT_EQ(supplied, 1);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_EVALUATION);
}

TEST_F(CaseMessagesTest, AQuestionIsAnsweredByTheNodeThatWasAskedAndTakesTheCaseOn) {
  const std::string id = Asked();
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_INQUIRY);
  EXPECT_THAT(Events(Authoritys(id)), Contains("question received by NO"));
  const std::vector<v1::ReceivedInquiry> open = OpenAt(norway_);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].asking_node(), "BG");
  EXPECT_EQ(open[0].question(), "Was this course assessed?");
  EXPECT_EQ(open[0].document_sha256(), base::Sha256Hex(document_));
  // Neither the case nor the holder can be told from it.
  EXPECT_NE(open[0].id(), id);
  for (const relay::v1::Envelope& envelope : network_.wire) {
    if (!absl::StrContains(envelope.protected_header(), "CaseInquiry\"")) continue;
    EXPECT_THAT(envelope.body(), Not(HasSubstr(id)));
    EXPECT_THAT(envelope.body(), Not(HasSubstr("holder-41")));
    EXPECT_THAT(envelope.body(), Not(HasSubstr("Solbakken")));
  }

  ASSERT_OK_AND_ASSIGN(const v1::ReceivedInquiry answered,
                       norway_.cases.AnswerInquiry("office", kCentre, Reply(open[0].id())));
  EXPECT_EQ(answered.answered_by(), "office/official-7");
  EXPECT_THAT(OpenAt(norway_), IsEmpty());
  network_.Run();
  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_EQ(theirs.state(), v1::CASE_STATE_EVALUATION);
  const v1::Inquiry& inquiry = theirs.procedure().inquiries(0);
  EXPECT_EQ(inquiry.answer(), "Yes, by a written examination.");
  std::vector<std::string> kept;
  for (const relay::v1::Envelope& envelope : theirs.evidence()) kept.push_back(relay::EnvelopeSha256(envelope));
  EXPECT_THAT(kept, Contains(inquiry.evidence_sha256()));
  EXPECT_EQ(theirs.events().rbegin()->actor(), "node:NO");
  EXPECT_EQ(theirs.events().rbegin()->role(), v1::CASE_ACTOR_ISSUING_NODE);
  // The holder's side learns nothing of the authority's questions.
  EXPECT_THAT(Applicants(id).SerializeAsString(), Not(HasSubstr("written examination")));
  EXPECT_THAT(Applicants(id).SerializeAsString(), Not(HasSubstr("Was this course")));
}

TEST_F(CaseMessagesTest, ACentreThatIsNotTheIssuingSideCanBeAskedToo) {
  const std::string id = Asked("node:IT");
  ASSERT_EQ(OpenAt(italy_).size(), 1u);
  EXPECT_THAT(OpenAt(norway_), IsEmpty());
  ASSERT_OK(italy_.cases.AnswerInquiry("office", {v1::CASE_ACTOR_EVALUATOR}, Reply(OpenAt(italy_)[0].id())).status());
  network_.Run();
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_EVALUATION);
  EXPECT_EQ(Authoritys(id).events().rbegin()->role(), v1::CASE_ACTOR_PEER_CENTRE);
}

TEST_F(CaseMessagesTest, AnswersOfOthersAndSecondAnswersAreNotTaken) {
  const std::string id = Asked();
  const std::string question = OpenAt(norway_)[0].id();
  const std::string before = Authoritys(id).SerializeAsString();
  v1::CaseInquiryAnswer answer;
  answer.set_inquiry_id(question);
  answer.set_answer("No.");
  EXPECT_THAT(Receive(bulgaria_, "IT", answer), HasReasonAt(Reason::kResourceNotFound, "inquiry_id"));
  // Nor by a client of this node that takes the name of the node that was asked.
  v1::TakeStepRequest pretended = Step(id, v1::CASE_STEP_ANSWER, "");
  pretended.mutable_action()->mutable_inquiry()->set_answer("No.");
  pretended.mutable_action()->set_evidence_sha256(base::Sha256Hex("a letter"));
  EXPECT_EQ(base::PlaceOf(bulgaria_.cases.Take("NO", kCentre, pretended).status()), "guard");
  EXPECT_EQ(Authoritys(id).SerializeAsString(), before);

  EXPECT_THAT(norway_.cases.AnswerInquiry("office", {v1::CASE_ACTOR_HOLDER}, Reply(question)),
              HasReasonAt(Reason::kClientNotAllowed, "role"));
  EXPECT_THAT(norway_.cases.ListInquiries({}, {}), HasReasonAt(Reason::kClientNotAllowed, "role"));
  v1::AnswerInquiryRequest silent = Reply(question);
  silent.clear_answer();
  EXPECT_THAT(norway_.cases.AnswerInquiry("office", kCentre, silent), HasReasonAt(Reason::kFieldMissing, "answer"));
  v1::AnswerInquiryRequest long_one = Reply(question);
  long_one.set_answer(std::string(kInquiryBytesMax + 1, 'x'));
  EXPECT_THAT(norway_.cases.AnswerInquiry("office", kCentre, long_one), HasReasonAt(Reason::kInputTooLarge, "answer"));
  EXPECT_THAT(norway_.cases.AnswerInquiry("office", kCentre, Reply(NewId())),
              HasReasonAt(Reason::kResourceNotFound, "id"));

  const v1::AnswerInquiryRequest given = Reply(question);
  ASSERT_OK(norway_.cases.AnswerInquiry("office", kCentre, given).status());
  EXPECT_OK(norway_.cases.AnswerInquiry("office", kCentre, given).status()) << "the same request again";
  EXPECT_THAT(norway_.cases.AnswerInquiry("office", kCentre, Reply(question)),
              HasReasonAt(Reason::kInquiryAnswered, "id"));
  network_.Run();
  EXPECT_THAT(Receive(bulgaria_, "NO", answer), HasReason(Reason::kTransitionNotAllowed)) << "it was answered";
  EXPECT_EQ(Authoritys(id).procedure().inquiries(0).answer(), "Yes, by a written examination.");
}

// The case was withdrawn meanwhile: the answer is refused, and the node that answered learns it.
TEST_F(CaseMessagesTest, AnAnswerToACaseThatIsOverIsRefused) {
  const std::string id = Asked();
  const std::string question = OpenAt(norway_)[0].id();
  ASSERT_OK(TakeHolders(OfHolder(id, v1::CASE_STEP_WITHDRAW)).status());
  network_.Run();
  ASSERT_EQ(Authoritys(id).state(), v1::CASE_STATE_WITHDRAWN);
  const v1::AnswerInquiryRequest given = Reply(question);
  ASSERT_OK(norway_.cases.AnswerInquiry("office", kCentre, given).status());
  network_.Run();
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_WITHDRAWN);
  ASSERT_OK_AND_ASSIGN(const v1::ReceivedInquiry after, norway_.cases.AnswerInquiry("office", kCentre, given));
  EXPECT_THAT(after.delivery(), ::testing::AnyOf("RESOURCE_NOT_FOUND", "TRANSITION_NOT_ALLOWED"));
}

TEST_F(CaseMessagesTest, QuestionsThatCannotBePutAreRefusedAtOnce) {
  const std::string id = Open();
  BringToEvaluation(id);
  const std::string before = Authoritys(id).SerializeAsString();
  EXPECT_THAT(Take(Question(id, "node:XX")), HasReasonAt(Reason::kNodeUnknown, "action.inquiry.asked"));
  EXPECT_THAT(Take(Question(id, "node:")), HasReasonAt(Reason::kNodeUnknown, "action.inquiry.asked"));
  EXPECT_THAT(Take(Question(id, "node:BG")), HasReasonAt(Reason::kFieldInvalid, "action.inquiry.asked"));
  v1::TakeStepRequest long_one = Question(id, "node:NO");
  long_one.mutable_action()->mutable_inquiry()->set_question(std::string(kInquiryBytesMax + 1, 'x'));
  EXPECT_THAT(Take(long_one), HasReasonAt(Reason::kInputTooLarge, "action.inquiry.question"));
  EXPECT_EQ(Authoritys(id).SerializeAsString(), before);
  EXPECT_THAT(OpenAt(norway_), IsEmpty());
}

TEST_F(CaseMessagesTest, QuestionsThatMakeNoSenseAreRefused) {
  const auto inquiry = [&] {
    v1::CaseInquiry made;
    made.set_inquiry_id(NewId());
    made.set_question("Was this course assessed?");
    made.set_document_sha256(base::Sha256Hex(document_));
    return made;
  };
  struct Row {
    const char* name;
    std::function<void(v1::CaseInquiry&)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no id", [](auto& i) { i.clear_inquiry_id(); }, Reason::kFieldMissing, "inquiry_id"},
           {"id", [](auto& i) { i.set_inquiry_id("7"); }, Reason::kFieldInvalid, "inquiry_id"},
           {"no question", [](auto& i) { i.clear_question(); }, Reason::kFieldMissing, "question"},
           {"long question", [](auto& i) { i.set_question(std::string(kInquiryBytesMax + 1, 'x')); },
            Reason::kInputTooLarge, "question"},
           {"words that steer a terminal", [](auto& i) { i.set_question("\x1b[2J"); }, Reason::kFieldInvalid,
            "question"},
           {"digest", [](auto& i) { i.set_document_sha256("aa"); }, Reason::kFieldInvalid, "document_sha256"},
       }) {
    SCOPED_TRACE(row.name);
    v1::CaseInquiry changed = inquiry();
    row.change(changed);
    EXPECT_THAT(Receive(norway_, "BG", changed), HasReasonAt(row.reason, row.place));
  }
  const v1::CaseInquiry first = inquiry();
  EXPECT_OK(Receive(norway_, "BG", first).status());
  EXPECT_OK(Receive(norway_, "BG", first).status()) << "the same question in a new message";
  EXPECT_THAT(Receive(norway_, "IT", first), HasReasonAt(Reason::kFieldInvalid, "inquiry_id"));
  EXPECT_EQ(OpenAt(norway_).size(), 1u);
}

TEST_F(CaseMessagesTest, NoNodeFillsTheStoreOfAnotherWithQuestions) {
  const auto ask = [&](const char* node) {
    v1::CaseInquiry inquiry;
    inquiry.set_inquiry_id(NewId());
    inquiry.set_question("Was this course assessed?");
    inquiry.set_document_sha256(base::Sha256Hex(document_));
    return Receive(norway_, node, inquiry).status();
  };
  for (int i = 0; i < kInquiriesOpenMax; ++i) ASSERT_OK(ask("BG"));
  EXPECT_THAT(ask("BG"), HasReasonAt(Reason::kOverloaded, "inquiry_id"));
  EXPECT_OK(ask("IT")) << "another node is not held up";
  // Once one is answered, there is room again.
  ASSERT_OK(norway_.cases.AnswerInquiry("office", kCentre, Reply(OpenAt(norway_)[0].id())).status());
  EXPECT_OK(ask("BG"));
  EXPECT_THAT(ask("BG"), HasReason(Reason::kOverloaded));
}

TEST_F(CaseMessagesTest, QuestionsAreListedPageByPage) {
  for (int i = 0; i < 5; ++i) Asked();
  v1::ListInquiriesRequest request;
  request.set_page_size(2);
  std::vector<std::string> ids;
  do {
    ASSERT_OK_AND_ASSIGN(const v1::ListInquiriesResponse page, norway_.cases.ListInquiries(kCentre, request));
    EXPECT_LE(page.inquiries_size(), 2);
    for (const v1::ReceivedInquiry& inquiry : page.inquiries()) ids.push_back(inquiry.id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 5u);
}

}  // namespace
}  // namespace passerelle::recognition
