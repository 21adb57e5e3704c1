// Requests for erasure across nodes: what is erased, what is kept and why, and who is heard.
#include "core/erasure/erasures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/erasure/demands.h"
#include "core/erasure/erased_records.h"
#include "core/wallet/presentation_records.h"
#include "tests/unit/core/erasure/erasure_fixture.h"

namespace passerelle::erasure {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::MemoryStore;
using ::passerelle::testing::WireFault;
using recognition::v1::CaseActor;
using ::testing::Contains;
using ::testing::StartsWith;
using ::testing::Truly;

// Words of the document that stand in no id and no digest.
constexpr char kOfDocument[] = "Water quality in small supplies";

const std::vector<CaseActor> kDecider = {recognition::v1::CASE_ACTOR_DECIDER};

std::vector<std::string> NamesIn(MemoryStore& store) {
  std::vector<std::string> names;
  EXPECT_OK(store.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(names, ListErased("", 100, tx));
    return absl::OkStatus();
  }));
  return names;
}

class ErasuresTest : public ErasureFixture {
 protected:
  explicit ErasuresTest(uint32_t piece_bytes = base::kPieceBytes) : ErasureFixture(piece_bytes) {}

  // What a node answers to a demand of another one.
  absl::StatusOr<v1::ErasureAnswer> Demand(passerelle::testing::TestNode& node, const std::string& sender,
                                           const std::function<void(v1::ErasureDemand&)>& change) {
    v1::ErasureDemand body;
    body.set_erasure_id(NewId());
    change(body);
    relay::Opened message;
    message.header.sender = sender;
    message.header.type = body.GetTypeName();
    message.body = body.SerializeAsString();
    v1::ErasureAnswer answer;
    const absl::Status status = node.memory.Write([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const relay::Reply reply, node.erasures.handlers()[0]->Handle(message, "", tx));
      answer.ParseFromString(reply.body);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return answer;
  }

  // Messages that a node has put for something.
  static std::vector<relay::Outbox::Known> SentFor(passerelle::testing::TestNode& node, const std::string& resource) {
    std::vector<relay::Outbox::Known> sent;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(sent, relay::Outbox::MessagesOf(resource, tx));
      return absl::OkStatus();
    }));
    return sent;
  }
};

TEST_F(ErasuresTest, AWithdrawnCaseIsErasedAtBothNodesAndTheLogsStillVerify) {
  const std::string id = Withdrawn();
  EXPECT_TRUE(italy_.memory.Holds(kOfDocument));
  EXPECT_TRUE(bulgaria_.memory.Holds(kOfDocument));
  const std::map<std::string, int> clocks = clocks_;
  const v1::Erasure erasure = Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id);
  EXPECT_EQ(Words(erasure), "IT ERASED case messages; BG ERASED case messages");
  EXPECT_THAT(italy_.cases.Get("portal", id), HasReason(Reason::kResourceNotFound));
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
  EXPECT_EQ(italy_.cases.List("portal", {})->recognition_cases_size(), 0);
  EXPECT_EQ(bulgaria_.cases.List("evaluator", {})->recognition_cases_size(), 0);
  EXPECT_TRUE(Queue().empty());
  for (auto* node : {&italy_, &bulgaria_}) {
    EXPECT_FALSE(node->memory.Holds(kOfDocument)) << node->id;
    EXPECT_FALSE(node->memory.Holds("holder-41") && node == &bulgaria_);
  }
  ExpectLogsVerify();
  EXPECT_EQ(clocks_, clocks) << "what was counted stays counted";
  // Asking again finds nothing, and a demand by another way neither.
  EXPECT_THAT(italy_.erasures.Create("portal", {}, Wish(v1::SUBJECT_KIND_CASE, id)),
              HasReasonAt(Reason::kResourceNotFound, "subject.id"));
}

TEST_F(ErasuresTest, TheSameRequestIsOneErasure) {
  const std::string id = Withdrawn();
  const v1::CreateErasureRequest wish = Wish(v1::SUBJECT_KIND_CASE, id);
  ASSERT_OK_AND_ASSIGN(const v1::Erasure first, italy_.erasures.Create("portal", {}, wish));
  ASSERT_OK_AND_ASSIGN(const v1::Erasure again, italy_.erasures.Create("portal", {}, wish));
  EXPECT_EQ(again.id(), first.id());
  EXPECT_EQ(Words(first), "IT ERASED case messages; BG UNKNOWN") << "nobody has answered yet";
}

