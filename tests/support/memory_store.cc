#include "tests/support/memory_store.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"

namespace passerelle::testing {

using base::Record;
using base::Table;
using base::Transaction;

// Changes the tables at once and remembers what was there before.
class MemoryTransaction : public Transaction {
 public:
  MemoryTransaction(std::map<Table, MemoryStore::Rows>& tables, uint64_t& next_sequence, bool writable)
      : tables_(tables), next_sequence_(next_sequence), writable_(writable) {}

  absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) override {
    const MemoryStore::Entry* entry = Find(table, key);
    return entry == nullptr ? std::nullopt : std::optional<Record>(entry->record);
  }

  absl::Status Insert(Table table, const Record& record) override {
    if (!writable_) return absl::FailedPreconditionError("the transaction only reads");
    if (Find(table, record.key) != nullptr) return absl::AlreadyExistsError("the key is taken");
    Remember(table, record.key);
    Put(table, {record, next_sequence_++});
    return absl::OkStatus();
  }

  absl::Status Update(Table table, const Record& record) override {
    if (!writable_) return absl::FailedPreconditionError("the transaction only reads");
    const MemoryStore::Entry* entry = Find(table, record.key);
    if (entry == nullptr) return absl::NotFoundError("there is no such key");
    const uint64_t sequence = entry->sequence;
    Remember(table, record.key);
    Remove(table, record.key);
    Put(table, {record, sequence});
    return absl::OkStatus();
  }

  absl::Status Delete(Table table, absl::string_view key) override {
    if (!writable_) return absl::FailedPreconditionError("the transaction only reads");
    Remember(table, key);
    Remove(table, key);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Record>> List(Table table, absl::string_view group, absl::string_view after_key,
                                           int limit) override {
    uint64_t after = 0;
    if (!after_key.empty()) {
      const MemoryStore::Entry* entry = Find(table, after_key);
      if (entry == nullptr || entry->record.group != group) return absl::NotFoundError("there is no such record");
      after = entry->sequence;
    }
    const MemoryStore::Rows& rows = tables_[table];
    std::vector<Record> records;
    for (auto it = rows.by_group.upper_bound({std::string(group), after});
         it != rows.by_group.end() && it->first.first == group && static_cast<int>(records.size()) < limit; ++it) {
      records.push_back(rows.by_key.at(it->second).record);
    }
    return records;
  }

  absl::StatusOr<std::vector<Record>> Due(Table table, absl::Time now, int limit) override {
    const MemoryStore::Rows& rows = tables_[table];
    std::vector<Record> records;
    for (const auto& [due, sequence, key] : rows.by_due) {
      if (due > now || static_cast<int>(records.size()) >= limit) break;
      records.push_back(rows.by_key.at(key).record);
    }
    return records;
  }

  void RollBack() {
    for (auto change = before_.rbegin(); change != before_.rend(); ++change) {
      Remove(change->table, change->key);
      if (change->entry) Put(change->table, *change->entry);
    }
  }

 private:
  struct Change {
    Table table;
    std::string key;
    std::optional<MemoryStore::Entry> entry;
  };

  const MemoryStore::Entry* Find(Table table, absl::string_view key) {
    const MemoryStore::Rows& rows = tables_[table];
    const auto found = rows.by_key.find(key);
    return found == rows.by_key.end() ? nullptr : &found->second;
  }

  void Remember(Table table, absl::string_view key) {
    const MemoryStore::Entry* entry = Find(table, key);
    before_.push_back({table, std::string(key), entry == nullptr ? std::nullopt : std::optional(*entry)});
  }

  void Remove(Table table, absl::string_view key) {
    MemoryStore::Rows& rows = tables_[table];
    const auto found = rows.by_key.find(key);
    if (found == rows.by_key.end()) return;
    const MemoryStore::Entry& entry = found->second;
    rows.by_group.erase({entry.record.group, entry.sequence});
    rows.by_due.erase({entry.record.due, entry.sequence, entry.record.key});
    rows.by_key.erase(found);
  }

  void Put(Table table, const MemoryStore::Entry& entry) {
    MemoryStore::Rows& rows = tables_[table];
    rows.by_group[{entry.record.group, entry.sequence}] = entry.record.key;
    if (entry.record.due != absl::InfiniteFuture()) {
      rows.by_due.insert({entry.record.due, entry.sequence, entry.record.key});
    }
    rows.by_key[entry.record.key] = entry;
  }

  std::map<Table, MemoryStore::Rows>& tables_;
  uint64_t& next_sequence_;
  const bool writable_;
  std::vector<Change> before_;
};

absl::Status MemoryStore::Write(absl::FunctionRef<absl::Status(Transaction&)> work) {
  const absl::MutexLock lock(&mutex_);
  MemoryTransaction transaction(tables_, next_sequence_, /*writable=*/true);
  absl::Status status = work(transaction);
  if (!status.ok()) transaction.RollBack();
  return status;
}

absl::Status MemoryStore::Read(absl::FunctionRef<absl::Status(Transaction&)> work) {
  const absl::MutexLock lock(&mutex_);
  MemoryTransaction transaction(tables_, next_sequence_, /*writable=*/false);
  return work(transaction);
}

void MemoryStore::PutBack(MemoryStore& from) {
  std::map<Table, Rows> tables;
  uint64_t next_sequence = 0;
  {
    const absl::MutexLock lock(&from.mutex_);
    tables = from.tables_;
    next_sequence = from.next_sequence_;
  }
  const absl::MutexLock lock(&mutex_);
  tables_ = std::move(tables);
  next_sequence_ = next_sequence;
}

bool MemoryStore::Holds(absl::string_view bytes) {
  const absl::MutexLock lock(&mutex_);
  for (const auto& [table, rows] : tables_) {
    for (const auto& [key, entry] : rows.by_key) {
      if (absl::StrContains(entry.record.value, bytes)) return true;
    }
  }
  return false;
}

}  // namespace passerelle::testing
