// What the clock erases, class by class, and what it leaves.
#include "core/erasure/retention_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/relay/message_log.h"
#include "tests/unit/core/erasure/erasure_fixture.h"

namespace passerelle::erasure {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;

class RetentionClockTest : public ErasureFixture {
 protected:
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

TEST(RetentionClock, WithoutRulesNothingIsErased) {
  passerelle::testing::Network network;
  passerelle::testing::TestNode& node = network.Node("NO");
  network.clock.Advance(absl::Hours(24 * 365));
  EXPECT_EQ(node.retention_clock.TakeTurn().value(), 0);
}

}  // namespace
}  // namespace passerelle::erasure
