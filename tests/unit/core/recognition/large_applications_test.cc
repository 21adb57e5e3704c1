// Documents of applications that are larger than a piece.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/contents/contents.h"
#include "core/contents/set_aside.h"
#include "core/erasure/erased_records.h"
#include "core/recognition/case_arrivals.h"
#include "core/recognition/case_records.h"
#include "core/relay/outbox.h"
#include "tests/unit/core/recognition/large_applications_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::WireFault;
using ::testing::Contains;
using ::testing::Not;
using Fault = ::passerelle::testing::FaultyStore::Fault;

TEST_F(LargeApplicationsTest, ADocumentGoesInPiecesAndTheCaseOpensWhenAllOfItIsThere) {
  const std::string id = SubmitLarge();
  EXPECT_GT(KeptHere(), static_cast<int>(whole_.pieces()));
  const absl::Time applied = network_.clock.Now();
  ASSERT_OK(italy_.outbox().SendDue(1));
  EXPECT_FALSE(IsShown(id));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_THAT(Events(Applicants(id)), Contains("application received by BG"));
  network_.clock.Advance(absl::Seconds(30));
  network_.Run();
  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_EQ(theirs.document().content(), document_);
  EXPECT_EQ(base::FromProto(theirs.create_time()), applied);
  EXPECT_THAT(Events(theirs), Contains(absl::StrCat("document received in pieces: ", whole_.pieces())));
  EXPECT_TRUE(theirs.has_outcome());
  const v1::RecognitionCase ours = Applicants(id);
  EXPECT_EQ(ours.document().content(), document_);
  EXPECT_THAT(Events(ours), Contains("document received by BG"));
  EXPECT_EQ(ours.outcome().document_sha256(), base::Sha256Hex(document_));
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_EQ(KeptThere(id), static_cast<int>(whole_.pieces()));
  EXPECT_FALSE(IsArriving(id));
  // Nothing has the whole document: the application is the first message.
  EXPECT_LE(network_.wire.at(0).body().size(), 500u);
  EXPECT_OK(bulgaria_.VerifyLog(network_));
  EXPECT_OK(italy_.VerifyLog(network_));
}

// Under a policy for which nothing has to be supplied.
class CompleteApplicationsTest : public CaseFixture {
 protected:
  CompleteApplicationsTest() : CaseFixture(TestPolicies(), {.piece_bytes = kSmallPiece}) {}
};

// The time for the decision counts from the day on which everything is there (Lisbon Recognition Convention); the day
// of the application is that on which it came.
TEST_F(CompleteApplicationsTest, TheTimeForTheDecisionCountsFromTheDayOnWhichTheDocumentIsThere) {
  const std::string id = Submit(Request(document_));
  ASSERT_OK(italy_.outbox().SendDue(1));
  const absl::CivilDay applied = DayOf(network_.clock.Now());
  // The holder's node cannot be reached for two days.
  network_.faults.assign(1, WireFault::kUnreachable);
  ASSERT_OK(bulgaria_.outbox().SendDue(1));
  network_.clock.Advance(absl::Hours(48));
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
  network_.Run();
  network_.clock.Advance(absl::Hours(72));
  network_.Run();
  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_EQ(DayOf(base::FromProto(theirs.create_time())), applied);
  EXPECT_EQ(theirs.procedure().complete_day(), DayText(applied + 2));
}

TEST_F(LargeApplicationsTest, NoFaultOfTheWireLosesOrRepeatsAPiece) {
  const size_t messages = (SubmitLarge(), network_.Run(), network_.wire.size() / 2);
  for (size_t at = 0; at < messages; at += 5) {
    SCOPED_TRACE(at);
    network_.faults.assign(at, WireFault::kNone);
    network_.faults.push_back(at % 2 == 0 ? WireFault::kAnswerLost : WireFault::kUnreachable);
    network_.faults.push_back(WireFault::kAnswerLost);
    const std::string id = SubmitLarge();
    network_.RunFor(absl::Minutes(3));
    EXPECT_EQ(Authoritys(id).document().content(), document_);
    EXPECT_TRUE(Applicants(id).has_outcome());
    EXPECT_EQ(KeptHere(), 0);
    EXPECT_EQ(italy_.authorisations.Get("portal", authorisation_)->uses_made(), 1);
  }
}

TEST_F(LargeApplicationsTest, NoCrashLosesOrRepeatsAPiece) {
  for (passerelle::testing::TestNode* node : {&italy_, &bulgaria_}) {
    for (int at = 0; at < 40; at += 5) {
      SCOPED_TRACE(absl::StrCat(node->id, " ", at));
      const std::string id = SubmitLarge();
      node->store.FailWrite(at, at % 2 == 0 ? Fault::kBeforeCommit : Fault::kAfterCommit);
      for (int turn = 0; turn < 4; ++turn) network_.RunFor(absl::Minutes(2));
      EXPECT_EQ(Authoritys(id).document().content(), document_);
      EXPECT_TRUE(Applicants(id).has_outcome());
      EXPECT_EQ(KeptHere(), 0);
    }
  }
}

