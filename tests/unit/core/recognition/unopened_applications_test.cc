// Applications whose document does not arrive: what stays of them, how they end on both sides, and what their ids are.
#include <string>

#include "core/erasure/erased_records.h"
#include "tests/unit/core/recognition/large_applications_fixture.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using ::testing::Contains;

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
  EXPECT_THAT(italy_.cases.ProcessDue(10), IsOkAndHolds(1)) << "the one with an outcome alone";
  EXPECT_EQ(Applicants(told).SerializeAsString(), before[0].SerializeAsString());
  EXPECT_EQ(Applicants(decided).SerializeAsString(), before[1].SerializeAsString());
  EXPECT_EQ(KeptHere(), 0);
  network_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(italy_.cases.ProcessDue(10), IsOkAndHolds(0));
}

}  // namespace
}  // namespace passerelle::recognition
