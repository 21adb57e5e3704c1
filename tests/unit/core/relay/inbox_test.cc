#include "core/relay/inbox.h"

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/relay/two_nodes.h"

namespace passerelle::relay {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::base::Table;
using ::passerelle::testing::FaultyStore;
using ::passerelle::testing::HasReason;

constexpr char kFirstId[] = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
constexpr char kSecondId[] = "6f9619ff-8b86-4011-b42d-00c04fc96400";

// Appends every body it handles to one record, so that a second effect shows.
class RecordingHandler : public Handler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::StatusOr<std::string> Prepare(const Opened& message) override {
    RETURN_IF_ERROR(prepare_status);
    return absl::StrCat("prepared ", message.body);
  }
  absl::StatusOr<Reply> Handle(const Opened& message, const std::string& prepared, base::Transaction& tx) override {
    ASSIGN_OR_RETURN(std::optional<base::Record> record, tx.Get(Table::kCase, "effects"));
    if (record) {
      record->value += message.body;
      RETURN_IF_ERROR(tx.Update(Table::kCase, *record));
    } else {
      RETURN_IF_ERROR(tx.Insert(Table::kCase, {.key = "effects", .value = message.body}));
    }
    RETURN_IF_ERROR(handle_status);
    return Reply{"test.Answer", prepared};
  }
  void Handled(const Opened& message, const absl::Status& status) override {
    told.push_back(absl::StrCat(message.body, status.ok() ? " done" : " refused"));
  }

  bool KeepsRefusals() const override { return keeps_refusals; }

  std::vector<std::string> told;
  bool keeps_refusals = true;
  absl::Status prepare_status;
  absl::Status handle_status;
};

class InboxTest : public ::testing::Test {
 protected:
  InboxTest() : store_(memory_) { Restart(); }

  // A new process over the same store.
  void Restart() {
    inbox_ = std::make_unique<Inbox>(Inbox::Options{.node = "FR",
                                                    .nodes = nodes_.holder.get(),
                                                    .key = &nodes_.france,
                                                    .store = &store_,
                                                    .clock = &clock_,
                                                    .random = &random_,
                                                    .handlers = {&handler_},
                                                    .refused = [this](Reason reason) { refused_.push_back(reason); }});
  }

  v1::Envelope Request(absl::string_view id, absl::string_view body, absl::string_view type = "test.Question") {
    Header header = nodes_.Request(clock_.Now());
    header.id = std::string(id);
    header.type = std::string(type);
    return Seal(nodes_.norway, header, body).value();
  }
  absl::StatusOr<v1::Envelope> Receive(const v1::Envelope& request) { return inbox_->Receive("NO", request); }

  // What the sender of `request` makes of an answer.
  absl::StatusOr<Opened> Read(const absl::StatusOr<v1::Envelope>& answer, const v1::Envelope& request) {
    RETURN_IF_ERROR(answer.status());
    return Open(*answer, *nodes_.Directory(),
                {.audience = "NO", .sender = "FR", .now = clock_.Now(), .requests = {EnvelopeSha256(request)}});
  }
  // The reason of a signed refusal; empty for every other answer.
  std::string RefusalOf(const absl::StatusOr<v1::Envelope>& answer, const v1::Envelope& request) {
    const absl::StatusOr<Opened> opened = Read(answer, request);
    if (!opened.ok()) return opened.status().ToString();
    v1::Refusal refusal;
    if (opened->header.type != "passerelle.relay.v1.Refusal" || !refusal.ParseFromString(opened->body)) return "";
    return refusal.reason();
  }

  std::string Value(Table table, absl::string_view key) {
    std::string value;
    EXPECT_OK(memory_.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(table, key));
      value = record ? record->value : "";
      return absl::OkStatus();
    }));
    return value;
  }
  std::string Effects() { return Value(Table::kCase, "effects"); }
  bool IsStored(absl::string_view id) { return !Value(Table::kInbox, absl::StrCat("NO/", id)).empty(); }

  TwoNodes nodes_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  testing::MemoryStore memory_;
  FaultyStore store_;
  RecordingHandler handler_;
  std::vector<Reason> refused_;
  std::unique_ptr<Inbox> inbox_;
};