TEST_F(LargeApplicationsTest, APieceThatIsNotOfTheDocumentOpensNoCaseAndNothingOfItStays) {
  const std::string id = SubmitSpoiled();
  network_.Run();
  EXPECT_FALSE(IsShown(id));
  EXPECT_FALSE(IsArriving(id));
  EXPECT_EQ(KeptThere(id), 0);
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_THAT(Events(Applicants(id)), Contains("document not received: PEER_ANSWER_INVALID"));
  // Of the evidence, what says that there were pieces; not the pieces.
  int queries = 0;
  EXPECT_OK(bulgaria_.store.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<relay::Outbox::Known> sent, relay::Outbox::MessagesOf(id, tx));
    for (const relay::Outbox::Known& message : sent) {
      if (!absl::EndsWith(message.type, "ContentQuery")) continue;
      ++queries;
      EXPECT_THAT(bulgaria_.messages().Read(evidence::v1::SIDE_SENDER, {"IT", message.id}, tx),
                  HasReason(Reason::kEvidenceErased));
    }
    return absl::OkStatus();
  }));
  EXPECT_EQ(queries, static_cast<int>(whole_.pieces()));
}

TEST_F(LargeApplicationsTest, WhatIsWithdrawnOnTheWayIsHandedOnNoFurther) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  ASSERT_OK(bulgaria_.outbox().SendDue(2));
  EXPECT_EQ(KeptThere(id), 2);
  Withdraw();
  network_.Run();
  EXPECT_FALSE(IsShown(id));
  EXPECT_EQ(KeptThere(id), 0);
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_THAT(Events(Applicants(id)), Contains("document not received: NOT_AVAILABLE"));
}

TEST_F(LargeApplicationsTest, AHoldersSideThatHandsNothingOnIsGivenUpAndTold) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  ASSERT_OK(bulgaria_.outbox().SendDue(3));
  EXPECT_EQ(KeptThere(id), 3);
  network_.clock.Advance(base::kExchangeLifeMax);
  network_.Run();
  EXPECT_FALSE(IsArriving(id));
  EXPECT_EQ(KeptThere(id), 0);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
}

TEST_F(LargeApplicationsTest, WhatIsErasedAtTheHoldersSideIsErasedWhereItArrives) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  ASSERT_OK(bulgaria_.outbox().SendDue(2));
  erasure::v1::CreateErasureRequest request;
  request.set_request_id(NewId());
  request.mutable_subject()->set_kind(erasure::v1::SUBJECT_KIND_AUTHORISATION);
  request.mutable_subject()->set_id(authorisation_);
  ASSERT_OK(italy_.erasures.Create("portal", {}, request).status());
  EXPECT_EQ(KeptHere(), 0);
  network_.Run();
  EXPECT_FALSE(IsShown(id));
  EXPECT_FALSE(IsArriving(id));
  EXPECT_EQ(KeptThere(id), 0);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
}

// What was erased before a backup was put back is erased again, whatever stands against it.
TEST_F(LargeApplicationsTest, PiecesAreErasedWithTheCaseWhetherOrNotItHasOpened) {
  for (const bool opened : {false, true}) {
    SCOPED_TRACE(opened);
    const std::string id = SubmitLarge();
    ASSERT_OK(italy_.outbox().SendDue(1));
    ASSERT_OK(bulgaria_.outbox().SendDue(2));
    if (opened) network_.Run();
    EXPECT_GT(KeptThere(id), 0);
    ASSERT_OK(bulgaria_.store.Write([&](base::Transaction& tx) {
      return erasure::EraseAgain(erasure::NameOfCase(id), network_.clock.Now(), tx).status();
    }));
    network_.Run();
    EXPECT_EQ(KeptThere(id), 0);
    EXPECT_FALSE(IsArriving(id));
    EXPECT_FALSE(IsShown(id));
  }
}

// With the evidence of the pieces: they belong to the case on both sides.
TEST_F(LargeApplicationsTest, MessagesWithPiecesBelongToTheCase) {
  const std::string id = SubmitLarge();
  network_.Run();
  EXPECT_GE(Readable(italy_, id), static_cast<int>(whole_.pieces()));
  EXPECT_GE(Readable(bulgaria_, id), static_cast<int>(whole_.pieces()));
}