TEST_F(ErasuresTest, WhileAProcedureOrAnAppealIsOpenTheCaseIsRetained) {
  const std::string id = Open();
  EXPECT_EQ(Words(Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id)),
            "IT RETAINED case(PROCEDURE_OPEN) messages(PROCEDURE_OPEN); "
            "BG RETAINED case(PROCEDURE_OPEN) messages(PROCEDURE_OPEN)");
  const std::string decided = Decided();
  const std::string until = Authoritys(decided).procedure().appeal_until();
  ASSERT_NE(until, "");
  const std::string kept = "case(APPEAL_OPEN " + until + ") messages(APPEAL_OPEN " + until + ")";
  EXPECT_EQ(Words(Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, decided)),
            "IT RETAINED " + kept + "; BG RETAINED " + kept);
  // The appeal can still be made.
  ASSERT_OK(italy_.cases.Take("portal", {}, OfHolder(decided, recognition::v1::CASE_STEP_APPEAL)).status());
  network_.Run();
  EXPECT_EQ(Authoritys(decided).state(), recognition::v1::CASE_STATE_APPEALED);
  EXPECT_EQ(Words(Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, decided)),
            "IT RETAINED case(APPEAL_OPEN) messages(APPEAL_OPEN); BG RETAINED case(APPEAL_OPEN) messages(APPEAL_OPEN)");
  EXPECT_EQ(Applicants(decided).document().content(), document_);
}

TEST_F(ErasuresTest, TheHoldersCopyOfADecidedCaseIsErasedAndTheFileStaysForItsPeriod) {
  const std::string id = Decided();
  AdvanceDays(40);
  ASSERT_EQ(Authoritys(id).state(), recognition::v1::CASE_STATE_FINAL);
  const absl::CivilDay changed = recognition::DayOf(base::FromProto(Authoritys(id).update_time()));
  const std::string until = recognition::DayText(changed + kArchiveDays);
  const v1::Erasure erasure = Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id);
  EXPECT_EQ(Words(erasure), "IT ERASED case messages; BG RETAINED case(ARCHIVE_PERIOD " + until +
                                ") messages(ARCHIVE_PERIOD " + until + ")");
  EXPECT_EQ(erasure.nodes(1).items(0).ground_text(), "Archives Act, section 9");
  EXPECT_EQ(erasure.nodes(1).items(0).authority(), "Model recognition centre");
  EXPECT_FALSE(italy_.memory.Holds(kOfDocument));
  EXPECT_EQ(Authoritys(id).document().content(), document_);
  TurnClocks();
  EXPECT_OK(bulgaria_.cases.Get("evaluator", id).status()) << "nor does the clock";
  AdvanceDays(kArchiveDays + 1);
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
  EXPECT_FALSE(bulgaria_.memory.Holds(kOfDocument));
  ExpectLogsVerify();
}

TEST_F(ErasuresTest, AHoldStandsAgainstErasureUntilItIsLifted) {
  const std::string id = Withdrawn();
  v1::SetHoldRequest set;
  set.set_request_id(NewId());
  *set.mutable_subject() = Wish(v1::SUBJECT_KIND_CASE, id).subject();
  set.mutable_hold()->set_ground("Claim before the administrative court");
  set.mutable_hold()->set_authority("Recognition authority");
  EXPECT_THAT(bulgaria_.erasures.SetHold("office", {recognition::v1::CASE_ACTOR_EVALUATOR}, set),
              HasReasonAt(Reason::kClientNotAllowed, "role"));
  EXPECT_THAT(italy_.erasures.SetHold("office", kDecider, set), HasReasonAt(Reason::kResourceNotFound, "subject.id"))
      << "the authority alone says that";
  ASSERT_OK_AND_ASSIGN(const v1::Hold hold, bulgaria_.erasures.SetHold("office", kDecider, set));
  EXPECT_EQ(hold.set_by(), "office");
  AdvanceDays(1);
  ASSERT_OK_AND_ASSIGN(const v1::Hold again, bulgaria_.erasures.SetHold("office", kDecider, set));
  EXPECT_EQ(base::FromProto(again.set_time()), base::FromProto(hold.set_time())) << "a repetition tells what was set";
  const v1::Erasure kept = Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id);
  EXPECT_EQ(Words(kept), "IT ERASED case messages; BG RETAINED case(LEGAL_CLAIM) messages(LEGAL_CLAIM)");
  EXPECT_EQ(kept.nodes(1).items(0).ground_text(), "Claim before the administrative court");
  AdvanceDays(kShortDays + 1);
  TurnClocks();
  EXPECT_OK(bulgaria_.cases.Get("evaluator", id).status()) << "nor does the clock";
  v1::LiftHoldRequest lift;
  lift.set_request_id(NewId());
  *lift.mutable_subject() = set.subject();
  EXPECT_THAT(bulgaria_.erasures.LiftHold("office", {}, lift), HasReasonAt(Reason::kClientNotAllowed, "role"));
  ASSERT_OK(bulgaria_.erasures.LiftHold("office", kDecider, lift));
  EXPECT_THAT(bulgaria_.erasures.SetHold("office", kDecider, set),
              HasReasonAt(Reason::kResourceNotFound, "subject.id"));
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
}