TEST_F(InboxTest, HandlesAMessageAndSignsTheAnswer) {
  const v1::Envelope request = Request(kFirstId, "a");
  const absl::StatusOr<v1::Envelope> answer = Receive(request);
  ASSERT_OK_AND_ASSIGN(const Opened opened, Read(answer, request));
  EXPECT_EQ(opened.header.sender, "FR");
  EXPECT_EQ(opened.header.audience, "NO");
  EXPECT_EQ(opened.header.type, "test.Answer");
  EXPECT_EQ(opened.header.request, EnvelopeSha256(request));
  EXPECT_NE(opened.header.id, kFirstId);
  EXPECT_EQ(opened.body, "prepared a");
  EXPECT_EQ(Effects(), "a");
  EXPECT_TRUE(refused_.empty());
}

TEST_F(InboxTest, RefusesAReplayAlsoAfterARestart) {
  const v1::Envelope request = Request(kFirstId, "a");
  ASSERT_OK(Receive(request));
  EXPECT_EQ(RefusalOf(Receive(request), request), "ENVELOPE_REPLAYED");
  Restart();
  clock_.Advance(base::kFreshnessWindow - absl::Seconds(1));
  EXPECT_EQ(RefusalOf(Receive(request), request), "ENVELOPE_REPLAYED");
  EXPECT_EQ(Effects(), "a");
  EXPECT_THAT(refused_, ::testing::ElementsAre(Reason::kEnvelopeReplayed, Reason::kEnvelopeReplayed));
}

// ECDSA signatures can be signed again without the key (r, n-s); the message stays the same, and so does the refusal.
TEST_F(InboxTest, KnowsAReplayByWhatWasSignedNotByTheSignature) {
  const v1::Envelope request = Request(kFirstId, "a");
  ASSERT_OK(Receive(request));
  const std::string input = absl::StrCat(base::Base64UrlEncode(request.protected_header()), ".", request.body());
  v1::Envelope again = request;
  again.set_signature(nodes_.norway.Sign(input).value());
  ASSERT_NE(again.signature(), request.signature());
  EXPECT_EQ(RefusalOf(Receive(again), again), "ENVELOPE_REPLAYED");
}

TEST_F(InboxTest, GivesARetryTheFirstAnswerAlsoAfterARestart) {
  const v1::Envelope request = Request(kFirstId, "a");
  ASSERT_OK_AND_ASSIGN(const v1::Envelope answer, Receive(request));
  for (const absl::Duration later : {absl::Seconds(1), absl::Minutes(20), absl::Hours(24 * 6)}) {
    clock_.Advance(later);
    Restart();
    const v1::Envelope retry = Request(kFirstId, "a");
    ASSERT_OK_AND_ASSIGN(const v1::Envelope again, Receive(retry));
    EXPECT_EQ(again.SerializeAsString(), answer.SerializeAsString());
    EXPECT_OK(Read(again, request));
    EXPECT_EQ(RefusalOf(Receive(retry), retry), "ENVELOPE_REPLAYED");
  }
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, RefusesAnIdThatIsReusedForSomethingElse) {
  ASSERT_OK(Receive(Request(kFirstId, "a")));
  const v1::Envelope other_body = Request(kFirstId, "b");
  EXPECT_EQ(RefusalOf(Receive(other_body), other_body), "MESSAGE_ID_REUSED");
  const v1::Envelope other_type = Request(kFirstId, "a", "test.Other");
  EXPECT_EQ(RefusalOf(Receive(other_type), other_type), "MESSAGE_ID_REUSED");
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, KeepsTheIdsOfTwoNodesApart) {
  ASSERT_OK(Receive(Request(kFirstId, "a")));
  Header header = nodes_.Request(clock_.Now());
  header.sender = "FR";
  const v1::Envelope own = Seal(nodes_.france, header, "b").value();
  EXPECT_OK(inbox_->Receive("FR", own));
  EXPECT_EQ(Effects(), "ab");
}

