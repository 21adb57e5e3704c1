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

// Whoever waits when a member has done its work goes on in the same transaction; the last one commits.
absl::Status SqliteStore::Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  std::shared_ptr<Group> group;
  absl::Status done;
  ++waiting_;
  {
    const absl::MutexLock lock(&writer_mutex_);
    --waiting_;
    if (group_ == nullptr) group_ = std::make_shared<Group>();
    group = group_;
    done = Join(work);
    if (group_ != nullptr && (waiting_ == 0 || IsGroupFull())) EndGroup(absl::OkStatus());
    if (group->members == 0) return done;
  }
  // Even a refusal waits: it may be about what others have written, which counts only once it is durable.
  group->ended.WaitForNotification();
  return group->outcome.ok() ? done : group->outcome;
}

absl::Status SqliteStore::Join(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  Group& group = *group_;
  absl::Status failure;
  {
    SqliteTransaction transaction(
        writer_.get(), group.members == 0 ? SqliteTransaction::Scope::kWriter : SqliteTransaction::Scope::kPart);
    absl::Status done = transaction.state();
    if (done.ok()) done = work(transaction);
    if (done.ok()) done = transaction.Keep();
    failure = transaction.state();
    if (failure.ok()) {
      if (done.ok() && ++group.members == 1) group.begun = absl::Now();
      return done;
    }
  }
  // What SQLite has undone by itself after a failure is not known: nothing of the group may stay.
  EndGroup(failure);
  return failure;
}

bool SqliteStore::IsGroupFull() const {
  return group_->members >= kMembersMax || absl::Now() - group_->begun > kGroupTimeMax;
}

void SqliteStore::EndGroup(const absl::Status& failure) {
  const std::shared_ptr<Group> group = std::move(group_);
  group_ = nullptr;
  if (group->members == 0) return;  // nothing is open, and nobody waits
  group->outcome = failure.ok() ? writer_->Execute("COMMIT") : failure;
  if (group->outcome.ok()) {
    ++commits_;
  } else {
    // SQLite rolls some failures back itself; then this has nothing to do and its result says nothing.
    writer_->Execute("ROLLBACK").IgnoreError();
  }
  group->ended.Notify();
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