TEST_F(ErasuresTest, AnAuthorisationIsKeptAsProofAndWhatWasDeliveredUnderItIsErasedEverywhere) {
  const Exchanged made = Exchange();
  EXPECT_TRUE(bulgaria_.memory.Holds(kOfDocument));
  EXPECT_TRUE(norway_.memory.Holds(kOfDocument)) << "the answer that is kept for repetitions";
  const v1::Erasure erasure = Erase(norway_, "holder's portal", v1::SUBJECT_KIND_AUTHORISATION, made.authorisation);
  const std::string until = Day(kShortDays);
  EXPECT_EQ(Words(erasure),
            "NO RETAINED authorisation(PROOF " + until + ") messages(ERASED); BG ERASED documents messages");
  EXPECT_FALSE(bulgaria_.memory.Holds(kOfDocument));
  EXPECT_FALSE(norway_.memory.Holds(kOfDocument));
  const exchange::v1::Exchange erased = bulgaria_.exchanges.Get("evaluator", made.exchange).value();
  EXPECT_TRUE(erased.has_erase_time());
  EXPECT_TRUE(erased.documents().empty());
  ASSERT_OK_AND_ASSIGN(const sharing::v1::Authorisation kept_record,
                       norway_.authorisations.Get("holder's portal", made.authorisation));
  EXPECT_EQ(kept_record.state(), sharing::v1::AUTHORISATION_STATE_WITHDRAWN) << "kept as a proof, and of no use";
  ExpectLogsVerify();
  AdvanceDays(kShortDays + 2);
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_THAT(norway_.authorisations.Get("holder's portal", made.authorisation), HasReason(Reason::kResourceNotFound));
}

TEST_F(ErasuresTest, AnExchangeIsErasedOnBothSides) {
  const Exchanged made = Exchange();
  EXPECT_EQ(Words(Erase(bulgaria_, "evaluator", v1::SUBJECT_KIND_EXCHANGE, made.exchange)),
            "BG ERASED documents messages; NO ERASED messages");
  EXPECT_FALSE(bulgaria_.memory.Holds(kOfDocument));
  EXPECT_FALSE(norway_.memory.Holds(kOfDocument));
  ExpectLogsVerify();
}

// Cases whose documents come in pieces.
class ErasedPiecesTest : public ErasuresTest {
 protected:
  ErasedPiecesTest() : ErasuresTest(/*piece_bytes=*/64) {}

  static size_t PiecesOf(passerelle::testing::TestNode& node, const std::string& id) {
    size_t pieces = 0;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<base::Record> records,
                       tx.List(base::Table::kContent, absl::StrCat("case/", id), "", 1000));
      pieces = records.size();
      return absl::OkStatus();
    }));
    return pieces;
  }

  // Messages of a case of which the evidence of a node has or had the content.
  static int MessagesOf(passerelle::testing::TestNode& node, const std::string& id) {
    int messages = 0;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto kept, relay::MessageLog::KeptOf(id, "", 1000, tx));
      messages = static_cast<int>(kept.size());
      return absl::OkStatus();
    }));
    return messages;
  }

  // Those of which it has no content any more.
  static int ErasedMessagesOf(passerelle::testing::TestNode& node, const std::string& id) {
    int erased = 0;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto kept, relay::MessageLog::KeptOf(id, "", 1000, tx));
      for (const relay::MessageLog::Kept& message : kept) {
        const auto read = node.messages().Read(message.side, message.name, tx);
        erased += base::ReasonOf(read.status()) == Reason::kEvidenceErased ? 1 : 0;
      }
      return absl::OkStatus();
    }));
    return erased;
  }
};

