#include "core/evidence/log.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/evidence/payload.h"
#include "core/evidence/tile_writer.h"
#include "core/evidence/witness.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/faulty_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/rerun_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::evidence {
namespace {

using base::Reason;
using base::Record;
using base::Table;
using base::Transaction;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

Statement About(int number) {
  Statement statement;
  statement.kind = LeafKind::kReceived;
  statement.peer = "NO";
  statement.message_id = absl::StrCat("id-", number);
  statement.type = "test.Question";
  statement.body_sha256 = base::Sha256Hex(absl::StrCat(number));
  statement.request_sha256 = base::Sha256Hex("request");
  statement.answer_sha256 = base::Sha256Hex("answer");
  return statement;
}
std::string IdOfNumber(int number) { return LeafId(LeafKind::kReceived, "NO", absl::StrCat("id-", number)); }

class LogTest : public ::testing::Test {
 protected:
  LogTest() : store_(memory_) { log_ = Reopen().value(); }

  absl::StatusOr<std::unique_ptr<Log>> Reopen(std::optional<std::string> remembered = std::nullopt) {
    return Log::Open({"FR", &store_, &clock_, OneKey(&key_), std::string(32, 's')}, Keys(), std::move(remembered));
  }
  std::vector<NoteKey> Keys() const {
    return {*NoteKey::Make(LogName("FR"), NoteKey::Kind::kLog, key_.verification_key()),
            *NoteKey::Make(LogName("NO"), NoteKey::Kind::kWitness, witness_key_.verification_key())};
  }
  absl::Status Append(int number) {
    return store_.Write([&](Transaction& tx) { return log_->Append(About(number), "", tx); });
  }
  // Appends leaves `from` to `to` - 1 and gives them their places.
  void Grow(int from, int to) {
    for (int i = from; i < to; ++i) ASSERT_OK(Append(i));
    ASSERT_THAT(log_->Sequence(10000), testing::IsOkAndHolds(to - from));
  }
  absl::StatusOr<std::optional<v1::LoggedLeaf>> Find(int number) {
    std::optional<v1::LoggedLeaf> found;
    const absl::Status status = store_.Read([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(found, log_->Find(IdOfNumber(number), tx));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return found;
  }
  OpenedCheckpoint Opened() { return OpenCheckpoint(log_->Checkpoint().value(), Keys()).value(); }
  absl::StatusOr<MerkleProof> Consistency(uint64_t older, uint64_t newer) {
    MerkleProof proof;
    const absl::Status status = store_.Read([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(proof, Log::ConsistencyProof(older, newer, tx));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return proof;
  }
  // Changes what the store has under a name, as somebody with access to the disk would.
  void Tamper(const std::string& key, const std::function<std::string(std::string)>& change) {
    ASSERT_OK(memory_.Write([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kSetting, key));
      if (!record) return absl::NotFoundError(key);
      record->value = change(record->value);
      return record->value.empty() ? tx.Delete(Table::kSetting, key) : tx.Update(Table::kSetting, *record);
    }));
  }

  const proof::SigningKey key_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
  const proof::SigningKey witness_key_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  testing::MemoryStore memory_;
  testing::FaultyStore store_;
  std::unique_ptr<Log> log_;
};

TEST_F(LogTest, ALeafIsInTheTreeOnceItWasSequenced) {
  EXPECT_THAT(log_->Checkpoint(), testing::IsOkAndHolds(""));
  ASSERT_OK(Append(1));
  EXPECT_THAT(Find(1), HasReasonAt(Reason::kLogRange, "leaf"));
  ASSERT_OK_AND_ASSIGN(const auto none, Find(2));
  EXPECT_FALSE(none.has_value());
  EXPECT_THAT(log_->Sequence(10), testing::IsOkAndHolds(1));
  EXPECT_THAT(log_->Sequence(10), testing::IsOkAndHolds(0));
  ASSERT_OK_AND_ASSIGN(const auto found, Find(1));
  ASSERT_TRUE(found.has_value());
  ASSERT_OK_AND_ASSIGN(const Leaf leaf, ReadLeaf(found->leaf()));
  EXPECT_EQ(leaf.time, clock_.Now());
  EXPECT_EQ(leaf.digest, StatementDigest(found->key(), About(1)));
  EXPECT_NE(leaf.digest, StatementDigest(found->key(), About(2)));
  EXPECT_EQ(Opened().checkpoint.head.size, 1u);
  EXPECT_OK(VerifyInclusion(LeafHash(found->leaf()), 0, {}, Opened().checkpoint.head));
}

TEST_F(LogTest, ManyLeavesTakeOneSignatureAndEachHasItsProof) {
  Grow(0, 300);
  const OpenedCheckpoint first = Opened();
  Grow(300, 700);
  const OpenedCheckpoint second = Opened();
  EXPECT_EQ(second.checkpoint.head.size, 700u);
  for (const int number : {0, 1, 255, 256, 299, 300, 511, 512, 699}) {
    ASSERT_OK_AND_ASSIGN(const auto found, Find(number));
    MerkleProof proof;
    for (const std::string& hash : found->proof()) std::copy(hash.begin(), hash.end(), proof.emplace_back().begin());
    EXPECT_EQ(found->index(), static_cast<uint64_t>(number));
    EXPECT_OK(VerifyInclusion(LeafHash(found->leaf()), found->index(), proof, second.checkpoint.head));
  }
  ASSERT_OK_AND_ASSIGN(const MerkleProof growth, Consistency(300, 700));
  EXPECT_OK(VerifyGrowth(first.checkpoint, second.checkpoint, growth));
  EXPECT_THAT(Consistency(300, 701), HasReason(Reason::kLogRange));
  EXPECT_OK(Reopen(log_->Checkpoint().value()));
}

TEST_F(LogTest, TheLogSaysNothingAboutAnybody) {
  Grow(0, 3);
  ASSERT_OK(store_.Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string entries, StoredEntries({0, 0, 3}, tx));
    for (const char* const word : {"NO", "id-1", "test.Question"}) {
      EXPECT_EQ(entries.find(absl::StrCat("\n", word)), std::string::npos) << word;
    }
    EXPECT_EQ(entries.find(About(1).body_sha256), std::string::npos);
    return absl::OkStatus();
  }));
}

