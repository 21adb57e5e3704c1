// The way of a message through outbox and inbox into two logs, and what the bundles of both sides show.
#include "core/relay/bundle.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/relay/dispute.h"
#include "core/relay/erase.h"
#include "core/relay/inbox.h"
#include "core/relay/note_keys.h"
#include "core/relay/outbox.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/relay/two_nodes.h"

namespace passerelle::relay {
namespace {

using evidence::v1::EvidenceBundle;
using ::passerelle::base::Reason;
using ::passerelle::testing::FaultyStore;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

constexpr char kEnvelopeId[] = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
constexpr char kOther[] = "6f9619ff-8b86-4011-b42d-00c04fc96400";

class EchoHandler : public Handler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::StatusOr<std::string> Prepare(const Opened&) override { return std::string(); }
  absl::StatusOr<Reply> Handle(const Opened& message, const std::string&, base::Transaction& tx) override {
    RETURN_IF_ERROR(tx.Insert(base::Table::kCase, {.key = message.header.id, .value = message.body}));
    if (message.body == "refuse me") return base::Problem(Reason::kFieldInvalid, "body");
    return Reply{"test.Answer", "answer to " + message.body};
  }
};

class BundleHandler : public AnswerHandler {
 public:
  std::string Type() const override { return "test.Question"; }
  absl::Status HandleAnswer(const Outgoing&, const absl::StatusOr<Answer>&, const v1::Envelope*,
                            base::Transaction&) override {
    ++answers;
    return absl::OkStatus();
  }
  absl::Status HandleAttempt(const Outgoing&, const absl::Status&, int, base::Transaction&) override {
    return absl::OkStatus();
  }
  int answers = 0;
};

// One node with its store, log and message log.
struct Side {
  Side(const std::string& node, const proof::SigningKey& key, const base::Clock& clock, base::Random& random,
       const federation::NodeDirectory& nodes)
      : store(memory),
        log(*evidence::Log::Open({node, &store, &clock, evidence::OneKey(&key), std::string(32, node.front())},
                                 NoteKeys(nodes), {})),
        messages({log.get(), std::string(32, 'p'), &random}) {}

  absl::StatusOr<EvidenceBundle> Bundle(evidence::v1::Side side, const std::string& peer, const std::string& id,
                                        const federation::NodeDirectory& nodes) {
    EvidenceBundle bundle;
    const absl::Status read = store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(bundle, MakeBundle(side, {peer, id}, messages, nodes, tx));
      return absl::OkStatus();
    });
    if (!read.ok()) return read;
    return bundle;
  }
  std::vector<evidence::v1::StoredLeaf> Leaves() {
    std::vector<evidence::v1::StoredLeaf> leaves;
    EXPECT_OK(log->Sequence(1000).status());
    EXPECT_OK(store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(leaves, evidence::StoredLeaves("", 1000, tx));
      return absl::OkStatus();
    }));
    return leaves;
  }
  bool Has(absl::string_view id) {
    bool has = false;
    EXPECT_OK(store.Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto record, tx.Get(base::Table::kCase, id));
      has = record.has_value();
      return absl::OkStatus();
    }));
    return has;
  }

  testing::MemoryStore memory;
  FaultyStore store;
  std::unique_ptr<evidence::Log> log;
  MessageLog messages;
};

class BundleTest : public ::testing::Test, public Transport {
 protected:
  BundleTest()
      : directory_(nodes_.Directory()),
        norway_("NO", nodes_.norway, clock_, random_, *directory_),
        france_("FR", nodes_.france, clock_, random_, *directory_),
        inbox_({.node = "FR",
                .nodes = nodes_.holder.get(),
                .key = &nodes_.france,
                .store = &france_.store,
                .clock = &clock_,
                .random = &random_,
                .handlers = {&echo_},
                .evidence = &france_.messages}),
        outbox_({.node = "NO",
                 .nodes = nodes_.holder.get(),
                 .key = &nodes_.norway,
                 .store = &norway_.store,
                 .clock = &clock_,
                 .random = &random_,
                 .transport = this,
                 .handlers = {&counting_},
                 .evidence = &norway_.messages}) {}