TEST_F(ErasedPiecesTest, ACaseIsErasedWithThePiecesOfItsDocumentAndTheirEvidence) {
  const std::string id = Withdrawn();
  const size_t pieces = PiecesOf(bulgaria_, id);
  EXPECT_GT(pieces, 1u);
  EXPECT_EQ(Words(Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id)),
            "IT ERASED case messages; BG ERASED case messages");
  EXPECT_EQ(PiecesOf(bulgaria_, id), 0u);
  for (auto* node : {&italy_, &bulgaria_}) EXPECT_GT(ErasedMessagesOf(*node, id), static_cast<int>(pieces));
}

// Like any open procedure it is kept; what the holder stops is erased on both sides.
TEST_F(ErasedPiecesTest, ACaseThatWasStoppedWhileItArrivedIsErased) {
  const recognition::v1::CreateCaseRequest request = Request(document_);
  const std::string id = Submit(request);
  ASSERT_OK(italy_.outbox().SendDue(1));
  ASSERT_OK(bulgaria_.outbox().SendDue(2));
  EXPECT_EQ(PiecesOf(bulgaria_, id), 2u);
  const auto answer = Demand(bulgaria_, "IT", [&](v1::ErasureDemand& demand) { demand.set_case_id(id); });
  ASSERT_OK(answer.status());
  EXPECT_EQ(answer->erasure().outcome(), v1::ERASURE_OUTCOME_RETAINED);
  sharing::v1::WithdrawAuthorisationRequest withdrawal;
  withdrawal.set_request_id(NewId());
  withdrawal.set_id(request.authorisation_id());
  ASSERT_OK(italy_.authorisations.Withdraw("portal", withdrawal));
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), recognition::v1::CASE_STATE_NOT_DELIVERED);
  // Whoever did not submit it is told that there is none.
  const auto of_case = [&](v1::ErasureDemand& demand) { demand.set_case_id(id); };
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer stranger, Demand(bulgaria_, "NO", of_case));
  EXPECT_EQ(stranger.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND);
  EXPECT_GT(MessagesOf(bulgaria_, id) - ErasedMessagesOf(bulgaria_, id), 0) << "the application";
  EXPECT_EQ(Words(Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id)),
            "IT ERASED case messages; BG ERASED case messages");
  EXPECT_EQ(PiecesOf(bulgaria_, id), 0u);
  EXPECT_EQ(ErasedMessagesOf(bulgaria_, id), MessagesOf(bulgaria_, id));
  EXPECT_EQ(NamesIn(bulgaria_.memory), std::vector<std::string>{NameOfCase(id)});
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer again, Demand(bulgaria_, "IT", of_case));
  EXPECT_EQ(again.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND);
  ExpectLogsVerify();
}

// What tells the holder's side so is a message on its way, like any other.
TEST_F(ErasedPiecesTest, WhatIsLeftOfACaseThatDidNotOpenIsRetainedUntilThatIsTold) {
  const std::string id = Submit(Request(document_));
  ASSERT_OK(italy_.outbox().SendDue(1));
  network_.clock.Advance(base::kExchangeLifeMax);
  ASSERT_OK(bulgaria_.outbox().SendDue(1));
  const std::string until = Day(7);
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer answer,
                       Demand(bulgaria_, "IT", [&](v1::ErasureDemand& demand) { demand.set_case_id(id); }));
  EXPECT_EQ(answer.erasure().outcome(), v1::ERASURE_OUTCOME_RETAINED);
  EXPECT_EQ(answer.erasure().items(0).ground(), v1::RETENTION_GROUND_IN_TRANSIT);
  EXPECT_EQ(answer.erasure().items(0).until(), until);
}