TEST_F(LargeApplicationsTest, DescriptionsThatCannotBeBelievedAreRefused) {
  struct Row {
    const char* name;
    std::function<void(v1::RecognitionApplication&)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"too large", [](auto& a) { a.set_document_bytes(base::kDocumentBytesMax + 1); }, Reason::kInputTooLarge,
            "document_bytes"},
           {"here as well", [](auto& a) { a.mutable_document()->set_content("x"); }, Reason::kFieldInvalid,
            "document_bytes"},
           {"no size of pieces", [](auto& a) { a.clear_piece_bytes(); }, Reason::kFieldInvalid, "piece_bytes"},
           {"large pieces", [](auto& a) { a.set_piece_bytes(base::kPieceBytes + 1); }, Reason::kFieldInvalid,
            "piece_bytes"},
           {"pieces that never end",
            [](auto& a) {
              a.set_document_bytes(base::kPiecesMax + 1);
              a.set_piece_bytes(1);
            },
            Reason::kFieldInvalid, "piece_bytes"},
           {"no digest", [](auto& a) { a.mutable_document()->clear_sha256(); }, Reason::kFieldInvalid,
            "document.sha256"},
           {"no authorisation", [](auto& a) { a.clear_authorisation_id(); }, Reason::kFieldInvalid, "authorisation_id"},
           {"long format", [](auto& a) { a.mutable_document()->set_format(std::string(base::kIdBytesMax + 1, 'x')); },
            Reason::kFieldInvalid, "document.format"},
           {"neither here nor described", [](auto& a) { a.clear_document_bytes(); }, Reason::kFieldMissing,
            "document.content"},
       }) {
    SCOPED_TRACE(row.name);
    v1::RecognitionApplication application = Described();
    row.change(application);
    EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(row.reason, row.place));
    EXPECT_FALSE(IsArriving(application.case_id()));
  }
}

TEST_F(LargeApplicationsTest, ANodeHasAFewCasesArrivingAtATime) {
  v1::RecognitionApplication application = Described();
  for (int i = 0; i < kArrivingCasesMax; ++i) {
    application.set_case_id(NewId());
    ASSERT_OK(Receive(bulgaria_, "IT", application));
  }
  ASSERT_OK(Receive(bulgaria_, "IT", application));  // the last again, in a new message
  EXPECT_THAT(Receive(bulgaria_, "NO", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  application.set_case_id(NewId());
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kOverloaded, ""));
  EXPECT_OK(Receive(bulgaria_, "NO", application));
}

TEST_F(LargeApplicationsTest, OnlyTheAuthorityTellsWhatBecameOfADocumentAndOnlyOnce) {
  const std::string id = SubmitLarge();
  v1::DocumentArrival arrival = Arrival(id);
  EXPECT_THAT(Receive(italy_, "NO", arrival), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  EXPECT_THAT(Receive(italy_, "BG", Arrival(NewId())), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  EXPECT_THAT(Receive(italy_, "BG", Arrival("x")), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  arrival.set_document_sha256(base::Sha256Hex("another"));
  EXPECT_THAT(Receive(italy_, "BG", arrival), HasReasonAt(Reason::kFieldInvalid, "document_sha256"));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_GT(KeptHere(), 0);
  ASSERT_OK(Receive(italy_, "BG", Arrival(id)));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_AUTO_CHECK);
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_THAT(Receive(italy_, "BG", Arrival(id)), HasReasonAt(Reason::kResourceNotFound, "case_id"));
}

TEST_F(LargeApplicationsTest, WhatBecameOfTheDocumentCanBeHereBeforeTheReceiptIs) {
  network_.faults = {WireFault::kAnswerLost};
  const std::string id = SubmitLarge();
  network_.Run();
  EXPECT_THAT(Events(Applicants(id)), Contains("document received by BG"));
  EXPECT_THAT(Events(Applicants(id)), Not(Contains("application received by BG")));
  const v1::CaseState state = Applicants(id).state();
  EXPECT_TRUE(Applicants(id).has_outcome());
  network_.RunFor(absl::Minutes(1));
  EXPECT_THAT(Events(Applicants(id)), Contains("application received by BG"));
  EXPECT_EQ(Applicants(id).state(), state);
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_EQ(KeptThere(id), static_cast<int>(whole_.pieces()));
}

// The holder withdraws the request while pieces are missing: the step waits for the case.
TEST_F(LargeApplicationsTest, AStepOfTheHolderIsNotLostWhileTheDocumentArrives) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  v1::HolderStep step;
  step.set_case_id(id);
  step.set_step(v1::CASE_STEP_WITHDRAW);
  EXPECT_THAT(Receive(bulgaria_, "IT", step), HasReasonAt(Reason::kOverloaded, "case_id"));
  EXPECT_THAT(Receive(bulgaria_, "NO", step), HasReasonAt(Reason::kResourceNotFound, "case_id"));
  network_.Run();
  EXPECT_OK(Receive(bulgaria_, "IT", step));
  EXPECT_EQ(Authoritys(id).state(), v1::CASE_STATE_WITHDRAWN);
}

TEST_F(LargeApplicationsTest, ADocumentThatComesAsAWholeWhileItArrivesIsNotLost) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  v1::RecognitionApplication whole = Application();
  whole.set_case_id(id);
  EXPECT_THAT(Receive(bulgaria_, "IT", whole), HasReasonAt(Reason::kOverloaded, "case_id"));
  network_.Run();
  EXPECT_OK(Receive(bulgaria_, "IT", whole));
  EXPECT_EQ(Authoritys(id).document().content(), document_);
}