  absl::StatusOr<v1::Envelope> Deliver(const federation::v1::Node&, const v1::Envelope& envelope) override {
    last_request_ = envelope;
    ASSIGN_OR_RETURN(v1::Envelope answer, inbox_.Receive("NO", envelope));
    if (std::exchange(lose_answer_, false)) return base::Problem(Reason::kPeerUnreachable, "");
    return answer;
  }

  absl::Status Put(const std::string& id, const std::string& body) {
    return norway_.store.Write([&](base::Transaction& tx) {
      return outbox_.Put({id, "FR", "test.Question", body, "exchange-1", clock_.Now() + absl::Hours(1)}, tx);
    });
  }
  void PutMessage(const std::string& id, const std::string& body) {
    ASSERT_OK(Put(id, body));
    ASSERT_OK(outbox_.SendDue(1).status());
  }
  void Sequence() {
    ASSERT_OK(norway_.log->Sequence(1000).status());
    ASSERT_OK(france_.log->Sequence(1000).status());
  }
  EvidenceBundle Sender(const std::string& id = kEnvelopeId) {
    return norway_.Bundle(evidence::v1::SIDE_SENDER, "FR", id, *directory_).value();
  }
  EvidenceBundle Receiver(const std::string& id = kEnvelopeId) {
    return france_.Bundle(evidence::v1::SIDE_RECEIVER, "NO", id, *directory_).value();
  }
  absl::StatusOr<BundleFacts> Verify(const EvidenceBundle& bundle) { return VerifyBundle(bundle, *directory_); }

  TwoNodes nodes_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  std::shared_ptr<const federation::NodeDirectory> directory_;
  Side norway_;
  Side france_;
  EchoHandler echo_;
  BundleHandler counting_;
  bool lose_answer_ = false;
  v1::Envelope last_request_;
  Inbox inbox_;
  Outbox outbox_;
};

TEST_F(BundleTest, BothSidesShowTheSame) {
  PutMessage(kEnvelopeId, "a");
  clock_.Advance(absl::Seconds(1));
  Sequence();
  ASSERT_OK_AND_ASSIGN(const BundleFacts sender, Verify(Sender()));
  ASSERT_OK_AND_ASSIGN(const BundleFacts receiver, Verify(Receiver()));
  EXPECT_EQ(sender.leaves.size(), 2u);
  EXPECT_EQ(receiver.leaves.size(), 1u);
  EXPECT_EQ(sender.answer->type, "test.Answer");
  ASSERT_OK_AND_ASSIGN(const Dispute dispute, CompareBundles(receiver, sender));
  EXPECT_TRUE(dispute.Settled());
  EXPECT_EQ(dispute.sender, "NO");
  EXPECT_EQ(dispute.receiver_logged, clock_.Now() - absl::Seconds(1));
  EXPECT_FALSE(dispute.receiver_log_seen_by.has_value());
  // The bundle's own keys verify it too; those of others do not.
  ASSERT_OK_AND_ASSIGN(const auto own, KeysIn(Sender()));
  EXPECT_OK(VerifyBundle(Sender(), *own));
  const TwoNodes strangers;
  EXPECT_THAT(VerifyBundle(Sender(), *strangers.Directory()),
              HasReasonAt(Reason::kNoteSignature, "checkpoint/signature"));
}