TEST_F(LogTest, OneLeafOfAKindForAMessage) {
  ASSERT_OK(Append(1));
  EXPECT_THAT(Append(1), HasReason(Reason::kMessageIdReused));
  ASSERT_OK(log_->Sequence(10).status());
  EXPECT_THAT(Append(1), HasReason(Reason::kMessageIdReused));
}

TEST_F(LogTest, ACrashWhileSequencingLeavesTheLogAsItWasOrWhole) {
  Grow(0, 5);
  for (const auto fault : {testing::FaultyStore::Fault::kBeforeCommit, testing::FaultyStore::Fault::kAfterCommit}) {
    const std::string before = log_->Checkpoint().value();
    const int next = static_cast<int>(Opened().checkpoint.head.size);
    ASSERT_OK(Append(next));
    store_.FailWrite(0, fault);
    EXPECT_THAT(log_->Sequence(10), HasReason(Reason::kStoreUnavailable));
    ASSERT_OK_AND_ASSIGN(log_, Reopen(before));
    ASSERT_OK(log_->Sequence(10).status());
    EXPECT_EQ(Opened().checkpoint.head.size, static_cast<uint64_t>(next) + 1);
    EXPECT_OK(Reopen(before));
  }
}

TEST_F(LogTest, WhatWaitsTooLongForAPlaceStopsTheNextOnes) {
  ASSERT_OK(Append(1));
  store_.FailWrite(0, testing::FaultyStore::Fault::kBeforeCommit);
  EXPECT_FALSE(log_->Sequence(10).ok());
  EXPECT_OK(Append(2));
  clock_.Advance(kSequencingPatience + absl::Seconds(1));
  EXPECT_THAT(Append(3), HasReasonAt(Reason::kEvidenceUnavailable, "evidence"));
  EXPECT_THAT(log_->Sequence(10), testing::IsOkAndHolds(2));
  EXPECT_OK(Append(3));
}

