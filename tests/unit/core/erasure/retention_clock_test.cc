// What the clock erases, class by class, and what it leaves.
#include "core/erasure/retention_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/idempotency.h"
#include "core/base/proto_time.h"
#include "core/contents/contents.h"
#include "core/erasure/erased_records.h"
#include "core/relay/message_log.h"
#include "core/wallet/forget.h"
#include "core/wallet/nonces.h"
#include "core/wallet/presentation_records.h"
#include "tests/unit/core/erasure/erasure_fixture.h"

namespace passerelle::erasure {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::IsOkAndHolds;
using ::testing::Contains;

// What a wallet presented, kept for a day.
wallet::v1::StoredPresentation Presented(const std::string& id, absl::Time now) {
  wallet::v1::StoredPresentation stored;
  stored.mutable_content()->set_id(id);
  stored.mutable_content()->add_credentials()->set_content("Solveig");
  wallet::Conclude(wallet::v1::PRESENTATION_STATE_ANSWERED, now, &stored);
  return stored;
}

class RetentionClockTest : public ErasureFixture {
 protected:
  explicit RetentionClockTest(uint32_t piece_bytes = base::kPieceBytes) : ErasureFixture(piece_bytes) {}

  // How many kept messages belong to nothing at a node.
  static int Unattached(passerelle::testing::TestNode& node) {
    int count = 0;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto kept,
                       relay::MessageLog::KeptUntil(absl::InfiniteFuture() - absl::Hours(1), 1000, tx));
      count = static_cast<int>(kept.size());
      return absl::OkStatus();
    }));
    return count;
  }

  static std::vector<std::string> NamesOfErased(passerelle::testing::TestNode& node) {
    std::vector<std::string> names;
    EXPECT_OK(node.memory.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(names, ListErased("", 1000, tx));
      return absl::OkStatus();
    }));
    return names;
  }
};

TEST_F(RetentionClockTest, AnUndecidedCaseIsErasedOnTheDayAfterItsPeriod) {
  const std::string id = Withdrawn();
  AdvanceDays(kShortDays);
  TurnClocks();
  EXPECT_OK(bulgaria_.cases.Get("evaluator", id).status());
  AdvanceDays(1);
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", id), HasReason(Reason::kResourceNotFound));
  EXPECT_OK(italy_.cases.Get("portal", id).status()) << "no rule says how long the holder's copy is kept";
  ExpectLogsVerify();
}

// Of a document that was to come in pieces.
class UnopenedCasesTest : public RetentionClockTest {
 protected:
  UnopenedCasesTest() : RetentionClockTest(/*piece_bytes=*/64) {}
};

TEST_F(UnopenedCasesTest, AnApplicationWhoseDocumentDidNotArriveIsErasedOnTheDayAfterItsPeriod) {
  const recognition::v1::CreateCaseRequest request = Request(document_);
  const std::string id = Submit(request);
  ASSERT_OK(italy_.outbox().SendDue(1));
  sharing::v1::WithdrawAuthorisationRequest withdrawal;
  withdrawal.set_request_id(NewId());
  withdrawal.set_id(request.authorisation_id());
  ASSERT_OK(italy_.authorisations.Withdraw("portal", withdrawal));
  network_.Run();
  EXPECT_EQ(Applicants(id).state(), recognition::v1::CASE_STATE_NOT_DELIVERED);
  AdvanceDays(kShortDays);
  TurnClocks();
  EXPECT_GT(Readable(bulgaria_, id), 0);
  AdvanceDays(1);
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_EQ(Readable(bulgaria_, id), 0);
  EXPECT_THAT(NamesOfErased(bulgaria_), Contains(NameOfCase(id)));
  EXPECT_EQ(TurnClocks(), 0);
  ExpectLogsVerify();
}

TEST_F(RetentionClockTest, AnOpenCaseIsNeverErased) {
  const std::string id = Open();
  AdvanceDays(40);
  TurnClocks();
  EXPECT_OK(bulgaria_.cases.Get("evaluator", id).status());
}