TEST_F(BundleTest, RetriesReplaysAndRefusalsLeaveOneLeafEach) {
  lose_answer_ = true;
  PutMessage(kEnvelopeId, "a");
  clock_.Advance(absl::Seconds(2));
  ASSERT_OK(outbox_.SendDue(1).status());
  EXPECT_OK(inbox_.Receive("NO", last_request_));  // a replay: refused, and nothing is logged
  PutMessage(kOther, "refuse me");
  EXPECT_EQ(counting_.answers, 2);
  EXPECT_EQ(france_.Leaves().size(), 2u);
  EXPECT_EQ(norway_.Leaves().size(), 4u);
  ASSERT_OK_AND_ASSIGN(const BundleFacts sender, Verify(Sender()));
  ASSERT_OK_AND_ASSIGN(const BundleFacts receiver, Verify(Receiver()));
  ASSERT_OK_AND_ASSIGN(const Dispute dispute, CompareBundles(sender, receiver));
  EXPECT_TRUE(dispute.Settled());
  ASSERT_OK_AND_ASSIGN(const BundleFacts refused, Verify(Receiver(kOther)));
  EXPECT_EQ(refused.answer->refusal, "FIELD_INVALID");
  EXPECT_FALSE(france_.Has(kOther));
}

TEST_F(BundleTest, AQuestionThatIsOnlyAskedIsLoggedOnBothSides) {
  ASSERT_OK(outbox_.Ask("FR", "test.Question", "a").status());
  const auto leaves = norway_.Leaves();
  ASSERT_EQ(leaves.size(), 1u);
  Sequence();
  const std::string id = leaves[0].statement().message_id();
  ASSERT_OK_AND_ASSIGN(const BundleFacts sender, Verify(Sender(id)));
  ASSERT_OK_AND_ASSIGN(const BundleFacts receiver, Verify(Receiver(id)));
  ASSERT_OK_AND_ASSIGN(const Dispute dispute, CompareBundles(sender, receiver));
  EXPECT_TRUE(dispute.Settled());
  norway_.store.FailWrite(0, FaultyStore::Fault::kBeforeCommit);
  EXPECT_THAT(outbox_.Ask("FR", "test.Question", "b"), HasReason(Reason::kStoreUnavailable));
}

TEST_F(BundleTest, AQuestionThatNamesPeopleLeavesALeafAndNothingToRead) {
  for (const char* body : {"a", "refuse me"}) {
    SCOPED_TRACE(body);
    const size_t before = norway_.Leaves().size();
    bool answered = false;
    outbox_.Ask(
        "FR", "test.Question", body, [&](const absl::StatusOr<Answer>&) { answered = true; }, QuestionContent::kErased);
    EXPECT_TRUE(answered);
    const auto leaves = norway_.Leaves();
    ASSERT_EQ(leaves.size(), before + 1);
    Sequence();
    const std::string id = leaves.back().statement().message_id();
    EXPECT_FALSE(Sender(id).has_request());
    EXPECT_FALSE(Sender(id).has_answer());
    EXPECT_OK(Verify(Sender(id)).status());
    EXPECT_TRUE(Receiver(id).has_request());
  }
}

// No checkpoint can be signed for longer than leaves may wait: what cannot be logged has no effect.
TEST_F(BundleTest, WithoutEvidenceThereIsNoEffect) {
  PutMessage(kOther, "first");
  france_.store.FailWrite(0, FaultyStore::Fault::kBeforeCommit);
  EXPECT_FALSE(france_.log->Sequence(10).ok());
  clock_.Advance(evidence::kSequencingPatience + absl::Seconds(1));
  PutMessage(kEnvelopeId, "a");
  EXPECT_EQ(counting_.answers, 1) << "a retryable refusal ends nothing";
  EXPECT_FALSE(france_.Has(kEnvelopeId));
  ASSERT_OK(france_.log->Sequence(10).status());
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(outbox_.SendDue(1).status());
  EXPECT_EQ(counting_.answers, 2);
  EXPECT_TRUE(france_.Has(kEnvelopeId));
  EXPECT_EQ(france_.Leaves().size(), 2u);
}

