#include "core/relay/outbox.h"

#include "absl/strings/match.h"
#include "tests/unit/core/relay/outbox_fixture.h"

namespace passerelle::relay {
namespace {

TEST_F(OutboxTest, SendsAMessageAndHandsOverTheAnswer) {
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(absl::InfiniteFuture()));
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(0));
  ASSERT_OK(Put(Message()));
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(::testing::Le(clock_.Now())));
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(1));
  EXPECT_EQ(End(), "to a (signed)");
  EXPECT_THAT(transport_.recipients, ElementsAre("FR"));
  EXPECT_EQ(peer_handler_.effects, 1);
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(absl::InfiniteFuture()));
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(0));
}

TEST_F(OutboxTest, SendsNothingThatWasUndone) {
  EXPECT_FALSE(store_
                   .Write([&](base::Transaction& tx) -> absl::Status {
                     RETURN_IF_ERROR(outbox_->Put(Message(), tx));
                     return base::Problem(Reason::kInternal, "");
                   })
                   .ok());
  EXPECT_THAT(outbox_->SendDue(10), IsOkAndHolds(0));
}

TEST_F(OutboxTest, SendsAtMostAsManyAsItIsTold) {
  for (int i = 0; i < 3; ++i) {
    Outgoing message = Message();
    message.id = base::NewUuid(random_);
    message.resource = absl::StrCat("case ", i);
    ASSERT_OK(Put(message));
  }
  EXPECT_THAT(outbox_->SendDue(2), IsOkAndHolds(2));
  EXPECT_THAT(transport_.sent, SizeIs(2));
  EXPECT_THAT(outbox_->SendDue(2), IsOkAndHolds(1));
}

TEST_F(OutboxTest, RefusesToPutWhatCannotBeSentOnce) {
  ASSERT_OK(Put(Message()));
  EXPECT_THAT(Put(Message()), HasReasonAt(Reason::kInternal, "id"));
  Outgoing message = Message();
  message.id = "1";
  EXPECT_THAT(Put(message), HasReasonAt(Reason::kInternal, "id"));
  message.id = base::NewUuid(random_);
  message.type = "test.Other";
  EXPECT_THAT(Put(message), HasReasonAt(Reason::kInternal, "type"));
  message.type = "test.Question";
  message.expires_at = clock_.Now() + base::kExchangeLifeMax + absl::Seconds(1);
  EXPECT_THAT(Put(message), HasReasonAt(Reason::kInternal, "expires_at"));
}

TEST_F(OutboxTest, KeepsTheEvidenceOfTheAnsweredAttempt) {
  ASSERT_OK(Put(Message()));
  transport_.peer = Unreachable();
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_FALSE(EvidenceOf(kId).has_value());
  transport_.peer = [this](const v1::Envelope& envelope) { return inbox_->Receive("NO", envelope); };
  clock_.Advance(base::kRetryFirst);
  ASSERT_OK(outbox_->SendDue(1));
  const std::optional<Evidence> evidence = EvidenceOf(kId);
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->request.SerializeAsString(), transport_.sent[1].SerializeAsString());
  const std::string digest = EnvelopeSha256(evidence->request);
  EXPECT_OK(Open(evidence->answer, *nodes_.Directory(),
                 {.audience = "NO", .sender = "FR", .now = clock_.Now(), .requests = {digest}}));
}

TEST_F(OutboxTest, RetriesAfterWaitsThatDoubleUpToTheLast) {
  transport_.peer = Unreachable();
  Outgoing message = Message();
  message.expires_at = clock_.Now() + base::kExchangeLifeMax;
  ASSERT_OK(Put(message));
  absl::Duration wait = base::kRetryFirst;
  for (int attempt = 1; attempt <= 14; ++attempt) {
    ASSERT_THAT(outbox_->SendDue(10), IsOkAndHolds(1));
    EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(clock_.Now() + wait));
    clock_.Advance(wait - absl::Milliseconds(1));
    ASSERT_THAT(outbox_->SendDue(10), IsOkAndHolds(0));
    clock_.Advance(absl::Milliseconds(1));
    wait = std::min(2 * wait, base::kRetryLast);
  }
  EXPECT_EQ(wait, base::kRetryLast);
  EXPECT_THAT(answers_.problems, SizeIs(14));
  EXPECT_THAT(answers_.problems, ::testing::Each(HasReason(Reason::kPeerUnreachable)));
}

