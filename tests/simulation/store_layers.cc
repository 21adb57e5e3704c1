#include "tests/simulation/store_layers.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/evidence/checkpoint.h"
#include "core/evidence/log.h"
#include "core/evidence/note.h"
#include "passerelle/exchange/v1/exchange.pb.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"

namespace passerelle::simulation {
namespace {

using base::Record;
using base::Table;
using base::Transaction;

constexpr absl::string_view kCheckpointKey = "log/checkpoint";
constexpr absl::string_view kTilePrefix = "log/tile/";
constexpr absl::string_view kReceivedLeafPrefix = "log/leaf/received/";
constexpr absl::string_view kPayloadPrefix = "log/payload/";

absl::Status Failure() { return base::Problem(base::Reason::kStoreUnavailable, "", "a planned fault"); }

bool IsLogFile(absl::string_view key) { return key == kCheckpointKey || absl::StartsWith(key, kTilePrefix); }

// A process may be killed before every access.
class SteppedTransaction : public TransactionLayer {
 public:
  SteppedTransaction(Transaction& inner, Scheduler& scheduler, Life& life)
      : TransactionLayer(inner), scheduler_(scheduler), life_(life) {}
  absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) override {
    scheduler_.Within(life_);
    return inner_.Get(table, key);
  }
  absl::Status Insert(Table table, const Record& record) override {
    scheduler_.Within(life_);
    return inner_.Insert(table, record);
  }
  absl::Status Update(Table table, const Record& record) override {
    scheduler_.Within(life_);
    return inner_.Update(table, record);
  }
  absl::Status Delete(Table table, absl::string_view key) override {
    scheduler_.Within(life_);
    return inner_.Delete(table, key);
  }

 private:
  Scheduler& scheduler_;
  Life& life_;
};

// Notes what is written.
class WatchedTransaction : public TransactionLayer {
 public:
  using Key = std::pair<Table, std::string>;
  using TransactionLayer::TransactionLayer;
  absl::Status Insert(Table table, const Record& record) override {
    Note(table, record.key);
    return inner_.Insert(table, record);
  }
  absl::Status Update(Table table, const Record& record) override {
    Note(table, record.key);
    return inner_.Update(table, record);
  }
  absl::Status Delete(Table table, absl::string_view key) override {
    Note(table, key);
    return inner_.Delete(table, key);
  }
  const std::vector<Key>& written() const { return written_; }

 private:
  void Note(Table table, absl::string_view key) {
    // What an exchange delivered stands beside it under a key with a slash, and so do the uses of an authorisation.
    const bool resource = (table == Table::kAuthorisation || table == Table::kExchange) && !absl::StrContains(key, '/');
    if (resource || (table == Table::kSetting && key == kCheckpointKey)) written_.push_back({table, std::string(key)});
  }
  std::vector<Key> written_;
};

}  // namespace

absl::Status ProcessStore::Write(absl::FunctionRef<absl::Status(Transaction&)> work) {
  scheduler_.Between(life_);
  const StoreFault fault = scheduler_.NextStoreFault();
  bool killed = false;
  const absl::Status status = durable_.Write([&](Transaction& tx) -> absl::Status {
    SteppedTransaction stepped(tx, scheduler_, life_);
    try {
      const absl::Status done = work(stepped);
      scheduler_.Within(life_);
      return done.ok() && fault == StoreFault::kBeforeCommit ? Failure() : done;
    } catch (const Killed&) {
      killed = true;
      return tears_ ? absl::OkStatus() : absl::AbortedError("killed");
    }
  });
  if (killed) throw Killed{&life_};
  scheduler_.Between(life_);
  return status.ok() && fault == StoreFault::kAfterCommit ? Failure() : status;
}

absl::Status ProcessStore::Read(absl::FunctionRef<absl::Status(Transaction&)> work) {
  scheduler_.Between(life_);
  return durable_.Read(work);
}

// A transaction of a store that has a bug.
class PlantedTransaction : public TransactionLayer {
 public:
  PlantedTransaction(Transaction& inner, PlantedStore& store, bool stale)
      : TransactionLayer(inner), store_(store), stale_(stale) {}

  absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) override {
    const bool of_message = table == Table::kInbox || absl::StartsWith(key, kReceivedLeafPrefix);
    if (store_.bug_ == Bug::kForgetsMessages && of_message) return std::optional<Record>();
    if (stale_ && table == Table::kSetting && IsLogFile(key)) {
      const auto before = store_.before_.find(std::string(key));
      if (before != store_.before_.end()) return std::optional<Record>(before->second);
    }
    return inner_.Get(table, key);
  }
  absl::Status Insert(Table table, const Record& record) override {
    if (store_.bug_ == Bug::kForgetsRequestIds && table == Table::kRequest) return absl::OkStatus();
    if (store_.bug_ == Bug::kDropsLeaf && absl::StartsWith(record.key, kReceivedLeafPrefix)) return absl::OkStatus();
    Record written = record;
    if (store_.bug_ == Bug::kChangesReceipt && absl::StartsWith(record.key, kPayloadPrefix)) {
      written.value.back() = static_cast<char>(written.value.back() ^ 1);
    }
    if (store_.bug_ == Bug::kLosesMessage && table == Table::kOutbox) written.due = absl::InfiniteFuture();
    const absl::Status inserted = inner_.Insert(table, written);
    const bool overwrites = store_.bug_ == Bug::kForgetsMessages && absl::IsAlreadyExists(inserted);
    return overwrites ? inner_.Update(table, written) : inserted;
  }
  absl::Status Update(Table table, const Record& record) override {
    if (table == Table::kExchange || (table == Table::kSetting && IsLogFile(record.key))) Keep(table, record.key);
    return inner_.Update(table, record);
  }

 private:
  void Keep(Table table, const std::string& key) {
    const absl::StatusOr<std::optional<Record>> present = inner_.Get(table, key);
    if (!present.ok() || !present->has_value()) return;
    store_.before_[key] = **present;
    if (key == kCheckpointKey) ++store_.checkpoints_;
  }

  PlantedStore& store_;
  const bool stale_;
};

