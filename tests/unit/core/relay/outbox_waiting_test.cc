// Messages to nodes that may not be called yet, and questions that nobody waits for.
#include "tests/unit/core/relay/outbox_fixture.h"

namespace passerelle::relay {
namespace {

// Further messages to FR, each of a case of its own.
class WaitingTest : public OutboxTest {
 protected:
  WaitingTest() {
    nodes_.map.add_nodes()->CopyFrom(nodes_.map.nodes(1));
    nodes_.map.mutable_nodes(2)->set_id("SE");
    nodes_.map.mutable_nodes(2)->clear_message_keys();
    nodes_.map.mutable_nodes(2)->clear_tls_certificate_sha256();
    nodes_.Install();
  }

  void PutToFr(int count) {
    for (int i = 0; i < count; ++i) {
      Outgoing message = Message();
      message.id = base::NewUuid(random_);
      message.resource = absl::StrCat("case ", i + 2);
      ASSERT_OK(Put(message));
    }
  }
  void PutToSe() {
    clock_.Advance(absl::Milliseconds(1));
    Outgoing other = Message();
    other.id = base::NewUuid(random_);
    other.recipient = "SE";
    ASSERT_OK(Put(other));
  }
};

// Takes whatever becomes of many messages.
class AnyAnswers : public AnswerHandler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::Status HandleAnswer(const Outgoing& /*message*/, const absl::StatusOr<Answer>& /*answer*/,
                            const v1::Envelope* /*evidence*/, base::Transaction& /*tx*/) override {
    return absl::OkStatus();
  }
};

// A node whose messages take any answer, and whose senders look for work while a delivery runs.
class BusyTest : public WaitingTest {
 protected:
  void SendBusily() {
    transport_.peer = [&](const v1::Envelope&) -> absl::StatusOr<v1::Envelope> {
      EXPECT_OK(busy_.SendDue(10));
      return base::Problem(Reason::kPeerTimeout, "");
    };
    ASSERT_OK(busy_.SendDue(1));
  }

  AnyAnswers any_;
  Outbox busy_{{.node = "NO",
                .nodes = nodes_.holder.get(),
                .key = &nodes_.norway,
                .store = &store_,
                .clock = &clock_,
                .random = &random_,
                .transport = &transport_,
                .handlers = {&any_}}};
};

TEST_F(BusyTest, ManyMessagesToOneNodeLeavePlacesForOthers) {
  PutToFr(100);
  PutToSe();
  SendBusily();
  transport_.recipients.resize(kDeliveriesAtOnce + 1);
  EXPECT_THAT(transport_.recipients, ElementsAre("FR", "FR", "FR", "FR", "SE"));
}

TEST_F(BusyTest, ANodeThatAnswersLateHasOneDeliveryAtATime) {
  PutToFr(3);
  transport_.peer = [&](const v1::Envelope&) -> absl::StatusOr<v1::Envelope> {
    clock_.Advance(kSlowDelivery + absl::Seconds(1));
    return base::Problem(Reason::kPeerTimeout, "");
  };
  ASSERT_OK(busy_.SendDue(1));
  PutToSe();
  transport_.recipients.clear();
  SendBusily();
  EXPECT_THAT(transport_.recipients, ElementsAre("FR", "SE"));
}

TEST_F(WaitingTest, WhatMayNotBeSentYetWaitsAndIsNoAttempt) {
  ASSERT_OK(Put(Message()));
  PutToFr(600);  // more than are put off at a time, before one that may be sent
  PutToSe();

  transport_.peer = Unreachable();
  transport_.may_call_at = clock_.Now() + absl::Seconds(10);
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(::testing::Ge(1)));
  EXPECT_THAT(transport_.recipients, ElementsAre("SE"));
  EXPECT_THAT(answers_.problems, SizeIs(1)) << "of SE; those to FR were not tried";
  clock_.Advance(base::kRetryFirst);
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(clock_.Now())) << "SE again";
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(1));

  clock_.Set(transport_.may_call_at);
  transport_.may_call_at = absl::InfinitePast();
  transport_.sent.clear();
  transport_.peer = [this](const v1::Envelope& envelope) { return inbox_->Receive("NO", envelope); };
  // SE for the third time, and now FR.
  EXPECT_THAT(outbox_->SendDue(2), IsOkAndHolds(2));
  EXPECT_THAT(transport_.sent, SizeIs(2));
  EXPECT_EQ(peer_handler_.effects, 1);
}

TEST_F(OutboxTest, AMessageWhoseTimeIsOverEndsAlthoughItsNodeMayNotBeCalled) {
  ASSERT_OK(Put(Message()));
  transport_.may_call_at = clock_.Now() + absl::Hours(48);
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(0));
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(Message().expires_at));
  clock_.Advance(absl::Hours(24));
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(1));
  EXPECT_THAT(End(), ::testing::HasSubstr("the time for an answer was over"));
  EXPECT_THAT(transport_.sent, ::testing::IsEmpty());
}

// Keeps what is sent until the test hands over the answer.
class PatientTransport : public ScriptedTransport {
 public:
  void Send(const federation::v1::Node& /*node*/, const v1::Envelope& envelope, Delivered delivered) override {
    sent.push_back(envelope);
    waiting.push_back(std::move(delivered));
  }
  std::vector<Delivered> waiting;
};

TEST_F(OutboxTest, AsksWithoutWaiting) {
  PatientTransport transport;
  const Outbox outbox({.node = "NO",
                       .nodes = nodes_.holder.get(),
                       .key = &nodes_.norway,
                       .store = &store_,
                       .clock = &clock_,
                       .random = &random_,
                       .transport = &transport,
                       .handlers = {&answers_}});
  std::vector<absl::StatusOr<Answer>> answers;
  const auto answered = [&](absl::StatusOr<Answer> answer) { answers.push_back(std::move(answer)); };
  outbox.Ask("SE", "test.Question", "b", answered);
  ASSERT_THAT(answers, ElementsAre(HasReason(Reason::kNodeUnknown)));
  answers.clear();
  for (const char* body : {"b", "c", "d"}) outbox.Ask("FR", "test.Question", body, answered);
  EXPECT_THAT(answers, ::testing::IsEmpty());
  ASSERT_THAT(transport.waiting, SizeIs(3));
  // In another order than they were asked in.
  transport.waiting[1](inbox_->Receive("NO", transport.sent[1]));
  transport.waiting[2](base::Problem(Reason::kPeerTimeout, ""));
  transport.waiting[0](inbox_->Receive("NO", transport.sent[0]));
  ASSERT_THAT(answers, SizeIs(3));
  ASSERT_OK(answers[0].status());
  EXPECT_EQ(answers[0]->opened.body, "to c");
  EXPECT_THAT(answers[1], HasReason(Reason::kPeerTimeout));
  ASSERT_OK(answers[2].status());
  EXPECT_EQ(answers[2]->opened.body, "to b");
}

}  // namespace
}  // namespace passerelle::relay