TEST_F(OutboxTest, SignsEveryAttemptAnewWithTheSameId) {
  transport_.peer = Unreachable();
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  clock_.Advance(base::kRetryFirst);  // within the same second
  ASSERT_OK(outbox_->SendDue(1));
  clock_.Advance(2 * base::kRetryFirst);
  ASSERT_OK(outbox_->SendDue(1));
  ASSERT_THAT(transport_.sent, SizeIs(3));
  EXPECT_NE(EnvelopeSha256(transport_.sent[0]), EnvelopeSha256(transport_.sent[1]));
  EXPECT_NE(EnvelopeSha256(transport_.sent[1]), EnvelopeSha256(transport_.sent[2]));
  for (const v1::Envelope& sent : transport_.sent) {
    ASSERT_OK_AND_ASSIGN(const Opened opened,
                         Open(sent, *nodes_.Directory(), {.audience = "FR", .sender = "NO", .now = clock_.Now()}));
    EXPECT_EQ(opened.header.id, kId);
  }
}

TEST_F(OutboxTest, GetsTheFirstAnswerWhenItWasLostOnTheWay) {
  ASSERT_OK(Put(Message()));
  transport_.peer = [this](const v1::Envelope& envelope) -> absl::StatusOr<v1::Envelope> {
    EXPECT_OK(inbox_->Receive("NO", envelope));
    return base::Problem(Reason::kPeerTimeout, "");
  };
  ASSERT_OK(outbox_->SendDue(1));
  transport_.peer = [this](const v1::Envelope& envelope) { return inbox_->Receive("NO", envelope); };
  clock_.Advance(absl::Hours(1));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "to a (signed)");
  EXPECT_EQ(peer_handler_.effects, 1);
  // The answer is bound to the first attempt, and so is the evidence.
  EXPECT_EQ(EnvelopeSha256(EvidenceOf(kId)->request), EnvelopeSha256(transport_.sent[0]));
}

class CrashTest : public OutboxTest, public ::testing::WithParamInterface<FaultyStore::Fault> {};

TEST_P(CrashTest, BetweenSendingAndStoringLeadsToOneEffect) {
  ASSERT_OK(Put(Message()));
  store_.FailWrite(1, GetParam());
  EXPECT_THAT(outbox_->SendDue(1), HasReason(Reason::kStoreUnavailable));
  EXPECT_EQ(peer_handler_.effects, 1);
  Restart();
  EXPECT_THAT(outbox_->SendDue(1), IsOkAndHolds(0));
  clock_.Advance(base::kClaimLife);
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "to a (signed)");
  EXPECT_EQ(peer_handler_.effects, 1);
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(absl::InfiniteFuture()));
}

TEST_P(CrashTest, BeforeSendingLosesNothing) {
  ASSERT_OK(Put(Message()));
  store_.FailWrite(0, GetParam());
  EXPECT_THAT(outbox_->SendDue(1), HasReason(Reason::kStoreUnavailable));
  EXPECT_TRUE(transport_.sent.empty());
  Restart();
  clock_.Advance(base::kClaimLife);
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "to a (signed)");
}

INSTANTIATE_TEST_SUITE_P(All, CrashTest,
                         ::testing::Values(FaultyStore::Fault::kBeforeCommit, FaultyStore::Fault::kAfterCommit),
                         [](const auto& c) {
                           return c.param == FaultyStore::Fault::kBeforeCommit ? "BeforeCommit" : "AfterCommit";
                         });