TEST_F(LogTest, ALogThatWasChangedOnDiskIsNotOpened) {
  Grow(0, 300);
  const auto flip_last = [](std::string bytes) {
    bytes.back() ^= 1;
    return bytes;
  };
  const auto cut = [](std::string bytes) { return bytes.substr(0, bytes.size() - 32); };
  const auto remove = [](const std::string&) { return std::string(); };
  struct Case {
    const char* what;
    std::string key;
    std::function<std::string(std::string)> change;
    Reason reason;
    const char* place;
  };
  const Case cases[] = {
      {"a leaf changed", "log/tile/entries/000", flip_last, Reason::kLogFile, "tile/entries/000"},
      {"a leaf of another time", "log/tile/entries/001",
       [](std::string bytes) {
         return absl::StrReplaceAll(bytes, {{"T03:04", "T04:04"}});
       },
       Reason::kLogFile, "tile/0/001.p/44"},
      {"a hash changed", "log/tile/0/000", flip_last, Reason::kLogFile, "tile/0/000"},
      {"an upper hash changed", "log/tile/1/000", flip_last, Reason::kLogFile, "tile/1/000.p/1"},
      {"leaves cut off", "log/tile/entries/001", cut, Reason::kLogFile, "tile/entries/001.p/44"},
      {"a bundle gone", "log/tile/entries/000", remove, Reason::kLogFile, "tile/entries/000"},
      {"hashes cut off", "log/tile/0/001", cut, Reason::kLogFile, "tile/0/001.p/44"},
      {"the checkpoint gone", "log/checkpoint", remove, Reason::kLogFile, "tile/0/000.p/1"},
      {"the checkpoint changed", "log/checkpoint",
       [](std::string bytes) {
         return absl::StrReplaceAll(bytes, {{"\n300\n", "\n299\n"}});
       },
       Reason::kNoteSignature, "signature"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.what);
    std::string before;
    Tamper(test.key, [&](std::string bytes) {
      before = bytes;
      std::string changed = test.change(std::move(bytes));
      EXPECT_NE(changed, before);
      return changed;
    });
    EXPECT_THAT(Reopen(), HasReasonAt(test.reason, test.place));
    ASSERT_OK(memory_.Write([&](Transaction& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.Delete(Table::kSetting, test.key));
      return tx.Insert(Table::kSetting, {.key = test.key, .value = before});
    }));
    ASSERT_OK(Reopen());
  }
}

// A copy of the store from before, put back: everything in it fits together.
TEST_F(LogTest, AShortenedOrForkedLogIsNotOpenedBesideWhatWasRemembered) {
  Grow(0, 5);
  const std::string five = log_->Checkpoint().value();
  Grow(5, 9);
  const std::string nine = log_->Checkpoint().value();
  EXPECT_OK(Reopen(five));
  EXPECT_OK(Reopen(nine));
  EXPECT_OK(Reopen(""));

  testing::MemoryStore other;
  Log::Options options = log_->options();
  options.store = &other;
  ASSERT_OK_AND_ASSIGN(const auto shorter, Log::Open(options, Keys(), std::nullopt));
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK(other.Write([&](Transaction& tx) { return shorter->Append(About(i), "", tx); }));
  }
  ASSERT_OK(shorter->Sequence(10).status());
  EXPECT_OK(Log::Open(options, Keys(), five));
  EXPECT_THAT(Log::Open(options, Keys(), nine), HasReasonAt(Reason::kLogTruncated, "log"));
  for (int i = 20; i < 30; ++i) {
    ASSERT_OK(other.Write([&](Transaction& tx) { return shorter->Append(About(i), "", tx); }));
  }
  ASSERT_OK(shorter->Sequence(20).status());
  EXPECT_THAT(Log::Open(options, Keys(), nine), HasReasonAt(Reason::kLogForked, "log"));
  options.secret = std::string(32, 't');
  EXPECT_THAT(Log::Open(options, Keys(), five), HasReasonAt(Reason::kKeyUnusable, "evidence secret"));
  const proof::SigningKey stranger = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  const NoteKey wrong = *NoteKey::Make(LogName("FR"), NoteKey::Kind::kLog, stranger.verification_key());
  EXPECT_THAT(Log::Open(options, {wrong}, std::nullopt), HasReason(Reason::kNoteSignature));
}