TEST_F(ErasuresTest, WhatIsOnItsWayIsRetainedUntilItsEnd) {
  exchange::v1::CreateExchangeRequest request;
  request.set_request_id(NewId());
  request.set_peer("NO");
  request.set_authorisation_id(NewId());
  request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  ASSERT_OK_AND_ASSIGN(const exchange::v1::Exchange pending, bulgaria_.exchanges.Create("evaluator", request));
  ASSERT_OK_AND_ASSIGN(const v1::Erasure erasure,
                       bulgaria_.erasures.Create("evaluator", {}, Wish(v1::SUBJECT_KIND_EXCHANGE, pending.id())));
  EXPECT_THAT(Words(erasure), StartsWith("BG RETAINED documents(IN_TRANSIT "));
}

TEST_F(ErasuresTest, ANodeThatCannotBeReachedStaysUnknown) {
  const std::string id = Withdrawn();
  ASSERT_OK_AND_ASSIGN(const v1::Erasure created,
                       italy_.erasures.Create("portal", {}, Wish(v1::SUBJECT_KIND_CASE, id)));
  network_.RevokeNode("BG");
  network_.Run();
  EXPECT_EQ(Words(italy_.erasures.Get("portal", created.id()).value()),
            "IT ERASED case messages; BG UNKNOWN NODE_UNKNOWN");
  EXPECT_OK(bulgaria_.cases.Get("evaluator", id).status());
}

TEST_F(ErasuresTest, ALostAnswerChangesNothing) {
  const std::string id = Withdrawn();
  ASSERT_OK_AND_ASSIGN(const v1::Erasure created,
                       italy_.erasures.Create("portal", {}, Wish(v1::SUBJECT_KIND_CASE, id)));
  network_.faults = {WireFault::kAnswerLost};
  network_.RunFor(absl::Minutes(5));
  EXPECT_EQ(Words(italy_.erasures.Get("portal", created.id()).value()),
            "IT ERASED case messages; BG ERASED case messages");
}

TEST_F(ErasuresTest, WhatIsSomebodyElsesIsNotThere) {
  const std::string id = Withdrawn();
  const Exchanged made = Exchange();
  EXPECT_THAT(italy_.erasures.Create("another", {}, Wish(v1::SUBJECT_KIND_CASE, id)),
              HasReasonAt(Reason::kResourceNotFound, "subject.id"));
  EXPECT_THAT(
      bulgaria_.erasures.Create("evaluator", {recognition::v1::CASE_ACTOR_EVALUATOR}, Wish(v1::SUBJECT_KIND_CASE, id)),
      HasReasonAt(Reason::kResourceNotFound, "subject.id"));
  EXPECT_THAT(bulgaria_.erasures.Create("another", {}, Wish(v1::SUBJECT_KIND_EXCHANGE, made.exchange)),
              HasReasonAt(Reason::kResourceNotFound, "subject.id"));
  EXPECT_THAT(norway_.erasures.Create("another", {}, Wish(v1::SUBJECT_KIND_AUTHORISATION, made.authorisation)),
              HasReasonAt(Reason::kResourceNotFound, "subject.id"));
  EXPECT_THAT(italy_.erasures.Create("portal", {}, Wish(v1::SUBJECT_KIND_CASE, NewId())),
              HasReasonAt(Reason::kResourceNotFound, "subject.id"));
  // The authority's own people can, and that leaves the holder's copy alone.
  ASSERT_OK_AND_ASSIGN(const v1::Erasure own,
                       bulgaria_.erasures.Create("office", kDecider, Wish(v1::SUBJECT_KIND_CASE, id)));
  network_.Run();
  EXPECT_EQ(Words(own), "BG ERASED case messages");
  EXPECT_OK(italy_.cases.Get("portal", id).status());
  EXPECT_THAT(bulgaria_.erasures.Get("another", own.id()), HasReasonAt(Reason::kResourceNotFound, "id"));
}