TEST_F(OutboxTest, KeepsTheMessageWhenTheAnswerCannotBeHandled) {
  ASSERT_OK(Put(Message()));
  answers_.answer_status = base::Problem(Reason::kStoreUnavailable, "");
  EXPECT_THAT(outbox_->SendDue(1), HasReason(Reason::kStoreUnavailable));
  EXPECT_EQ(End(), "");
  answers_.answer_status = absl::OkStatus();
  clock_.Advance(base::kClaimLife);
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "to a (signed)");
  EXPECT_EQ(peer_handler_.effects, 1);
}

TEST_F(OutboxTest, EndsNothingWithoutTheAttemptThatWasAnswered) {
  ASSERT_OK(Put(Message()));
  transport_.peer = [this](const v1::Envelope& request) {
    // A record that has lost its attempts while the peer was asked.
    EXPECT_OK(memory_.Write([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<base::Record> record, tx.Get(Table::kOutbox, kId));
      v1::StoredOutbound stored;
      EXPECT_TRUE(stored.ParseFromString(record->value));
      stored.clear_attempts();
      record->value = stored.SerializeAsString();
      return tx.Update(Table::kOutbox, *record);
    }));
    return inbox_->Receive("NO", request);
  };
  EXPECT_THAT(outbox_->SendDue(1), HasReasonAt(Reason::kStoreUnavailable, "outbox"));
  EXPECT_EQ(End(), "");
}

TEST_F(OutboxTest, LetsOneCallerAtATimeSendAMessage) {
  ASSERT_OK(Put(Message()));
  absl::Notification sending;
  absl::Notification go_on;
  transport_.peer = [&](const v1::Envelope& envelope) {
    sending.Notify();
    go_on.WaitForNotification();
    return inbox_->Receive("NO", envelope);
  };
  std::thread first([&] { EXPECT_THAT(outbox_->SendDue(1), IsOkAndHolds(1)); });
  sending.WaitForNotification();
  EXPECT_THAT(outbox_->SendDue(1), IsOkAndHolds(0));
  go_on.Notify();
  first.join();
  EXPECT_THAT(transport_.sent, SizeIs(1));
  EXPECT_EQ(End(), "to a (signed)");
}

TEST_F(OutboxTest, EndsAMessageOnceWhenAClaimEndedBeforeItsAttempt) {
  ASSERT_OK(Put(Message()));
  bool nested = false;
  transport_.peer = [&](const v1::Envelope& envelope) {
    if (!nested) {
      nested = true;
      clock_.Advance(base::kClaimLife);
      EXPECT_THAT(outbox_->SendDue(1), IsOkAndHolds(1));
    }
    return inbox_->Receive("NO", envelope);
  };
  EXPECT_THAT(outbox_->SendDue(1), IsOkAndHolds(1));
  EXPECT_THAT(transport_.sent, SizeIs(2));
  EXPECT_EQ(peer_handler_.effects, 1);
  EXPECT_EQ(End(), "to a (signed)");
}

TEST_F(OutboxTest, EndsOnASignedRefusal) {
  peer_handler_.status = base::Problem(Reason::kNotAvailable, "query", "nothing is shared");
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "NOT_AVAILABLE at query: nothing is shared (signed)");
  EXPECT_TRUE(EvidenceOf(kId).has_value());
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(absl::InfiniteFuture()));
}

TEST_F(OutboxTest, EndsOnARefusalWithAReasonOfALaterVersionAndCutsItsTexts) {
  v1::Refusal refusal;
  refusal.set_reason("NEW_REASON");
  refusal.set_message(absl::StrCat(std::string(base::kRefusalTextBytesMax - 1, 'x'), "\xc3\xb8\xc3\xb8"));
  transport_.peer = Refusing(refusal);
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(),
            absl::StrCat("PEER_REFUSED: NEW_REASON: ", std::string(base::kRefusalTextBytesMax - 1, 'x'), " (signed)"));
}

struct RetriedRefusal {
  const char* reason;
  bool retryable;
};

class RetriedRefusalTest : public OutboxTest, public ::testing::WithParamInterface<RetriedRefusal> {};