TEST_F(LogTest, AKeyThatComesIntoUseSignsTheLastCheckpoint) {
  Grow(0, 5);
  const std::string before = log_->Checkpoint().value();
  const proof::SigningKey next = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  const NoteKey next_key = *NoteKey::Make(LogName("FR"), NoteKey::Kind::kLog, next.verification_key());
  Log::Options options = log_->options();
  options.key = OneKey(&next);
  std::vector<NoteKey> both = Keys();
  both.push_back(next_key);
  ASSERT_OK_AND_ASSIGN(const auto rotated, Log::Open(options, both, before));
  ASSERT_OK(rotated->SignWithKeyInUse());
  ASSERT_OK(rotated->SignWithKeyInUse());
  EXPECT_EQ(OpenCheckpoint(log_->Checkpoint().value(), both)->signatures.size(), 2u);
  // The one before is no longer known.
  EXPECT_OK(Log::Open(options, {next_key}, log_->Checkpoint().value()));
  EXPECT_THAT(Log::Open(options, {next_key}, before), HasReason(Reason::kNoteSignature));
}

TEST_F(LogTest, ItIsOpenedAfterTheKeyThatSignedItWasTakenOutOfUseInHaste) {
  Grow(0, 5);
  const KeyPeriod over = {absl::InfinitePast(), clock_.Now() - absl::Hours(1)};
  const proof::SigningKey next = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  const std::vector<NoteKey> keys = {*NoteKey::Make(LogName("FR"), NoteKey::Kind::kLog, key_.verification_key(), over),
                                     *NoteKey::Make(LogName("FR"), NoteKey::Kind::kLog, next.verification_key())};
  EXPECT_THAT(OpenCheckpoint(log_->Checkpoint().value(), keys), HasReason(Reason::kNoteSignature));
  Log::Options options = log_->options();
  options.key = OneKey(&next);
  ASSERT_OK_AND_ASSIGN(const auto opened, Log::Open(options, keys, log_->Checkpoint().value()));
  ASSERT_OK(opened->SignWithKeyInUse());
  EXPECT_OK(OpenCheckpoint(log_->Checkpoint().value(), keys));
}

// A store of several replicas at READ COMMITTED: what a transaction reads after it got a row that another one held is
// what that one left. Here the other one commits while the checkpoint is waited for.
class ContendedStore : public base::Store {
 public:
  explicit ContendedStore(testing::MemoryStore* memory) : memory_(memory) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> work) override {
    if (within_ != nullptr) return work(*within_);
    return memory_->Write([&](Transaction& tx) {
      Contended contended(this, &tx);
      return work(contended);
    });
  }
  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> work) override {
    return within_ != nullptr ? work(*within_) : memory_->Read(work);
  }

  std::function<void()> other = nullptr;  // runs once, when the next writer asks for the checkpoint

 private:
  class Contended : public Transaction {
   public:
    Contended(ContendedStore* store, Transaction* tx) : store_(store), tx_(tx) {}
    absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) override {
      if (key == "log/checkpoint" && store_->other) {
        store_->within_ = tx_;
        std::exchange(store_->other, nullptr)();
        store_->within_ = nullptr;
      }
      return tx_->Get(table, key);
    }
    absl::Status Insert(Table table, const Record& record) override { return tx_->Insert(table, record); }
    absl::Status Update(Table table, const Record& record) override { return tx_->Update(table, record); }
    absl::Status Delete(Table table, absl::string_view key) override { return tx_->Delete(table, key); }
    absl::StatusOr<std::vector<Record>> List(Table table, absl::string_view group, absl::string_view after,
                                             int limit) override {
      return tx_->List(table, group, after, limit);
    }
    absl::StatusOr<std::vector<Record>> Due(Table table, absl::Time now, int limit) override {
      return tx_->Due(table, now, limit);
    }

   private:
    ContendedStore* const store_;
    Transaction* const tx_;
  };

  testing::MemoryStore* const memory_;
  Transaction* within_ = nullptr;
};