// The store fails at any write of the whole way: in the end there is one effect and one leaf of each kind.
TEST_F(BundleTest, ACrashAtAnyWriteOfEitherSideLosesAndDoublesNothing) {
  int number = 0;
  for (Side* const side : {&norway_, &france_}) {
    for (const auto fault : {FaultyStore::Fault::kBeforeCommit, FaultyStore::Fault::kAfterCommit}) {
      for (int write = 0; write < 4; ++write) {
        const std::string id = absl::StrCat("6f9619ff-8b86-4011-b42d-", absl::Dec(number++, absl::kZeroPad12));
        ASSERT_OK(Put(id, "a"));
        side->store.FailWrite(write, fault);
        for (int round = 0; round < 4; ++round) {
          (void)outbox_.SendDue(1);
          (void)norway_.log->Sequence(10);
          (void)france_.log->Sequence(10);
          clock_.Advance(absl::Minutes(2));
        }
        side->store.FailWrite(1000, fault);
        Sequence();
        ASSERT_OK_AND_ASSIGN(const BundleFacts sender, Verify(Sender(id)));
        ASSERT_OK_AND_ASSIGN(const BundleFacts receiver, Verify(Receiver(id)));
        ASSERT_OK_AND_ASSIGN(const Dispute dispute, CompareBundles(sender, receiver));
        EXPECT_TRUE(dispute.Settled()) << write;
        EXPECT_TRUE(france_.Has(id));
      }
    }
  }
  EXPECT_EQ(france_.Leaves().size(), static_cast<size_t>(number));
  EXPECT_EQ(norway_.Leaves().size(), 2 * static_cast<size_t>(number));
}

TEST_F(BundleTest, WhatWasChangedInABundleIsFound) {
  PutMessage(kEnvelopeId, "a");
  PutMessage(kOther, "b");
  Sequence();
  const EvidenceBundle good = Receiver();
  const EvidenceBundle other = Receiver(kOther);
  const EvidenceBundle sender = Sender();
  ASSERT_OK(Verify(good));
  struct Case {
    const char* what;
    std::function<void(EvidenceBundle&)> change;
    Reason reason;
    const char* place;
  };
  const Case cases[] = {
      {"version", [](EvidenceBundle& b) { b.set_version(2); }, Reason::kBundleInvalid, "version"},
      {"no side", [](EvidenceBundle& b) { b.clear_side(); }, Reason::kBundleInvalid, "side"},
      {"the other side", [](EvidenceBundle& b) { b.set_side(evidence::v1::SIDE_SENDER); }, Reason::kEnvelopeSender,
       "request/protected_header/x-msg/iss"},
      {"no node", [](EvidenceBundle& b) { b.clear_node(); }, Reason::kBundleInvalid, "node"},
      {"itself", [](EvidenceBundle& b) { b.set_peer(b.node()); }, Reason::kBundleInvalid, "peer"},
      {"another id", [](EvidenceBundle& b) { b.set_message_id(kOther); }, Reason::kBundleInvalid, "message_id"},
      {"no id", [](EvidenceBundle& b) { b.clear_message_id(); }, Reason::kBundleInvalid, "message_id"},
      {"an answer alone", [](EvidenceBundle& b) { b.clear_request(); }, Reason::kBundleInvalid, "request"},
      {"another body", [](EvidenceBundle& b) { b.mutable_request()->set_body("c"); }, Reason::kEnvelopeSignature,
       "request/signature"},
      {"the answer to another message", [&](EvidenceBundle& b) { *b.mutable_answer() = other.answer(); },
       Reason::kEnvelopeRequest, "answer/protected_header/x-msg/req"},
      {"another message and answer",
       [&](EvidenceBundle& b) {
         *b.mutable_request() = other.request();
         *b.mutable_answer() = other.answer();
       },
       Reason::kBundleInvalid, "message_id"},
      {"no answer, though one was logged", [](EvidenceBundle& b) { b.clear_answer(); }, Reason::kLogProof,
       "leaves/0/leaf"},
      {"the leaf of another message", [&](EvidenceBundle& b) { *b.mutable_leaves() = other.leaves(); },
       Reason::kLogProof, "leaves/0/leaf"},
      {"a changed leaf", [](EvidenceBundle& b) { b.mutable_leaves(0)->mutable_leaf()->replace(30, 1, "9"); },
       Reason::kLogProof, "leaves/0/root"},
      {"no leaf", [](EvidenceBundle& b) { b.clear_leaves(); }, Reason::kBundleInvalid, "leaves"},
      {"two leaves", [](EvidenceBundle& b) { *b.add_leaves() = b.leaves(0); }, Reason::kBundleInvalid, "leaves/1"},
      {"another index", [](EvidenceBundle& b) { b.mutable_leaves(0)->set_index(1); }, Reason::kLogProof,
       "leaves/0/root"},
      {"an index beyond", [](EvidenceBundle& b) { b.mutable_leaves(0)->set_index(7); }, Reason::kLogProof,
       "leaves/0/index"},
      {"a short hash", [](EvidenceBundle& b) { b.mutable_leaves(0)->mutable_proof(0)->pop_back(); }, Reason::kLogProof,
       "leaves/0/proof"},
      {"a longer proof", [](EvidenceBundle& b) { b.mutable_leaves(0)->add_proof(std::string(32, 'x')); },
       Reason::kLogProof, "leaves/0/proof"},
      {"a proof without end",
       [](EvidenceBundle& b) {
         for (int i = 0; i < 100; ++i) b.mutable_leaves(0)->add_proof(std::string(32, 'x'));
       },
       Reason::kLogProof, "leaves/0/proof"},
      {"another key", [](EvidenceBundle& b) { b.mutable_leaves(0)->set_key(std::string(32, 'x')); }, Reason::kLogProof,
       "leaves/0/leaf"},
      {"a short key", [](EvidenceBundle& b) { b.mutable_leaves(0)->set_key("x"); }, Reason::kBundleInvalid,
       "leaves/0/key"},
      {"the checkpoint of the other side", [&](EvidenceBundle& b) { b.set_checkpoint(sender.checkpoint()); },
       Reason::kNote, "checkpoint/origin"},
      {"no checkpoint", [](EvidenceBundle& b) { b.clear_checkpoint(); }, Reason::kNote, "checkpoint/note"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.what);
    EvidenceBundle changed = good;
    test.change(changed);
    EXPECT_THAT(Verify(changed), HasReasonAt(test.reason, test.place));
  }
}