// A replay or a stale date is a matter of one attempt: the network may have sent it twice, or late.
TEST_P(RetriedRefusalTest, IsTriedAgain) {
  v1::Refusal refusal;
  refusal.set_reason(GetParam().reason);
  refusal.set_retryable(GetParam().retryable);
  transport_.peer = Refusing(refusal);
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "");
  ASSERT_THAT(answers_.problems, SizeIs(1));
  EXPECT_EQ(base::Catalogue(base::ReasonOf(answers_.problems[0])).name, GetParam().reason);
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(clock_.Now() + base::kRetryFirst));
}

INSTANTIATE_TEST_SUITE_P(All, RetriedRefusalTest,
                         ::testing::Values(RetriedRefusal{"REGISTER_UNAVAILABLE", true},
                                           RetriedRefusal{"ENVELOPE_REPLAYED", false},
                                           RetriedRefusal{"ENVELOPE_STALE", false}),
                         [](const auto& c) { return c.param.reason; });

// An unsigned refusal of the call proves nothing and ends nothing.
TEST_F(OutboxTest, TriesAgainAfterAnUnsignedRefusal) {
  transport_.peer = [](const v1::Envelope&) { return base::Problem(Reason::kEnvelopeSignature, ""); };
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "");
  EXPECT_THAT(answers_.problems, ElementsAre(HasReason(Reason::kEnvelopeSignature)));
}

struct BadAnswer {
  const char* name;
  std::function<void(Header&)> change;
};

class BadAnswerTest : public OutboxTest, public ::testing::WithParamInterface<BadAnswer> {};

TEST_P(BadAnswerTest, IsAFailedAttempt) {
  transport_.peer = [this](const v1::Envelope& request) { return AnswerTo(request, GetParam().change); };
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "");
  EXPECT_THAT(answers_.problems, ElementsAre(HasReason(Reason::kPeerAnswerInvalid)));
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(clock_.Now() + base::kRetryFirst));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadAnswerTest,
    ::testing::Values(BadAnswer{"ToAnotherRequest", [](Header& header) { header.request = std::string(64, 'a'); }},
                      BadAnswer{"ToNoRequest", [](Header& header) { header.request.clear(); }},
                      BadAnswer{"ForAnotherNode", [](Header& header) { header.audience = "FR"; }},
                      BadAnswer{"FromAnotherNode", [](Header& header) { header.sender = "NO"; }},
                      BadAnswer{"FromTheFuture",
                                [](Header& header) {
                                  header.issued_at += absl::Hours(1);
                                  header.expires_at += absl::Hours(1);
                                }},
                      BadAnswer{"UnreadableRefusal",
                                [](Header& header) { header.type = "passerelle.relay.v1.Refusal"; }}),
    [](const auto& c) { return c.param.name; });

TEST_F(OutboxTest, DoesNotTakeItsOwnMessageForAnAnswer) {
  transport_.peer = [](const v1::Envelope& request) { return request; };
  ASSERT_OK(Put(Message()));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_THAT(answers_.problems, ElementsAre(HasReason(Reason::kPeerAnswerInvalid)));
}

TEST_F(OutboxTest, GivesUpWhenTheTimeIsOver) {
  transport_.peer = Unreachable();
  Outgoing message = Message();
  message.expires_at = clock_.Now() + absl::Seconds(1);
  ASSERT_OK(Put(message));
  ASSERT_OK(outbox_->SendDue(1));
  clock_.Advance(base::kRetryFirst);
  ASSERT_OK(outbox_->SendDue(1));
  // The wait would be a second, but the end comes before.
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(message.expires_at));
  clock_.Set(message.expires_at);
  EXPECT_THAT(outbox_->SendDue(1), IsOkAndHolds(1));
  EXPECT_THAT(transport_.sent, SizeIs(2));
  EXPECT_EQ(End(), absl::StrCat("PEER_UNREACHABLE: ", base::Catalogue(Reason::kPeerUnreachable).meaning));
  EXPECT_FALSE(EvidenceOf(kId).has_value());
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(absl::InfiniteFuture()));
}