TEST_F(LogTest, AReplicaThatWaitedForAnotherGivesNoLeafASecondPlace) {
  Grow(0, 3);
  ContendedStore shared(&memory_);
  Log::Options options = log_->options();
  options.store = &shared;
  ASSERT_OK_AND_ASSIGN(const auto replica, Log::Open(options, Keys(), std::nullopt));
  for (int i = 3; i < 8; ++i) ASSERT_OK(Append(i));
  std::string before;
  shared.other = [&] {
    EXPECT_THAT(replica->Sequence(10), testing::IsOkAndHolds(5));
    before = replica->Checkpoint().value();
  };
  EXPECT_THAT(replica->Sequence(10), testing::IsOkAndHolds(0));
  EXPECT_EQ(Opened().checkpoint.head.size, 8u);
  EXPECT_EQ(log_->Checkpoint().value(), before) << "with what witnesses may have signed already";
  EXPECT_OK(Reopen());
}

class WitnessTest : public LogTest {
 protected:
  absl::StatusOr<Witness::Seen> Show(const std::string& checkpoint, uint64_t older, const MerkleProof& proof = {}) {
    return witness_.Add("FR", Keys(), older, proof, checkpoint);
  }

  testing::MemoryStore witness_store_;
  const Witness witness_{{"NO", &witness_store_, &clock_, OneKey(&witness_key_)}};
};

TEST_F(WitnessTest, SignsWhatFollowsAndNothingElse) {
  Grow(0, 5);
  const std::string five = log_->Checkpoint().value();
  ASSERT_OK_AND_ASSIGN(const Witness::Seen first, Show(five, 0));
  EXPECT_EQ(first.size, 5u);
  ASSERT_OK_AND_ASSIGN(const SignedNote cosigned, ReadNote(first.cosigned));
  ASSERT_OK(log_->AddCosignatures(cosigned, {Keys()[1]}));
  ASSERT_OK(log_->AddCosignatures(cosigned, {Keys()[1]}));
  EXPECT_EQ(Opened().signatures.size(), 2u);
  EXPECT_EQ(Opened().signatures[1].seen_at, absl::FromUnixSeconds(absl::ToUnixSeconds(clock_.Now())));
  EXPECT_OK(Reopen(log_->Checkpoint().value()));

  Grow(5, 9);
  const std::string nine = log_->Checkpoint().value();
  ASSERT_OK(log_->AddCosignatures(cosigned, {Keys()[1]}));  // late: it is of the checkpoint before
  EXPECT_EQ(Opened().signatures.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const Witness::Seen unsure, Show(nine, 0));
  EXPECT_EQ(unsure.size, 5u);
  EXPECT_EQ(unsure.cosigned, "");
  ASSERT_OK_AND_ASSIGN(const MerkleProof proof, Consistency(5, 9));
  ASSERT_OK_AND_ASSIGN(const Witness::Seen second, Show(nine, 5, proof));
  EXPECT_EQ(second.size, 9u);
  EXPECT_NE(second.cosigned, "");
  EXPECT_THAT(witness_.LastSeen("FR"), testing::IsOkAndHolds(nine));

  // The one before again: it is not signed a second time.
  ASSERT_OK_AND_ASSIGN(const Witness::Seen replayed, Show(five, 0));
  EXPECT_EQ(replayed.size, 9u);
  EXPECT_EQ(replayed.cosigned, "");
  EXPECT_THAT(Show(five, 9), HasReason(Reason::kLogProof));
  EXPECT_THAT(witness_.Contradiction("FR"), testing::IsOkAndHolds(five));
  EXPECT_THAT(witness_.LastSeen("FR"), testing::IsOkAndHolds(nine));
}