TEST_F(BundleTest, BundlesThatDoNotBelongTogetherAreNotCompared) {
  PutMessage(kEnvelopeId, "a");
  PutMessage(kOther, "b");
  Sequence();
  ASSERT_OK_AND_ASSIGN(const BundleFacts sender, Verify(Sender()));
  ASSERT_OK_AND_ASSIGN(const BundleFacts receiver, Verify(Receiver()));
  ASSERT_OK_AND_ASSIGN(const BundleFacts swapped, Verify(Receiver(kOther)));
  EXPECT_THAT(CompareBundles(sender, swapped), HasReasonAt(Reason::kFieldInvalid, "message_id"));
  EXPECT_THAT(CompareBundles(sender, sender), HasReasonAt(Reason::kFieldInvalid, "side"));
  BundleFacts elsewhere = receiver;
  elsewhere.node = "NL";
  EXPECT_THAT(CompareBundles(sender, elsewhere), HasReasonAt(Reason::kFieldInvalid, "peer"));
  // Two different signed messages under one id: the sender is caught by its own signatures.
  BundleFacts two = receiver;
  two.request->sha256 = swapped.request->sha256;
  ASSERT_OK_AND_ASSIGN(const Dispute caught, CompareBundles(sender, two));
  EXPECT_EQ(caught.same_message, Shown::kNo);
  EXPECT_FALSE(caught.Settled());
}