TEST_F(InboxTest, RefusesTooManyAttemptsInAShortTimeAndRecovers) {
  for (int attempt = 0; attempt < base::kAttemptsRememberedMax; ++attempt) {
    ASSERT_OK_AND_ASSIGN(const v1::Envelope answer, Receive(Request(kFirstId, "a")));
    clock_.Advance(absl::Seconds(1));
  }
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "OVERLOADED");
  clock_.Advance(base::kFreshnessWindow);
  const v1::Envelope later = Request(kFirstId, "a");
  ASSERT_OK_AND_ASSIGN(const v1::Envelope answer, Receive(later));
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, StoresARefusalAndUndoesWhatTheHandlerWrote) {
  handler_.handle_status = base::Problem(Reason::kNotAvailable, "query", "nothing is shared");
  const v1::Envelope request = Request(kFirstId, "a");
  const absl::StatusOr<v1::Envelope> answer = Receive(request);
  ASSERT_OK_AND_ASSIGN(const Opened opened, Read(answer, request));
  v1::Refusal refusal;
  ASSERT_TRUE(refusal.ParseFromString(opened.body));
  EXPECT_EQ(refusal.reason(), "NOT_AVAILABLE");
  EXPECT_EQ(refusal.place(), "query");
  EXPECT_EQ(refusal.message(), "nothing is shared");
  EXPECT_FALSE(refusal.retryable());
  EXPECT_EQ(Effects(), "");
  EXPECT_THAT(refused_, ::testing::ElementsAre(Reason::kNotAvailable));
  handler_.handle_status = absl::OkStatus();
  ASSERT_OK_AND_ASSIGN(const v1::Envelope again, (clock_.Advance(absl::Seconds(1)), Receive(Request(kFirstId, "a"))));
  EXPECT_EQ(again.SerializeAsString(), answer->SerializeAsString());
  EXPECT_EQ(Effects(), "");
}

TEST_F(InboxTest, SignsARefusalThatIsNotToBeKeptAndStoresNothing) {
  handler_.keeps_refusals = false;
  handler_.handle_status = base::Problem(Reason::kFieldInvalid, "query");
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "FIELD_INVALID");
  EXPECT_FALSE(IsStored(kFirstId));
  EXPECT_EQ(Effects(), "");
  EXPECT_THAT(handler_.told, ::testing::ElementsAre("a refused"));
  // What is good is remembered all the same.
  handler_.handle_status = absl::OkStatus();
  EXPECT_EQ(RefusalOf(Receive(request), request), "");
  EXPECT_EQ(Effects(), "a");
  EXPECT_TRUE(IsStored(kFirstId));
}

TEST_F(InboxTest, TriesAgainAfterARetryableProblem) {
  for (absl::Status* status : {&handler_.prepare_status, &handler_.handle_status}) {
    *status = base::Problem(Reason::kRegisterUnavailable, "");
    clock_.Advance(absl::Seconds(1));
    const v1::Envelope request = Request(kFirstId, "a");
    EXPECT_EQ(RefusalOf(Receive(request), request), "REGISTER_UNAVAILABLE");
    EXPECT_FALSE(IsStored(kFirstId));
    EXPECT_EQ(Effects(), "");
    *status = absl::OkStatus();
  }
  clock_.Advance(absl::Seconds(1));
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "");
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, GivesTheFirstAnswerEvenWhenItCouldNotBePreparedNow) {
  const v1::Envelope request = Request(kFirstId, "a");
  ASSERT_OK(Receive(request));
  handler_.prepare_status = base::Problem(Reason::kRegisterUnavailable, "");
  clock_.Advance(absl::Seconds(1));
  EXPECT_OK(Read(Receive(Request(kFirstId, "a")), request));
}

TEST_F(InboxTest, SaysNothingOfAProblemWithoutReason) {
  handler_.handle_status = absl::UnknownError("Kari Nordmann, born 1999");
  const v1::Envelope request = Request(kFirstId, "a");
  ASSERT_OK_AND_ASSIGN(const Opened opened, Read(Receive(request), request));
  EXPECT_EQ(opened.body.find("Nordmann"), std::string::npos);
}