TEST_F(WitnessTest, WhatIsRunAgainSaysWhatTheLastRunSaid) {
  testing::RerunStore rerun(witness_store_);
  const Witness witness({"NO", &rerun, &clock_, OneKey(&witness_key_)});
  Grow(0, 5);
  const std::string five = log_->Checkpoint().value();
  ASSERT_OK_AND_ASSIGN(const Witness::Seen first, witness.Add("FR", Keys(), 0, {}, five));
  EXPECT_EQ(first.size, 5u);
  EXPECT_THAT(witness.LastSeen("FR"), testing::IsOkAndHolds(five));
  // Between the two runs another replica signs the next checkpoint: the proof is from too early then.
  Grow(5, 9);
  const std::string nine = log_->Checkpoint().value();
  ASSERT_OK_AND_ASSIGN(const MerkleProof to_nine, Consistency(5, 9));
  Grow(9, 12);
  const std::string twelve = log_->Checkpoint().value();
  ASSERT_OK_AND_ASSIGN(const MerkleProof to_twelve, Consistency(5, 12));
  rerun.BetweenRuns([&] { ASSERT_OK(Show(nine, 5, to_nine).status()); });
  ASSERT_OK_AND_ASSIGN(const Witness::Seen unsure, witness.Add("FR", Keys(), 5, to_twelve, twelve));
  EXPECT_EQ(unsure.size, 9u);
  EXPECT_EQ(unsure.cosigned, "");
}

// A node that is asked for its signature can send back whatever it likes.
TEST_F(WitnessTest, AWitnessAddsNothingButItsOwnSignature) {
  Grow(0, 5);
  ASSERT_OK_AND_ASSIGN(const Witness::Seen seen, Show(log_->Checkpoint().value(), 0));
  ASSERT_OK_AND_ASSIGN(const SignedNote honest, ReadNote(seen.cosigned));
  const std::vector<NoteKey> of_witness = {Keys()[1]};

  SignedNote hostile = honest;
  // Wrong ones under the name and key of the log, and as many of nobody as fit.
  hostile.signatures.push_back({LogName("FR"), Keys()[0].id(), std::string(64, 'x')});
  while (hostile.signatures.size() < base::kNoteSignaturesMax) {
    hostile.signatures.push_back({absl::StrCat("nobody-", hostile.signatures.size()), "abcd", "x"});
  }
  ASSERT_OK(log_->AddCosignatures(hostile, of_witness));
  EXPECT_EQ(Opened().note.signatures.size(), 2u);
  EXPECT_OK(Reopen(log_->Checkpoint().value()));
  ASSERT_OK(Append(5));
  EXPECT_THAT(log_->Sequence(10), testing::IsOkAndHolds(1));

  SignedNote wrong = honest;
  wrong.text = Opened().note.text;
  EXPECT_THAT(log_->AddCosignatures(wrong, of_witness), HasReason(Reason::kNoteSignature));
  EXPECT_EQ(Opened().note.signatures.size(), 1u);
}

// A federation can have more nodes than a note holds signatures.
TEST_F(WitnessTest, ManyWitnessesLeaveRoomForTheLogItself) {
  Grow(0, 5);
  const SignedNote plain = Opened().note;
  for (size_t i = 0; i < base::kNoteSignaturesMax + 5; ++i) {
    const std::string name = LogName(absl::StrCat("node-", i));
    SignedNote cosigned = {plain.text, {}};
    ASSERT_OK(CosignNote(name, witness_key_, clock_.Now(), cosigned));
    ASSERT_OK(log_->AddCosignatures(cosigned,
                                    {*NoteKey::Make(name, NoteKey::Kind::kWitness, witness_key_.verification_key())}));
  }
  EXPECT_OK(Reopen());
  const proof::SigningKey next = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  Log::Options options = log_->options();
  options.key = OneKey(&next);
  ASSERT_OK_AND_ASSIGN(const auto rotated, Log::Open(options, Keys(), std::nullopt));
  ASSERT_OK(rotated->SignWithKeyInUse());
  EXPECT_OK(
      Log::Open(options, {*NoteKey::Make(LogName("FR"), NoteKey::Kind::kLog, next.verification_key())}, std::nullopt));
}

