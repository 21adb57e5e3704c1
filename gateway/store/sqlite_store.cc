#include "gateway/store/sqlite_store.h"

#include <utility>

#include "core/base/status_macros.h"
#include "gateway/store/sqlite_connection.h"

namespace passerelle::gateway {
namespace {

// Reading connections kept open between uses; more readers at once open more for the time being.
constexpr size_t kReadersKept = 4;
// When a group ends although others wait: the first of it have waited long enough.
constexpr int kMembersMax = 256;
constexpr absl::Duration kGroupTimeMax = absl::Milliseconds(10);

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> writer,
                   SqliteConnection::Open(path, SqliteConnection::Kind::kWriter));
  return std::unique_ptr<SqliteStore>(new SqliteStore(path, std::move(writer)));
}

SqliteStore::SqliteStore(std::string path, std::unique_ptr<SqliteConnection> writer)
    : path_(std::move(path)), writer_(std::move(writer)) {}

// Readers close first: the last connection to close folds the write-ahead log into the file.
SqliteStore::~SqliteStore() {
  const absl::MutexLock lock(&readers_mutex_);
  readers_.clear();
}

absl::Status SqliteStore::Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  Member self{work};
  bool waits = false;
  {
    const absl::MutexLock lock(&queue_mutex_);
    queue_.push_back(&self);
    waits = std::exchange(led_, true);
    self.leads = !waits;
  }
  // Until it is told, `leads` is for whoever leads to write.
  if (waits) self.told.WaitForNotification();
  if (self.leads) Lead();
  return self.outcome;
}

SqliteStore::Member* SqliteStore::Next(const Group& group) {
  const bool full = group.kept >= kMembersMax || absl::Now() - group.begun > kGroupTimeMax;
  const absl::MutexLock lock(&queue_mutex_);
  if (full || queue_.empty() || !group.failure.ok()) return nullptr;
  Member* const next = queue_.front();
  queue_.pop_front();
  return next;
}

void SqliteStore::Lead() {
  Group group;
  while (Member* const member = Next(group)) Join(*member, group);
  const absl::Status ended = End(group);
  Member* next = nullptr;
  {
    const absl::MutexLock lock(&queue_mutex_);
    led_ = !queue_.empty();
    if (led_) next = queue_.front();
  }
  if (next != nullptr) {
    next->leads = true;
    next->told.Notify();
  }
  for (Member* const member : group.members) {
    // Even a refusal waited: it may be about what others have written, which counts only once it is durable.
    if (!ended.ok()) member->outcome = ended;
    if (!member->leads) member->told.Notify();
  }
}

void SqliteStore::Join(Member& member, Group& group) {
  group.members.push_back(&member);
  SqliteTransaction transaction(writer_.get(),
                                group.kept == 0 ? SqliteTransaction::Scope::kWriter : SqliteTransaction::Scope::kPart);
  absl::Status done = transaction.state();
  if (done.ok()) done = member.work(transaction);
  if (done.ok()) done = transaction.Keep();
  group.failure = transaction.state();
  member.outcome = group.failure.ok() ? done : group.failure;
  if (member.outcome.ok() && ++group.kept == 1) group.begun = absl::Now();
}

absl::Status SqliteStore::End(const Group& group) {
  if (group.kept == 0) return absl::OkStatus();  // nothing is open
  // What SQLite has undone by itself after a failure is not known: nothing of the group may stay.
  absl::Status outcome = group.failure.ok() ? writer_->Execute("COMMIT") : group.failure;
  if (outcome.ok()) {
    ++commits_;
  } else {
    // SQLite rolls some failures back itself; then this has nothing to do and its result says nothing.
    writer_->Execute("ROLLBACK").IgnoreError();
  }
  return outcome;
}

absl::Status SqliteStore::Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> reader, TakeReader());
  absl::Status status;
  {
    SqliteTransaction transaction(reader.get(), SqliteTransaction::Scope::kReader);
    status = transaction.state();
    if (status.ok()) status = work(transaction);
    if (status.ok()) status = transaction.Commit();
  }
  const absl::MutexLock lock(&readers_mutex_);
  if (readers_.size() < kReadersKept) readers_.push_back(std::move(reader));
  return status;
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteStore::TakeReader() {
  {
    const absl::MutexLock lock(&readers_mutex_);
    if (!readers_.empty()) {
      std::unique_ptr<SqliteConnection> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return SqliteConnection::Open(path_, SqliteConnection::Kind::kReader);
}

}  // namespace passerelle::gateway