TEST_F(ErasuresTest, DemandsOfOtherNodesAreHeardForWhatPassedBetweenTheTwo) {
  const std::string id = Withdrawn();
  const Exchanged made = Exchange();
  const auto of_case = [&](v1::ErasureDemand& body) { body.set_case_id(id); };
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer stranger, Demand(bulgaria_, "NO", of_case));
  EXPECT_EQ(stranger.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND);
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer authority, Demand(italy_, "BG", of_case));
  EXPECT_EQ(authority.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND) << "the holder's copy is the holder's";
  // Messages of cases are erased with the case, and messages with a third node are none of theirs.
  const std::vector<relay::Outbox::Known> of_case_sent = SentFor(italy_, id);
  const std::vector<relay::Outbox::Known> of_exchange_sent = SentFor(bulgaria_, made.exchange);
  ASSERT_GE(of_case_sent.size(), 2u);
  ASSERT_EQ(of_exchange_sent.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer message, Demand(bulgaria_, "IT", [&](v1::ErasureDemand& body) {
                         body.add_message_ids(of_case_sent[0].id);
                       }));
  EXPECT_EQ(message.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND);
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer third, Demand(norway_, "IT", [&](v1::ErasureDemand& body) {
                         body.add_message_ids(of_exchange_sent[0].id);
                       }));
  EXPECT_EQ(third.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND);
  EXPECT_THAT(Demand(bulgaria_, "IT", [](v1::ErasureDemand& body) { body.set_erasure_id("x"); }),
              HasReasonAt(Reason::kFieldInvalid, "erasure_id"));
  EXPECT_THAT(Demand(bulgaria_, "IT", [](v1::ErasureDemand& body) { body.set_case_id("x"); }),
              HasReasonAt(Reason::kFieldInvalid, "case_id"));
  EXPECT_THAT(Demand(bulgaria_, "IT", [](v1::ErasureDemand& body) { body.add_message_ids("x"); }),
              HasReasonAt(Reason::kFieldInvalid, "message_ids[0]"));
  const auto many = [&](int count) {
    return Demand(bulgaria_, "IT", [&](v1::ErasureDemand& body) {
      for (int i = 0; i < count; ++i) body.add_message_ids(NewId());
    });
  };
  EXPECT_OK(many(kDemandMessagesMax).status());
  EXPECT_THAT(many(kDemandMessagesMax + 1), HasReasonAt(Reason::kInputTooLarge, "message_ids"));
  EXPECT_OK(bulgaria_.cases.Get("evaluator", id).status());
  EXPECT_TRUE(norway_.memory.Holds(kOfDocument));
}

TEST_F(ErasuresTest, TheDemandOfAnotherNodeIsKeptAndCannotBeDemandedAway) {
  const Exchanged made = Exchange();
  const v1::Erasure erasure = Erase(bulgaria_, "evaluator", v1::SUBJECT_KIND_EXCHANGE, made.exchange);
  ASSERT_EQ(Words(erasure), "BG ERASED documents messages; NO ERASED messages");
  const std::vector<relay::Outbox::Known> demands = SentFor(bulgaria_, erasure.id());
  ASSERT_EQ(demands.size(), 1u);
  const std::string demand = demands[0].id;
  ASSERT_OK_AND_ASSIGN(const v1::ErasureAnswer answer,
                       Demand(norway_, "BG", [&](v1::ErasureDemand& body) { body.add_message_ids(demand); }));
  EXPECT_EQ(answer.erasure().outcome(), v1::ERASURE_OUTCOME_NOT_FOUND);
  std::vector<relay::MessageLog::Kept> kept;
  ASSERT_OK(norway_.memory.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(kept, relay::MessageLog::KeptUntil(network_.clock.Now(), 100, tx));
    return absl::OkStatus();
  }));
  EXPECT_THAT(kept, Contains(Truly([&](const relay::MessageLog::Kept& message) {
                return message.side == evidence::v1::SIDE_RECEIVER && message.name.id == demand;
              })))
      << "it names the messages, under the signature of who wanted them erased";
}

TEST_F(ErasuresTest, RequestsThatCannotBeAreRefusedWithThePlace) {
  struct Row {
    const char* name;
    std::function<void(v1::CreateErasureRequest&)> change;
    Reason reason;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no request id", [](auto& r) { r.clear_request_id(); }, Reason::kFieldMissing, "request_id"},
           {"no kind", [](auto& r) { r.mutable_subject()->clear_kind(); }, Reason::kFieldMissing, "subject.kind"},
           {"an inquiry", [](auto& r) { r.mutable_subject()->set_kind(v1::SUBJECT_KIND_INQUIRY); },
            Reason::kFieldInvalid, "subject.kind"},
           {"a kind that there is not",
            [](auto& r) { r.mutable_subject()->set_kind(static_cast<v1::SubjectKind>(77)); }, Reason::kFieldInvalid,
            "subject.kind"},
           {"no id", [](auto& r) { r.mutable_subject()->clear_id(); }, Reason::kFieldMissing, "subject.id"},
           {"no UUID", [](auto& r) { r.mutable_subject()->set_id("case-1"); }, Reason::kFieldInvalid, "subject.id"},
       }) {
    SCOPED_TRACE(row.name);
    v1::CreateErasureRequest request = Wish(v1::SUBJECT_KIND_CASE, NewId());
    row.change(request);
    EXPECT_THAT(italy_.erasures.Create("portal", {}, request), HasReasonAt(row.reason, row.place));
  }
  EXPECT_THAT(italy_.erasures.Get("portal", ""), HasReasonAt(Reason::kFieldMissing, "id"));
}