absl::Status PlantedStore::Write(absl::FunctionRef<absl::Status(Transaction&)> work) {
  // From the second checkpoint on there is an older state that can be read.
  const bool stale = bug_ == Bug::kForksLog && checkpoints_ > 0;
  return inner_.Write([&](Transaction& tx) -> absl::Status {
    if (bug_ == Bug::kReopensExchange) ReopenOne(tx);
    PlantedTransaction planted(tx, *this, stale);
    return work(planted);
  });
}

void PlantedStore::ReopenOne(Transaction& tx) {
  for (const auto& [key, record] : before_) {
    if (done_ || absl::StrContains(key, '/')) continue;
    const absl::StatusOr<std::optional<Record>> present = tx.Get(Table::kExchange, key);
    exchange::v1::Exchange exchange;
    if (!present.ok() || !present->has_value() || !exchange.ParseFromString((*present)->value)) continue;
    if (exchange.state() == exchange::v1::EXCHANGE_STATE_PENDING) continue;
    done_ = tx.Update(Table::kExchange, record).ok();
  }
}

absl::Status MonitoredStore::Write(absl::FunctionRef<absl::Status(Transaction&)> work) {
  Look look;
  const absl::Status status = inner_.Write([&](Transaction& tx) -> absl::Status {
    WatchedTransaction watched(tx);
    const absl::Status done = work(watched);
    if (done.ok()) LookAt(watched.written(), tx, look);
    return done;
  });
  if (!status.ok()) return status;
  for (auto& [key, value] : look.resources) {
    Compare(key, value);
    resources_[key] = std::move(value);
  }
  if (look.checkpoint) {
    checkpoint_ = *std::move(look.checkpoint);
    head_ = look.head;
  }
  return status;
}

void MonitoredStore::LookAt(const std::vector<Key>& written, Transaction& tx, Look& look) {
  for (const Key& key : written) {
    if (key.first == Table::kSetting) {
      LookAtCheckpoint(tx, look);
      continue;
    }
    const absl::StatusOr<std::optional<Record>> record = tx.Get(key.first, key.second);
    look.resources.push_back({key, record.ok() && *record ? (**record).value : ""});
  }
}

void MonitoredStore::LookAtCheckpoint(Transaction& tx, Look& look) {
  const auto broken = [&](absl::string_view what) {
    report_.Violate(Invariant::kLog, absl::StrCat(node_, ": ", what));
  };
  const absl::StatusOr<std::string> bytes = evidence::StoredCheckpoint(tx);
  const auto note = evidence::ReadNote(bytes.value_or(""));
  if (!note.ok()) return broken("the checkpoint cannot be read");
  const auto checkpoint = evidence::ReadCheckpoint(note->text);
  if (!checkpoint.ok()) return broken("the checkpoint is none");
  look.checkpoint = *bytes;
  look.head = checkpoint->head;
  if (look.head.size < head_.size) return broken("the checkpoint has become smaller");
  if (head_.size == 0) return;
  const auto proof = evidence::Log::ConsistencyProof(head_.size, look.head.size, tx);
  if (!proof.ok()) return broken(proof.status().message());
  const absl::Status grown = evidence::VerifyConsistency(head_, look.head, *proof);
  if (!grown.ok()) broken("the checkpoint does not continue the one before");
}

void MonitoredStore::Compare(const Key& key, const std::string& now) {
  const auto found = resources_.find(key);
  if (found == resources_.end() || found->second == now) return;
  const auto broken = [&](absl::string_view what) {
    report_.Violate(Invariant::kStates, absl::StrCat(node_, ": ", key.second, ": ", what));
  };
  if (key.first == Table::kExchange) {
    exchange::v1::Exchange before;
    if (!before.ParseFromString(found->second) || now.empty()) return broken("an exchange has gone");
    if (before.state() != exchange::v1::EXCHANGE_STATE_PENDING) broken("an exchange that has ended was changed");
    return;
  }
  sharing::v1::Authorisation before;
  sharing::v1::Authorisation after;
  if (now.empty() || !before.ParseFromString(found->second) || !after.ParseFromString(now)) {
    return broken("an authorisation has gone");
  }
  if (after.uses_made() < before.uses_made()) broken("a use was taken back");
  if (after.uses_made() > before.uses_made() && before.has_withdraw_time()) broken("it was used after its withdrawal");
  if (after.uses_made() > after.uses_allowed()) broken("it was used more often than allowed");
  if (before.has_withdraw_time() && !after.has_withdraw_time()) broken("a withdrawal was taken back");
}

}  // namespace passerelle::simulation