TEST_F(WitnessTest, AnotherHistoryIsRefusedAndKept) {
  Grow(0, 5);
  ASSERT_OK(Show(log_->Checkpoint().value(), 0));
  testing::MemoryStore other;
  Log::Options options = log_->options();
  options.store = &other;
  ASSERT_OK_AND_ASSIGN(const auto fork, Log::Open(options, Keys(), std::nullopt));
  for (int i = 10; i < 15; ++i) {
    ASSERT_OK(other.Write([&](Transaction& tx) { return fork->Append(About(i), "", tx); }));
  }
  ASSERT_OK(fork->Sequence(10).status());
  const std::string forked = fork->Checkpoint().value();
  EXPECT_THAT(Show(forked, 5), HasReasonAt(Reason::kLogForked, "root"));
  EXPECT_THAT(witness_.Contradiction("FR"), testing::IsOkAndHolds(forked));
  // Who is caught cannot have it forgotten by showing something harmless.
  Grow(5, 9);
  EXPECT_THAT(Show(log_->Checkpoint().value(), 5, {LeafHash("wrong")}), HasReason(Reason::kLogProof));
  EXPECT_THAT(witness_.Contradiction("FR"), testing::IsOkAndHolds(forked));
  EXPECT_THAT(witness_.Add("NO", Keys(), 0, {}, forked), HasReasonAt(Reason::kNote, "origin"));
  EXPECT_THAT(witness_.Add("FR", {}, 0, {}, forked), HasReason(Reason::kNoteSignature));
}

TEST(LeafTest, RoundTripsAndIsStrict) {
  const Leaf leaf = {LeafKind::kAnswered, absl::FromUnixMicros(1893553445678901), LeafHash("x")};
  const std::string text = WriteLeaf(leaf);
  EXPECT_EQ(text, absl::StrCat("passerelle-leaf/1\nanswered\n2030-01-02T03:04:05.678901Z\n",
                               base::Base64Encode(absl::string_view(reinterpret_cast<const char*>(leaf.digest.data()),
                                                                    leaf.digest.size())),
                               "\n"));
  ASSERT_OK_AND_ASSIGN(const Leaf read, ReadLeaf(text));
  EXPECT_EQ(read.time, leaf.time);
  EXPECT_EQ(read.digest, leaf.digest);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"/1", "/2"},
                                                                                 {"answered", "Answered"},
                                                                                 {"901Z", "901"},
                                                                                 {"901Z", "90Z"},
                                                                                 {"901Z", "901+00:00"},
                                                                                 {"=\n", "=\n\n"},
                                                                                 {"=\n", "="},
                                                                                 {"=\n", "==\n"},
                                                                                 {"passerelle", " passerelle"}}) {
    EXPECT_THAT(ReadLeaf(absl::StrReplaceAll(text, {{from, to}})), HasReason(Reason::kLogFile)) << from << to;
  }
  // Every part of a statement counts, and so does the key.
  const std::string key = LeafKey("secret", "id");
  const MerkleHash digest = StatementDigest(key, About(1));
  std::vector<Statement> others(7, About(1));
  others[0].kind = LeafKind::kSent;
  others[1].peer = "NL";
  others[2].message_id = "id-2";
  others[3].type = "test.Other";
  others[4].body_sha256 = "";
  others[5].request_sha256 = "";
  others[6].answer_sha256 = "";
  for (const Statement& other : others) EXPECT_NE(StatementDigest(key, other), digest);
  EXPECT_NE(StatementDigest(LeafKey("secret", "id2"), About(1)), digest);
  EXPECT_NE(LeafKey("secret", "id"), LeafKey("secret2", "id"));
}