TEST_F(InboxTest, RefusesATypeThatNobodyTakes) {
  const v1::Envelope request = Request(kFirstId, "a", "test.Other");
  EXPECT_EQ(RefusalOf(Receive(request), request), "MESSAGE_TYPE_UNKNOWN");
  EXPECT_EQ(Effects(), "");
  EXPECT_FALSE(IsStored(kFirstId)) << "anybody could fill the store so";
}

TEST_F(InboxTest, RefusesAMessageThatIsLargerThanTheMapAllows) {
  nodes_.map.mutable_nodes(1)->mutable_limits()->set_message_bytes_max(2);
  nodes_.Install();
  const v1::Envelope large = Request(kFirstId, "abc");
  EXPECT_EQ(RefusalOf(Receive(large), large), "INPUT_TOO_LARGE");
  EXPECT_EQ(Effects(), "");
  EXPECT_FALSE(IsStored(kFirstId));
  EXPECT_OK(Receive(Request(kSecondId, "ab")));
  EXPECT_EQ(Effects(), "ab");
}

TEST_F(InboxTest, TakesAsManyMessagesOfANodeAsTheMapAllows) {
  nodes_.map.mutable_nodes(1)->mutable_limits()->set_messages_per_minute_max(3);
  nodes_.Install();
  const std::string ids[] = {"6f9619ff-8b86-4011-b42d-00c04fc96401", "6f9619ff-8b86-4011-b42d-00c04fc96402",
                             "6f9619ff-8b86-4011-b42d-00c04fc96403"};
  for (const std::string& id : ids) EXPECT_OK(Receive(Request(id, "a")));
  EXPECT_THAT(Receive(Request(kFirstId, "b")),
              testing::HasReasonAt(Reason::kOverloaded, "nodes[FR].limits.messages_per_minute_max"));
  EXPECT_THAT(refused_, ::testing::ElementsAre(Reason::kOverloaded)) << "it is counted";
  // They come back evenly, one in twenty seconds.
  clock_.Advance(absl::Seconds(20));
  EXPECT_OK(Receive(Request(kFirstId, "b")));
  EXPECT_THAT(Receive(Request(kSecondId, "c")), HasReason(Reason::kOverloaded));
  EXPECT_EQ(Effects(), "aaab");
}

TEST_F(InboxTest, SignsRefusalsOnlyForASenderWhoIsProven) {
  Header header = nodes_.Request(clock_.Now());
  header.audience = "SE";
  const v1::Envelope misdirected = Seal(nodes_.norway, header, "a").value();
  EXPECT_EQ(RefusalOf(Receive(misdirected), misdirected), "ENVELOPE_AUDIENCE");
  const v1::Envelope stale = Seal(nodes_.norway, nodes_.Request(clock_.Now() - absl::Hours(1)), "a").value();
  EXPECT_EQ(RefusalOf(Receive(stale), stale), "ENVELOPE_STALE");

  v1::Envelope tampered = Request(kFirstId, "a");
  tampered.set_body("b");
  EXPECT_THAT(Receive(tampered), HasReason(Reason::kEnvelopeSignature));
  EXPECT_THAT(inbox_->Receive("FR", Request(kFirstId, "a")), HasReason(Reason::kEnvelopeSender));
  EXPECT_THAT(Receive(v1::Envelope()), HasReason(Reason::kEnvelopeMalformed));
  nodes_.map.mutable_nodes(0)->set_state(federation::v1::NODE_STATE_REVOKED);
  nodes_.Install();
  EXPECT_THAT(Receive(Request(kFirstId, "a")), HasReason(Reason::kNodeUnknown));
  EXPECT_EQ(Effects(), "");
  EXPECT_THAT(refused_,
              ::testing::ElementsAre(Reason::kEnvelopeAudience, Reason::kEnvelopeStale, Reason::kEnvelopeSignature,
                                     Reason::kEnvelopeSender, Reason::kEnvelopeMalformed, Reason::kNodeUnknown));
}