TEST_F(BundleTest, WhatIsErasedCannotBeReadAndTheLogStillVerifies) {
  PutMessage(kEnvelopeId, "a");
  Sequence();
  ASSERT_OK(france_.store.Write([](base::Transaction& tx) {
    return MessageLog::Erase(evidence::v1::SIDE_RECEIVER, {"NO", kEnvelopeId}, tx);
  }));
  const EvidenceBundle erased = Receiver();
  EXPECT_FALSE(erased.has_request());
  ASSERT_OK_AND_ASSIGN(const BundleFacts facts, Verify(erased));
  ASSERT_EQ(facts.leaves.size(), 1u);
  EXPECT_FALSE(facts.leaves[0].opened);
  EXPECT_OK(evidence::Log::Open(france_.log->options(), NoteKeys(*directory_), france_.log->Checkpoint().value()));
  // The other side still has both, and the signature of the receiver binds it.
  ASSERT_OK_AND_ASSIGN(const BundleFacts sender, Verify(Sender()));
  ASSERT_OK_AND_ASSIGN(const Dispute dispute, CompareBundles(sender, facts));
  EXPECT_EQ(dispute.received, Shown::kYes);
  EXPECT_EQ(dispute.same_message, Shown::kUnknown);
  EXPECT_THAT(france_.store.Write([](base::Transaction& tx) {
    return MessageLog::Erase(evidence::v1::SIDE_RECEIVER, {"NO", kOther}, tx);
  }),
              HasReason(Reason::kResourceNotFound));
}

// Whether any record of a message in a node's store has these bytes.
bool Holds(base::Store& store, absl::string_view bytes) {
  bool holds = false;
  EXPECT_OK(store.Read([&](base::Transaction& tx) -> absl::Status {
    using Place = std::pair<base::Table, std::string>;
    for (const auto& [table, key] :
         {Place(base::Table::kOutbox, kEnvelopeId), Place(base::Table::kOutbox, absl::StrCat(kEnvelopeId, "/body")),
          Place(base::Table::kInbox, absl::StrCat("NO/", kEnvelopeId))}) {
      ASSIGN_OR_RETURN(const auto record, tx.Get(table, key));
      holds = holds || (record && absl::StrContains(record->value, bytes));
    }
    return absl::OkStatus();
  }));
  return holds;
}

TEST_F(BundleTest, ErasedContentIsGoneFromTheCopiesForRepetitionsToo) {
  const auto erase = [](Side& node, evidence::v1::Side side, const std::string& peer) {
    return node.store.Write([&](base::Transaction& tx) { return EraseContent(side, {peer, kEnvelopeId}, tx); });
  };
  ASSERT_OK(Put(kEnvelopeId, "Solveig"));
  EXPECT_THAT(erase(norway_, evidence::v1::SIDE_SENDER, "FR"), HasReasonAt(Reason::kFieldInvalid, "state"));
  ASSERT_OK(outbox_.SendDue(1).status());
  EXPECT_FALSE(Holds(norway_.store, "Solveig")) << "the copies for sending go when they are acknowledged";
  EXPECT_TRUE(Holds(france_.store, "Solveig"));
  ASSERT_OK(erase(norway_, evidence::v1::SIDE_SENDER, "FR"));
  ASSERT_OK(erase(france_, evidence::v1::SIDE_RECEIVER, "NO"));
  EXPECT_FALSE(Holds(norway_.store, "Solveig"));
  EXPECT_FALSE(Holds(france_.store, "Solveig"));
  EXPECT_OK(erase(norway_, evidence::v1::SIDE_SENDER, "FR")) << "erasing again does nothing";
  EXPECT_EQ(norway_.Leaves().size(), 2u);
  // A repetition has no second effect, and gets no content.
  Header header = nodes_.Request(clock_.Now() + absl::Seconds(2));
  header.id = kEnvelopeId;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope repeated, Seal(nodes_.norway, header, "Solveig"));
  ASSERT_OK_AND_ASSIGN(const v1::Envelope answer, inbox_.Receive("NO", repeated));
  v1::Refusal refusal;
  ASSERT_TRUE(refusal.ParseFromString(answer.body()));
  EXPECT_EQ(refusal.reason(), "EVIDENCE_ERASED");
  EXPECT_EQ(france_.Leaves().size(), 1u);
}