TEST_F(RetentionClockTest, WhatAnExchangeBroughtIsErasedAndThatThereWasOneStays) {
  const Exchanged made = Exchange();
  AdvanceDays(kShortDays + 1);
  EXPECT_GT(TurnClocks(), 0);
  const exchange::v1::Exchange erased = bulgaria_.exchanges.Get("evaluator", made.exchange).value();
  EXPECT_EQ(erased.state(), exchange::v1::EXCHANGE_STATE_DELIVERED);
  EXPECT_TRUE(erased.has_erase_time());
  EXPECT_FALSE(bulgaria_.memory.Holds("Water quality"));
}

TEST_F(RetentionClockTest, AnsweredQuestionsOfOtherNodesAreErasedAndOpenOnesStay) {
  const std::string id = Open();
  BringToEvaluation(id);
  const auto ask = [&](const std::string& text) {
    recognition::v1::TakeStepRequest question = Step(id, recognition::v1::CASE_STEP_ASK);
    question.mutable_action()->mutable_inquiry()->set_asked("node:NO");
    question.mutable_action()->mutable_inquiry()->set_question(text);
    EXPECT_OK(Take(question).status());
    network_.Run();
  };
  ask("Was this course assessed?");
  const std::vector<recognition::v1::CaseActor> centre = {recognition::v1::CASE_ACTOR_PEER_CENTRE};
  ASSERT_OK_AND_ASSIGN(const auto open, norway_.cases.ListInquiries(centre, {}));
  ASSERT_EQ(open.inquiries_size(), 1);
  recognition::v1::AnswerInquiryRequest answer;
  answer.set_request_id(NewId());
  answer.set_id(open.inquiries(0).id());
  answer.set_answer("Yes, by a written examination.");
  ASSERT_OK(norway_.cases.AnswerInquiry("office", centre, answer).status());
  network_.Run();
  ask("And who supervised it?");
  AdvanceDays(kShortDays);
  TurnClocks();
  EXPECT_TRUE(norway_.memory.Holds("Was this course assessed?"));
  AdvanceDays(1);
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_FALSE(norway_.memory.Holds("Was this course assessed?"));
  EXPECT_FALSE(norway_.memory.Holds("by a written examination"));
  EXPECT_TRUE(norway_.memory.Holds("And who supervised it?")) << "nobody has answered it";
  EXPECT_TRUE(bulgaria_.memory.Holds("by a written examination")) << "there it is a part of the case";
  ExpectLogsVerify();
}

TEST_F(RetentionClockTest, MessagesThatBelongToNothingAreErasedAfterTheirPeriod) {
  Open();  // the authority has asked the issuing node about the document
  ASSERT_GT(Unattached(norway_), 0);
  AdvanceDays(kShortDays);
  TurnClocks();
  ASSERT_GT(Unattached(norway_), 0);
  AdvanceDays(1);
  EXPECT_GT(TurnClocks(), 0);
  EXPECT_EQ(Unattached(norway_), 0);
  EXPECT_EQ(Unattached(bulgaria_), 0);
  ExpectLogsVerify();
}

TEST_F(RetentionClockTest, TheRoundGoesOnWhereItEndedAndBeginsAnew) {
  const std::string first = Withdrawn();
  const std::string second = Open();
  AdvanceDays(kShortDays + 1);
  const std::string third = Withdrawn();
  TurnClocks();
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", first), HasReason(Reason::kResourceNotFound));
  EXPECT_OK(bulgaria_.cases.Get("evaluator", second).status());
  EXPECT_OK(bulgaria_.cases.Get("evaluator", third).status());
  AdvanceDays(kShortDays + 1);
  TurnClocks();
  EXPECT_THAT(bulgaria_.cases.Get("evaluator", third), HasReason(Reason::kResourceNotFound));
}

TEST_F(RetentionClockTest, WhatWasSetAsideUnderAnAuthorisationIsErasedWithIt) {
  const Exchanged made = Exchange();
  const contents::ContentsOf offered = contents::ContentsOffered(made.authorisation, "BG", NewId());
  ASSERT_OK(norway_.memory.Write([&](base::Transaction& tx) {
    return contents::PutOffer(offered, "set aside for BG", absl::InfiniteFuture(), tx);
  }));
  AdvanceDays(kShortDays + 2);
  EXPECT_TRUE(norway_.memory.Holds("set aside for BG"));
  TurnClocks();
  EXPECT_THAT(norway_.authorisations.Get("holder's portal", made.authorisation), HasReason(Reason::kResourceNotFound));
  EXPECT_FALSE(norway_.memory.Holds("set aside for BG"));
}