TEST_F(LogTest, APayloadOpensWithItsKeyAndNameOnlyAndNeverAfterErasure) {
  const std::string key(32, 'k');
  for (const std::string& text : {std::string(), std::string("a"), std::string(100000, 'x')}) {
    ASSERT_OK_AND_ASSIGN(v1::StoredPayload stored, SealPayload(key, "name", text, random_));
    EXPECT_THAT(OpenPayload(key, "name", stored), testing::IsOkAndHolds(text));
    EXPECT_THAT(OpenPayload(key, "other", stored), HasReason(Reason::kKeyUnusable));
    EXPECT_THAT(OpenPayload(std::string(32, 'j'), "name", stored), HasReason(Reason::kKeyUnusable));
    EXPECT_THAT(OpenPayload("short", "name", stored), HasReason(Reason::kKeyUnusable));
    v1::StoredPayload changed = stored;
    changed.mutable_sealed()->back() ^= 1;
    EXPECT_THAT(OpenPayload(key, "name", changed), HasReason(Reason::kKeyUnusable));
    changed.set_sealed("x");
    EXPECT_THAT(OpenPayload(key, "name", changed), HasReason(Reason::kKeyUnusable));
    stored.clear_wrapped_key();
    EXPECT_THAT(OpenPayload(key, "name", stored), HasReason(Reason::kEvidenceErased));
  }
  EXPECT_THAT(SealPayload("short", "name", "x", random_), HasReason(Reason::kInternal));
}

TEST(TileWriterTest, MakesTheFilesOfAnyGrowth) {
  std::map<std::string, std::string> files;
  const auto read = [&](const std::string& path) -> absl::StatusOr<std::string> { return files[path]; };
  const auto write = [&](const std::string& path, const std::string& bytes) {
    files[path] = bytes;
    return absl::OkStatus();
  };
  uint64_t size = 0;
  TreeHead head = {0, EmptyRoot()};
  for (const uint64_t next : {1u, 255u, 256u, 257u, 1000u, 66000u}) {
    TileWriter writer(size, read, write);
    for (; size < next; ++size) {
      ASSERT_OK(writer.Append(WriteLeaf({LeafKind::kSent, absl::FromUnixMicros(static_cast<int64_t>(size)), {}})));
    }
    ASSERT_OK_AND_ASSIGN(head, writer.Finish());
    EXPECT_EQ(head.size, next);
    const auto cut = [&](const Tile& tile) -> absl::StatusOr<std::string> {
      return files[TilePath({tile.level, tile.index, kTileWidth})].substr(0, tile.width * sizeof(MerkleHash));
    };
    const auto entries = [&](const Tile& tile) -> absl::StatusOr<std::string> {
      return files[EntryBundlePath({0, tile.index, kTileWidth})];
    };
    ASSERT_OK_AND_ASSIGN(const LogSummary summary, AuditLog(head, entries, cut));
    EXPECT_EQ(summary.sent, next);
    head.root[0] ^= 1;
    EXPECT_THAT(AuditLog(head, entries, cut), HasReasonAt(Reason::kLogProof, "root"));
  }
  // A checkpoint can state any size.
  const auto nothing = [](const Tile& tile) -> absl::StatusOr<std::string> {
    return base::Problem(Reason::kLogFile, TilePath(tile));
  };
  for (const uint64_t size_stated : {uint64_t{1} << 62, ~uint64_t{0}}) {
    EXPECT_THAT(AuditLog({size_stated, head.root}, nothing, nothing), HasReasonAt(Reason::kLogFile, "tile/0/000"));
  }
  files["tile/0/257"].pop_back();
  TileWriter broken(size, read, write);
  EXPECT_THAT(broken.Append("x"), HasReasonAt(Reason::kLogFile, "tile/0/257"));
}

}  // namespace
}  // namespace passerelle::evidence