// Every attempt would be as large.
TEST_F(OutboxTest, SendsNothingLargerThanTheReceiverTakes) {
  nodes_.map.mutable_nodes(1)->mutable_limits()->set_message_bytes_max(2);
  nodes_.Install();
  Outgoing message = Message();
  message.body = "abc";
  ASSERT_OK(Put(message));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_TRUE(transport_.sent.empty());
  EXPECT_TRUE(absl::StartsWith(End(), "INPUT_TOO_LARGE at nodes[FR].limits.message_bytes_max")) << End();
  EXPECT_THAT(outbox_->Ask("FR", "test.Question", "abc"), HasReason(Reason::kInputTooLarge));
}

TEST_F(OutboxTest, GivesUpWhatWasNeverTried) {
  ASSERT_OK(Put(Message()));
  clock_.Advance(absl::Hours(24));
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_TRUE(transport_.sent.empty());
  EXPECT_EQ(End(), "PEER_TIMEOUT: the time for an answer was over");
}

TEST_F(OutboxTest, EndsAMessageToANodeThatTakesNoPart) {
  ASSERT_OK(Put(Message()));
  nodes_.map.mutable_nodes(1)->set_state(federation::v1::NODE_STATE_REVOKED);
  nodes_.Install();
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_TRUE(transport_.sent.empty());
  EXPECT_EQ(End(), absl::StrCat("NODE_UNKNOWN: ", base::Catalogue(Reason::kNodeUnknown).meaning));
}

TEST_F(OutboxTest, TakesNoAnswerOfANodeThatWasRevokedMeanwhile) {
  ASSERT_OK(Put(Message()));
  transport_.peer = [this](const v1::Envelope& envelope) {
    absl::StatusOr<v1::Envelope> answer = inbox_->Receive("NO", envelope);
    nodes_.map.mutable_nodes(1)->set_state(federation::v1::NODE_STATE_REVOKED);
    nodes_.Install();
    return answer;
  };
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "");
  EXPECT_THAT(answers_.problems, ElementsAre(HasReason(Reason::kPeerAnswerInvalid)));
}

TEST_F(OutboxTest, WaitsForANodeMapThatCanBeUsed) {
  ASSERT_OK(Put(Message()));
  *nodes_.map.mutable_expire_time() = base::ToProto(clock_.Now() - absl::Seconds(1));
  nodes_.Install();
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_THAT(answers_.problems, ElementsAre(HasReason(Reason::kNodeMapStale)));
  nodes_.map.clear_expire_time();
  nodes_.Install();
  clock_.Advance(base::kRetryFirst);
  ASSERT_OK(outbox_->SendDue(1));
  EXPECT_EQ(End(), "to a (signed)");
}

TEST_F(OutboxTest, AsksWithoutStoringAnything) {
  ASSERT_OK_AND_ASSIGN(const Answer answer, outbox_->Ask("FR", "test.Question", "b"));
  EXPECT_EQ(answer.opened.body, "to b");
  EXPECT_EQ(EnvelopeSha256(answer.envelope), answer.opened.sha256);
  EXPECT_THAT(outbox_->NextDue(), IsOkAndHolds(absl::InfiniteFuture()));
}

TEST_F(OutboxTest, AskReturnsWhyThereIsNoAnswer) {
  EXPECT_THAT(outbox_->Ask("SE", "test.Question", "b"), HasReason(Reason::kNodeUnknown));
  EXPECT_THAT(outbox_->Ask("FR", "test.Other", "b"), HasReason(Reason::kMessageTypeUnknown));
  transport_.peer = Unreachable();
  EXPECT_THAT(outbox_->Ask("FR", "test.Question", "b"), HasReason(Reason::kPeerUnreachable));
  transport_.peer = [](const v1::Envelope& request) { return request; };
  EXPECT_THAT(outbox_->Ask("FR", "test.Question", "b"), HasReason(Reason::kPeerAnswerInvalid));
}

}  // namespace
}  // namespace passerelle::relay