TEST_F(InboxTest, HasNoEffectWhenTheStoreFails) {
  store_.FailWrite(0, FaultyStore::Fault::kBeforeCommit);
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "STORE_UNAVAILABLE");
  EXPECT_FALSE(IsStored(kFirstId));
  EXPECT_EQ(Effects(), "");
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK(Receive(Request(kFirstId, "a")));
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, TellsTheHandlerOnceWhatIsDurable) {
  using ::testing::ElementsAre;
  store_.FailWrite(0, FaultyStore::Fault::kBeforeCommit);
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "STORE_UNAVAILABLE");
  EXPECT_TRUE(handler_.told.empty());
  for (int attempt = 0; attempt < 2; ++attempt) {
    clock_.Advance(absl::Seconds(1));
    EXPECT_OK(Receive(Request(kFirstId, "a")));
    EXPECT_THAT(handler_.told, ElementsAre("a done"));
  }
  handler_.handle_status = base::Problem(Reason::kFieldInvalid, "body");
  EXPECT_OK(Receive(Request(kSecondId, "b")));
  EXPECT_THAT(handler_.told, ElementsAre("a done", "b refused"));
}

TEST_F(InboxTest, ARefusalOfWhatTheStoreLostIsNotFinal) {
  // The transaction that the refusal rests on fails for the store: others' writes may be undone with it.
  handler_.handle_status = base::Problem(Reason::kFieldInvalid, "body");
  store_.FailWrite(0, FaultyStore::Fault::kAfterCommit);
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "STORE_UNAVAILABLE");
  EXPECT_TRUE(handler_.told.empty());
  EXPECT_FALSE(IsStored(kFirstId));
}

TEST_F(InboxTest, HasOneEffectWhenTheStoreFailsAfterWriting) {
  store_.FailWrite(0, FaultyStore::Fault::kAfterCommit);
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "STORE_UNAVAILABLE");
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const Opened opened, Read(Receive(Request(kFirstId, "a")), request));
  EXPECT_EQ(opened.header.type, "test.Answer");
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, SaysTryAgainWhenARefusalCannotBeStored) {
  handler_.handle_status = base::Problem(Reason::kNotAvailable, "");
  store_.FailWrite(1, FaultyStore::Fault::kBeforeCommit);
  const v1::Envelope request = Request(kFirstId, "a");
  EXPECT_EQ(RefusalOf(Receive(request), request), "STORE_UNAVAILABLE");
  EXPECT_FALSE(IsStored(kFirstId));
}

TEST_F(InboxTest, AnswersTheSameToAttemptsThatArriveTogether) {
  constexpr int kAttempts = 8;
  std::vector<v1::Envelope> requests;
  std::vector<std::string> digests;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    clock_.Advance(absl::Seconds(1));
    requests.push_back(Request(kFirstId, "a"));
    digests.push_back(EnvelopeSha256(requests.back()));
  }
  std::vector<absl::StatusOr<v1::Envelope>> answers(kAttempts);
  std::vector<std::thread> threads;
  threads.reserve(kAttempts);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    threads.emplace_back([&, attempt] { answers[attempt] = Receive(requests[attempt]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::StatusOr<v1::Envelope>& answer : answers) {
    ASSERT_OK(answer);
    EXPECT_EQ(answer->SerializeAsString(), answers[0]->SerializeAsString());
    EXPECT_OK(Open(*answer, *nodes_.Directory(),
                   {.audience = "NO", .sender = "FR", .now = clock_.Now(), .requests = digests}));
  }
  EXPECT_EQ(Effects(), "a");
}

TEST_F(InboxTest, ForgetsAfterTheDuplicateMemoryCountedFromTheLastAttempt) {
  ASSERT_OK(Receive(Request(kFirstId, "a")));
  ASSERT_OK(Receive(Request(kSecondId, "b")));
  clock_.Advance(absl::Hours(24));
  ASSERT_OK(Receive(Request(kSecondId, "b")));
  clock_.Advance(base::kDuplicateMemory - absl::Hours(24) - absl::Milliseconds(1));
  EXPECT_THAT(inbox_->Forget(), testing::IsOkAndHolds(0));
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(inbox_->Forget(), testing::IsOkAndHolds(1));
  EXPECT_FALSE(IsStored(kFirstId));
  EXPECT_TRUE(IsStored(kSecondId));
}

}  // namespace
}  // namespace passerelle::relay
