#include "gateway/store/sqlite_store.h"

#include <utility>

#include "core/base/status_macros.h"
#include "gateway/store/sqlite_connection.h"

namespace passerelle::gateway {
namespace {

// Reading connections kept open between uses; more readers at once open more for the time being.
constexpr size_t kReadersKept = 4;

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
  const absl::MutexLock lock(&writer_mutex_);
  SqliteTransaction transaction(writer_.get(), SqliteConnection::Kind::kWriter);
  RETURN_IF_ERROR(transaction.state());
  RETURN_IF_ERROR(work(transaction));
  return transaction.Commit();
}

absl::Status SqliteStore::Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> reader, TakeReader());
  absl::Status status;
  {
    SqliteTransaction transaction(reader.get(), SqliteConnection::Kind::kReader);
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