// Erases in a store what the names of another say.
int EraseAllAgain(MemoryStore& store, const std::vector<std::string>& names, absl::Time now) {
  int erased = 0;
  EXPECT_OK(store.Write([&](base::Transaction& tx) -> absl::Status {
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(const bool fresh, EraseAgain(name, now, tx));
      erased += fresh ? 1 : 0;
    }
    return absl::OkStatus();
  }));
  return erased;
}

TEST_F(ErasuresTest, WhatWasErasedIsErasedAgainAfterABackupIsPutBack) {
  const std::string id = Withdrawn();
  const Exchanged made = Exchange();
  MemoryStore backup_bg;
  MemoryStore backup_no;
  backup_bg.PutBack(bulgaria_.memory);
  backup_no.PutBack(norway_.memory);
  Erase(italy_, "portal", v1::SUBJECT_KIND_CASE, id);
  Erase(norway_, "holder's portal", v1::SUBJECT_KIND_AUTHORISATION, made.authorisation);
  const std::vector<std::string> names_bg = NamesIn(bulgaria_.memory);
  const std::vector<std::string> names_no = NamesIn(norway_.memory);
  EXPECT_EQ(names_bg.size(), 2u);
  EXPECT_EQ(names_no.size(), 1u);
  bulgaria_.memory.PutBack(backup_bg);
  norway_.memory.PutBack(backup_no);
  ASSERT_TRUE(bulgaria_.memory.Holds(kOfDocument)) << "the backup has it";
  ASSERT_TRUE(norway_.memory.Holds(kOfDocument));
  EXPECT_EQ(EraseAllAgain(bulgaria_.memory, names_bg, network_.clock.Now()), 2);
  EXPECT_EQ(EraseAllAgain(norway_.memory, names_no, network_.clock.Now()), 1);
  EXPECT_FALSE(bulgaria_.memory.Holds(kOfDocument));
  EXPECT_FALSE(norway_.memory.Holds(kOfDocument));
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
  EXPECT_EQ(EraseAllAgain(bulgaria_.memory, names_bg, network_.clock.Now()), 0) << "once is enough";
  for (const char* name : {"", "case", "case/x", "message/NO/x", "other/6f9619ff-8b86-4011-b42d-00c04fc964ff",
                           "authorisation/presentation", "authorisation/offer/nonce-key"}) {
    EXPECT_THAT(bulgaria_.memory.Write(
                    [&](base::Transaction& tx) { return EraseAgain(name, network_.clock.Now(), tx).status(); }),
                HasReasonAt(Reason::kFieldInvalid, "name"))
        << name;
  }
}

TEST_F(ErasuresTest, NamesThatAnEarlierVersionGaveToWhatWalletsLeftAreTaken) {
  MemoryStore store;
  wallet::v1::StoredPresentation presented;
  presented.mutable_content()->set_id("0a1b");
  presented.mutable_content()->add_credentials()->set_content("Solveig");
  ASSERT_OK(store.Write([&](base::Transaction& tx) { return wallet::InsertPresentation(presented, tx); }));
  const std::vector<std::string> names = {"authorisation/presentation/0a1b", "authorisation/offer/of/0a1b",
                                          "authorisation/offer/nonce/00"};
  EXPECT_EQ(EraseAllAgain(store, names, network_.clock.Now()), 3);
  EXPECT_FALSE(store.Holds("Solveig"));
  EXPECT_EQ(EraseAllAgain(store, names, network_.clock.Now()), 0);
}

}  // namespace
}  // namespace passerelle::erasure