// Whoever shows a leaf without its message can say of any leaf that it is about this one.
TEST_F(BundleTest, ALeafThatNobodyCanOpenShowsNoTime) {
  PutMessage(kOther, "something else");
  clock_.Advance(absl::Hours(1));
  PutMessage(kEnvelopeId, "a");
  Sequence();
  ASSERT_OK_AND_ASSIGN(const BundleFacts receiver, Verify(Receiver()));
  EvidenceBundle claimed = Sender(kOther);
  claimed.set_message_id(kEnvelopeId);
  claimed.clear_request();
  claimed.clear_answer();
  ASSERT_OK_AND_ASSIGN(BundleFacts sender, Verify(claimed));
  sender.witnesses.push_back({evidence::LogName("NL"), clock_.Now()});
  ASSERT_OK_AND_ASSIGN(const Dispute dispute, CompareBundles(sender, receiver));
  EXPECT_FALSE(dispute.sender_logged_sent.has_value());
  EXPECT_FALSE(dispute.sender_logged_answer.has_value());
  EXPECT_FALSE(dispute.sender_log_seen_by.has_value());
  EXPECT_EQ(dispute.receiver_logged, clock_.Now());

  // Its own leaves open with what the other side holds, and with nothing when neither side holds anything.
  EvidenceBundle erased = Sender();
  erased.clear_request();
  erased.clear_answer();
  ASSERT_OK_AND_ASSIGN(sender, Verify(erased));
  sender.witnesses.push_back({evidence::LogName("NL"), clock_.Now()});
  ASSERT_OK_AND_ASSIGN(const Dispute opened, CompareBundles(sender, receiver));
  EXPECT_EQ(opened.sender_logged_sent, clock_.Now());
  EXPECT_EQ(opened.sender_logged_answer, clock_.Now());
  EXPECT_EQ(opened.sender_log_seen_by, clock_.Now());
  EvidenceBundle both = Receiver();
  both.clear_request();
  both.clear_answer();
  ASSERT_OK_AND_ASSIGN(const BundleFacts nothing, Verify(both));
  ASSERT_OK_AND_ASSIGN(const Dispute unknown, CompareBundles(sender, nothing));
  EXPECT_FALSE(unknown.sender_logged_sent.has_value());
  EXPECT_FALSE(unknown.receiver_logged.has_value());
  EXPECT_FALSE(unknown.sender_log_seen_by.has_value());
}

TEST_F(BundleTest, KeysCountWithinTheirPeriodOnly) {
  PutMessage(kEnvelopeId, "a");
  Sequence();
  evidence::SignedNote cosigned = {evidence::ReadNote(norway_.log->Checkpoint().value())->text, {}};
  ASSERT_OK(evidence::CosignNote(evidence::LogName("FR"), nodes_.france, clock_.Now() - absl::Hours(24), cosigned));
  ASSERT_OK(norway_.log->AddCosignatures(cosigned, NoteKeysOf(*directory_, "FR")));
  const EvidenceBundle bundle = Sender();
  ASSERT_OK_AND_ASSIGN(const BundleFacts witnessed, Verify(bundle));
  EXPECT_EQ(witnessed.witnesses.size(), 1u);
  federation::v1::NodeMap map = nodes_.map;
  *map.mutable_nodes(1)->mutable_message_keys(0)->mutable_not_before() = base::ToProto(clock_.Now() - absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto later, federation::NodeDirectory::Make(map));
  ASSERT_OK_AND_ASSIGN(const BundleFacts alone, VerifyBundle(bundle, *later));
  EXPECT_TRUE(alone.witnesses.empty());
  *map.mutable_nodes(0)->mutable_message_keys(0)->mutable_not_after() = base::ToProto(clock_.Now() - absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto over, federation::NodeDirectory::Make(map));
  EXPECT_THAT(VerifyBundle(bundle, *over), HasReasonAt(Reason::kNoteSignature, "checkpoint/signature"));
}