TEST_F(RetentionClockTest, WhatWalletsLeaveIsNoAuthorisationAndInNoAuthorisationsWay) {
  const std::string authorisation = Authorise();
  ASSERT_OK(norway_.memory.Write([&](base::Transaction& tx) -> absl::Status {
    for (int i = 0; i <= kErasedPerTurn; ++i) {
      RETURN_IF_ERROR(wallet::InsertPresentation(Presented(std::to_string(i), network_.clock.Now()), tx));
    }
    return absl::OkStatus();
  }));
  AdvanceDays(kShortDays + 2);
  TurnClocks();
  EXPECT_THAT(NamesOfErased(norway_), ::testing::ElementsAre(NameOfAuthorisation(authorisation)));
  EXPECT_TRUE(norway_.memory.Holds("Solveig")) << "that is for the clock of the wallets";
}

TEST_F(RetentionClockTest, AnAnswerThatComesAfterItsExchangeWasErasedAgainIsErased) {
  const std::string id = Ask(Authorise());
  // As in a store that was put back from a time at which the exchange was pending.
  ASSERT_OK(bulgaria_.memory.Write(
      [&](base::Transaction& tx) { return EraseAgain(NameOfExchange(id), network_.clock.Now(), tx).status(); }));
  EXPECT_EQ(bulgaria_.exchanges.Get("evaluator", id)->state(), exchange::v1::EXCHANGE_STATE_FAILED);
  EXPECT_EQ(TurnClocks(), 0) << "the message is on its way";
  network_.Run();
  EXPECT_EQ(Readable(bulgaria_, id), 1);
  EXPECT_EQ(TurnClocks(), 1);
  EXPECT_EQ(Readable(bulgaria_, id), 0);
  EXPECT_EQ(TurnClocks(), 0);
  EXPECT_TRUE(bulgaria_.exchanges.Get("evaluator", id)->documents().empty());
  ExpectLogsVerify();
}

TEST(RetentionClock, AuthorisationsThatEndedAreNotInTheWayOfWhatWalletsLeave) {
  passerelle::testing::MemoryStore store;
  passerelle::testing::FakeClock now;
  passerelle::testing::FakeRandom random;
  sharing::Authorisations authorisations({&store, &now, &random});
  for (int i = 0; i <= kFiledPerTurn; ++i) {
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(base::NewUuid(random));
    request.mutable_authorisation()->set_receiver("BG");
    request.mutable_authorisation()->set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    request.mutable_authorisation()->add_credential_ids("no-7");
    request.mutable_authorisation()->set_uses_allowed(1);
    *request.mutable_authorisation()->mutable_valid_until() = base::ToProto(now.Now() + absl::Seconds(1));
    ASSERT_OK(authorisations.Create("portal", request).status());
  }
  ASSERT_OK(store.Write([&](base::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(wallet::UseNonce("a nonce", now.Now(), tx));
    return wallet::InsertPresentation(Presented("1", now.Now()), tx);
  }));
  now.Advance(wallet::kPresentationKept);
  const RetentionClock clock({.node = "NO", .store = &store, .clock = &now, .rules = {}});
  const auto forget = [&] { return wallet::ForgetDue(now.Now(), kFiledPerTurn, store); };
  EXPECT_THAT(forget(), IsOkAndHolds(0)) << "authorisations that ended are all that it sees";
  EXPECT_THAT(clock.TakeTurn(), IsOkAndHolds(0)) << "files them, and erases none without a rule";
  EXPECT_THAT(forget(), IsOkAndHolds(2));
  EXPECT_FALSE(store.Holds("Solveig"));
}

TEST(RetentionClock, WithoutRulesNothingIsErased) {
  passerelle::testing::Network network;
  passerelle::testing::TestNode& node = network.Node("NO");
  network.clock.Advance(absl::Hours(24 * 365));
  EXPECT_EQ(node.retention_clock.TakeTurn().value(), 0);
}

}  // namespace
}  // namespace passerelle::erasure
