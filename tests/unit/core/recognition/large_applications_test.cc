// Documents of applications that are larger than a piece. Pieces have 64 bytes here, so that a small document has many.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/contents/contents.h"
#include "core/erasure/erased_records.h"
#include "core/recognition/case_arrivals.h"
#include "core/recognition/case_records.h"
#include "core/relay/outbox.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using ::passerelle::testing::WireFault;
using ::testing::Contains;
using ::testing::Not;
using Fault = ::passerelle::testing::FaultyStore::Fault;

constexpr uint32_t kSmallPiece = 64;

class LargeApplicationsTest : public CaseStepsTest {
 protected:
  LargeApplicationsTest() : LargeApplicationsTest({.evidence = true, .piece_bytes = kSmallPiece}) {}
  explicit LargeApplicationsTest(const passerelle::testing::Keeping& keeping) : CaseStepsTest(keeping) {}

  // Submits under an authorisation that is kept.
  std::string SubmitLarge() {
    const v1::CreateCaseRequest request = Request(document_);
    authorisation_ = request.authorisation_id();
    return Submit(request);
  }

  static int Kept(passerelle::testing::TestNode& node, const std::string& owner) {
    size_t count = 0;
    EXPECT_OK(node.store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<base::Record> records, tx.List(base::Table::kContent, owner, "", 100'000));
      count = records.size();
      return absl::OkStatus();
    }));
    return static_cast<int>(count);
  }
  // Pieces at the authority, and what the holder's side has set aside for it.
  int KeptThere(const std::string& id) { return Kept(bulgaria_, absl::StrCat("case/", id)); }
  int KeptHere() { return Kept(italy_, absl::StrCat("offered/", authorisation_)); }

  bool IsShown(const std::string& id) {
    return bulgaria_.cases.Get("evaluator", id).ok() ||
           bulgaria_.cases.List("evaluator", {})->recognition_cases_size() > 0;
  }
  bool IsArriving(const std::string& id) {
    return bulgaria_.store.Read([&](base::Transaction& tx) { return LoadArriving(id, tx).status(); }).ok();
  }

  void Withdraw() {
    sharing::v1::WithdrawAuthorisationRequest request;
    request.set_request_id(NewId());
    request.set_id(authorisation_);
    ASSERT_OK(italy_.authorisations.Withdraw("portal", request));
  }

  // An application that names a document instead of having it.
  v1::RecognitionApplication Described() {
    v1::RecognitionApplication application = Application();
    application.mutable_document()->clear_content();
    application.set_document_bytes(document_.size());
    application.set_piece_bytes(kSmallPiece);
    application.set_authorisation_id(NewId());
    return application;
  }

  v1::DocumentArrival Arrival(const std::string& id) {
    v1::DocumentArrival arrival;
    arrival.set_case_id(id);
    arrival.set_document_sha256(base::Sha256Hex(document_));
    return arrival;
  }

  // Kept messages of a resource of a node, of which the content can still be read.
  static int Readable(passerelle::testing::TestNode& node, const std::string& resource) {
    int readable = 0;
    EXPECT_OK(node.store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<relay::MessageLog::Kept> kept,
                       relay::MessageLog::KeptOf(resource, "", 10'000, tx));
      for (const relay::MessageLog::Kept& message : kept) {
        readable += node.messages().Read(message.side, message.name, tx).ok() ? 1 : 0;
      }
      return absl::OkStatus();
    }));
    return readable;
  }

  // Applies, and lets the holder's side hand on another byte than it described, which is found with the last piece.
  std::string SubmitSpoiled() {
    const std::string id = SubmitLarge();
    EXPECT_OK(italy_.store.Write([&](base::Transaction& tx) -> absl::Status {
      // The first record marks where the pieces begin.
      ASSIGN_OR_RETURN(std::vector<base::Record> records,
                       tx.List(base::Table::kContent, absl::StrCat("offered/", authorisation_), "", 2));
      records.at(1).value = std::string(kSmallPiece, 'x');
      return tx.Update(base::Table::kContent, records.at(1));
    }));
    return id;
  }

  void AdvanceTo(absl::Time time) {
    network_.clock.Advance(time - network_.clock.Now());
    network_.Run();
  }

  const contents::Content whole_ = {"", document_.size(), kSmallPiece};
  std::string authorisation_;
};

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