TEST_F(BundleTest, ARevokedNodeIsNoWitness) {
  PutMessage(kEnvelopeId, "a");
  Sequence();
  const proof::SigningKey key = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  federation::v1::NodeMap map = nodes_.map;
  federation::v1::Node& witness = *map.add_nodes();
  witness.set_id("NL");
  witness.set_state(federation::v1::NODE_STATE_ACTIVE);
  witness.add_tls_certificate_sha256(base::Sha256Hex("NL"));
  witness.add_message_keys()->set_kid(key.verification_key().thumbprint());
  witness.mutable_message_keys(0)->set_jwk(key.verification_key().jwk());
  ASSERT_OK_AND_ASSIGN(const auto before, federation::NodeDirectory::Make(map));

  evidence::SignedNote cosigned = {evidence::ReadNote(norway_.log->Checkpoint().value())->text, {}};
  ASSERT_OK(evidence::CosignNote(evidence::LogName("NL"), key, clock_.Now() - absl::Hours(24), cosigned));
  ASSERT_OK(norway_.log->AddCosignatures(cosigned, NoteKeysOf(*before, "NL")));
  const EvidenceBundle bundle = Sender();
  ASSERT_OK_AND_ASSIGN(const BundleFacts witnessed, VerifyBundle(bundle, *before));
  EXPECT_EQ(witnessed.witnesses.size(), 1u);
  witness.set_state(federation::v1::NODE_STATE_REVOKED);
  ASSERT_OK_AND_ASSIGN(const auto after, federation::NodeDirectory::Make(map));
  ASSERT_OK_AND_ASSIGN(const BundleFacts alone, VerifyBundle(bundle, *after));
  EXPECT_TRUE(alone.witnesses.empty());
}

TEST_F(BundleTest, AMessageThatIsNotAnsweredShowsItsLeafOnly) {
  ASSERT_OK(Put(kEnvelopeId, "a"));
  EXPECT_THAT(norway_.Bundle(evidence::v1::SIDE_SENDER, "FR", kEnvelopeId, *directory_), HasReason(Reason::kLogRange));
  Sequence();
  ASSERT_OK_AND_ASSIGN(const BundleFacts facts, Verify(Sender()));
  EXPECT_FALSE(facts.request.has_value());
  EXPECT_FALSE(facts.identified());
  EXPECT_NE(facts.Find(evidence::LeafKind::kSent), nullptr);
  EXPECT_THAT(norway_.Bundle(evidence::v1::SIDE_SENDER, "FR", kOther, *directory_),
              HasReason(Reason::kResourceNotFound));
}

// The inbox forgets after eight days; the log does not.
TEST_F(BundleTest, AnIdIsNotUsedAgainEvenAfterTheInboxForgot) {
  PutMessage(kEnvelopeId, "a");
  clock_.Advance(base::kDuplicateMemory + absl::Hours(1));
  ASSERT_THAT(inbox_.Forget(), testing::IsOkAndHolds(1));
  Header header = nodes_.Request(clock_.Now());
  header.id = kEnvelopeId;
  ASSERT_OK_AND_ASSIGN(const v1::Envelope request, Seal(nodes_.norway, header, "c"));
  ASSERT_OK_AND_ASSIGN(const v1::Envelope answer, inbox_.Receive("NO", request));
  v1::Refusal refusal;
  ASSERT_TRUE(refusal.ParseFromString(answer.body()));
  EXPECT_EQ(refusal.reason(), "MESSAGE_ID_REUSED");
  EXPECT_EQ(france_.Leaves().size(), 1u);
}

}  // namespace
}  // namespace passerelle::relay