// For as long as the piece is there, whatever else is forgotten meanwhile.
TEST_F(LargeApplicationsTest, APieceIsHandedOutAFewTimes) {
  sharing::v1::CreateAuthorisationRequest grant;
  grant.set_request_id(NewId());
  *grant.mutable_authorisation() = Authorise(document_);
  *grant.mutable_authorisation()->mutable_valid_until() = base::ToProto(network_.clock.Now() + absl::Hours(24 * 14));
  v1::CreateCaseRequest request = Request(document_);
  request.set_authorisation_id(italy_.authorisations.Create("portal", grant)->id());
  exchange::v1::ContentQuery query;
  query.set_authorisation_id(request.authorisation_id());
  query.set_message_id(Submit(request));
  query.set_sha256(base::Sha256Hex(document_));
  const auto ask = [&] {
    return italy_.memory.Write([&](base::Transaction& tx) {
      return italy_.content_handler.Handle(Opened(italy_, "BG", query), "", tx).status();
    });
  };
  for (int i = 0; i < contents::kPieceAnswersMax; ++i) EXPECT_OK(ask());
  EXPECT_THAT(ask(), HasReason(Reason::kNotAvailable));
  network_.clock.Advance(base::kDuplicateMemory + absl::Hours(1));
  ASSERT_OK(contents::ForgetContents(network_.clock.Now(), italy_.memory).status());
  EXPECT_THAT(ask(), HasReason(Reason::kNotAvailable));
  query.set_piece(1);
  EXPECT_OK(ask()) << "the others are there";
}

class WholeApplicationsTest : public LargeApplicationsTest {
 protected:
  WholeApplicationsTest() : LargeApplicationsTest({.piece_bytes = kSmallPiece, .takes_cases_in_pieces = false}) {}
};

// The authority's node can leave the application unanswered for days, and miss the document after that.
TEST_F(WholeApplicationsTest, WhatWasWithdrawnMeanwhileIsNotSentAsAWhole) {
  const std::string id = SubmitLarge();
  Withdraw();
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_EQ(Events(Applicants(id)).back(), "application not sent as a whole: AUTHORISATION_INVALID");
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_FALSE(IsShown(id));
  for (const relay::v1::Envelope& envelope : network_.wire) EXPECT_LE(envelope.body().size(), 500u);
}

TEST_F(WholeApplicationsTest, ANodeThatTakesNoPiecesGetsEverythingInOneMessage) {
  const std::string id = SubmitLarge();
  network_.Run();
  EXPECT_EQ(Authoritys(id).document().content(), document_);
  EXPECT_EQ(Authoritys(id).document_bytes(), 0u);
  EXPECT_EQ(KeptThere(id), 0);
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_THAT(Events(Applicants(id)), Contains("application sent as a whole: the node takes no pieces"));
  EXPECT_THAT(Events(Applicants(id)), Contains("application received by BG"));
  EXPECT_TRUE(Applicants(id).has_outcome());
  EXPECT_EQ(italy_.authorisations.Get("portal", authorisation_)->uses_made(), 1);
}

// At a node with pieces as they are in use.
class LargePiecesTest : public LargeApplicationsTest {
 protected:
  LargePiecesTest() : LargeApplicationsTest(passerelle::testing::Keeping()) {}
};

TEST_F(LargePiecesTest, ADocumentHasNoMorePiecesThanTheLargestHasHere) {
  v1::RecognitionApplication application = Described();
  application.set_piece_bytes(1);
  application.set_document_bytes(base::kDocumentBytesMax / base::kPieceBytes + 1);
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kFieldInvalid, "piece_bytes"));
  application.set_document_bytes(base::kDocumentBytesMax / base::kPieceBytes);
  EXPECT_OK(Receive(bulgaria_, "IT", application));
}

}  // namespace
}  // namespace passerelle::recognition