// The time for the decision counts from the day on which everything is there (Lisbon Recognition Convention); the day
// of the application is that on which it came.
TEST_F(LargeApplicationsTest, TheTimeForTheDecisionCountsFromTheDayOnWhichTheDocumentIsThere) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  const std::string applied = Day(0);
  // The holder's node cannot be reached for two days.
  network_.faults.assign(1, WireFault::kUnreachable);
  ASSERT_OK(bulgaria_.outbox().SendDue(1));
  network_.clock.Advance(absl::Hours(48));
  EXPECT_FALSE(IsShown(id));
  network_.Run();
  BringToEvaluation(id);
  const v1::RecognitionCase theirs = Authoritys(id);
  EXPECT_EQ(DayText(DayOf(base::FromProto(theirs.create_time()))), applied);
  EXPECT_EQ(theirs.procedure().complete_day(), Day(0));
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

// With a case that has ended under an id, or with anything else, messages would belong together that do not.
TEST_F(LargeApplicationsTest, AnIdThatWasInUseHereIsNoIdOfACase) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  Withdraw();
  network_.Run();
  EXPECT_FALSE(IsArriving(id));
  v1::RecognitionApplication application = Described();
  application.set_case_id(id);
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  EXPECT_THAT(Receive(bulgaria_, "NO", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  // Nor once nothing is left of the case but that there was one.
  ASSERT_OK(bulgaria_.store.Write([&](base::Transaction& tx) {
    return erasure::EraseAgain(erasure::NameOfCase(id), network_.clock.Now(), tx).status();
  }));
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  application = Application();
  application.set_case_id(id);
  EXPECT_THAT(Receive(bulgaria_, "IT", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  // What this node asked another one for.
  exchange::v1::CreateExchangeRequest request;
  request.set_request_id(NewId());
  request.set_peer("NO");
  request.set_authorisation_id(NewId());
  request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  ASSERT_OK_AND_ASSIGN(const exchange::v1::Exchange exchange, bulgaria_.exchanges.Create("evaluator", request));
  application.set_case_id(exchange.id());
  EXPECT_THAT(Receive(bulgaria_, "NO", application), HasReasonAt(Reason::kFieldInvalid, "case_id"));
  application.set_case_id(NewId());
  EXPECT_OK(Receive(bulgaria_, "NO", application));
}

// What the holder's side delays is the message that its document did not arrive.
TEST_F(LargeApplicationsTest, OfACaseThatDoesNotOpenNoPieceIsKeptUntilThatIsTold) {
  const std::string id = SubmitSpoiled();
  const int pieces = static_cast<int>(whole_.pieces());
  ASSERT_OK(italy_.outbox().SendDue(1));
  ASSERT_OK(bulgaria_.outbox().SendDue(pieces - 1));
  EXPECT_EQ(Readable(bulgaria_, id), pieces);  // the application, and all pieces but the last
  ASSERT_OK(bulgaria_.outbox().SendDue(1));
  EXPECT_FALSE(IsArriving(id));
  EXPECT_EQ(Readable(bulgaria_, id), 2) << "the application and the last piece";
  network_.Run();
  EXPECT_EQ(Readable(bulgaria_, id), 2) << "the application and that it was told";
}

TEST_F(LargeApplicationsTest, APlaceIsTakenUntilTheHoldersSideWasToldThatTheCaseDoesNotOpen) {
  v1::RecognitionApplication application = Described();
  for (int i = 0; i < kArrivingCasesMax; ++i) {
    application.set_case_id(NewId());
    ASSERT_OK(Receive(bulgaria_, "IT", application));
  }
  // Nothing of it is set aside there.
  ASSERT_OK(bulgaria_.outbox().SendDue(kArrivingCasesMax));
  EXPECT_FALSE(IsArriving(application.case_id()));
  v1::RecognitionApplication next = Described();
  EXPECT_THAT(Receive(bulgaria_, "IT", next), HasReasonAt(Reason::kOverloaded, ""));
  network_.Run();
  EXPECT_OK(Receive(bulgaria_, "IT", next));
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

// A later release of the authority's node can name a reason that this one does not know.
TEST_F(LargeApplicationsTest, AReasonThatIsNotKnownHereEndsTheCaseAllTheSame) {
  const std::string id = SubmitLarge();
  v1::DocumentArrival arrival = Arrival(id);
  arrival.set_problem("words of another node");
  ASSERT_OK(Receive(italy_, "BG", arrival));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_THAT(Events(Applicants(id)), Contains("document not received: PEER_REFUSED"));
  EXPECT_EQ(KeptHere(), 0);
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

// A replica of the version before takes the receipt of the application for that of its document.
TEST_F(LargeApplicationsTest, ACaseThatWasTakenForReceivedTooSoonEndsWhenItsDocumentDoesNotCome) {
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.store.Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(StoredCase stored, LoadCase(id, tx));
    stored.content.set_state(v1::CASE_STATE_AUTO_CHECK);
    return UpdateCase(stored, tx);
  }));
  v1::DocumentArrival arrival = Arrival(id);
  arrival.set_problem("PEER_UNREACHABLE");
  ASSERT_OK(Receive(italy_, "BG", arrival));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
}

// The authority's node has no map with the holder's for a moment: it gives up, and cannot tell so.
TEST_F(LargeApplicationsTest, ACaseOfWhichNothingIsToldEndsWhenNothingCanComeAnyMore) {
  const absl::Time applied = network_.clock.Now();
  const std::string id = SubmitLarge();
  ASSERT_OK(italy_.outbox().SendDue(1));
  ASSERT_OK(bulgaria_.outbox().SendDue(2));
  network_.RevokeNode("IT");
  network_.Run();
  EXPECT_FALSE(IsArriving(id));
  EXPECT_EQ(KeptThere(id), 0);
  EXPECT_EQ(Readable(bulgaria_, id), 1) << "the application";
  AdvanceTo(applied + kArrivalToldWithin - absl::Seconds(1));
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_SUBMITTED);
  EXPECT_GT(KeptHere(), 0);
  AdvanceTo(applied + kArrivalToldWithin);
  EXPECT_EQ(Applicants(id).state(), v1::CASE_STATE_NOT_DELIVERED);
  EXPECT_EQ(Events(Applicants(id)).back(), "document not received: PEER_TIMEOUT");
  EXPECT_EQ(KeptHere(), 0);
  EXPECT_EQ(norway_.reg.questions, 0) << "it is not this node that checks the case";
}

// The same time changes nothing of a case of which that was told, or the outcome.
TEST_F(LargeApplicationsTest, ACaseOfWhichSomethingWasToldStaysAsItIs) {
  const std::string told = SubmitLarge();
  ASSERT_OK(Receive(italy_, "BG", Arrival(told)));
  const std::string decided = SubmitLarge();
  ASSERT_OK(Receive(italy_, "BG", Outcome(Applicants(decided), v1::CASE_STATE_DECIDED)));
  EXPECT_GT(KeptHere(), 0);
  const v1::RecognitionCase before[] = {Applicants(told), Applicants(decided)};
  network_.clock.Advance(kArrivalToldWithin);
  EXPECT_THAT(italy_.cases.ProcessDue(10), IsOkAndHolds(2));
  EXPECT_EQ(Applicants(told).SerializeAsString(), before[0].SerializeAsString());
  EXPECT_EQ(Applicants(decided).SerializeAsString(), before[1].SerializeAsString());
  EXPECT_EQ(KeptHere(), 0);
  network_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(italy_.cases.ProcessDue(10), IsOkAndHolds(0));
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
