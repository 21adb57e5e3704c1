// One connection to the SQLite file, with its prepared statements.
//
// Thread-safety: for one thread at a time. Ownership: closes the connection when destroyed.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "gateway/store/sqlite_schema.h"
#include "gateway/store/sqlite_use.h"

namespace passerelle::gateway {

// How long a connection waits for another process that holds the file.
inline constexpr int kBusyTimeoutMs = 5000;

class SqliteConnection {
 public:
  enum class Kind { kWriter, kReader };

  // Problems: kStoreUnavailable; kStoreNewer, and nothing was written.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path, Kind kind);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // Runs statements without parameters or results.
  absl::Status Execute(const char* sql);
  // The schema's version; 0 for an empty file.
  absl::StatusOr<int> SchemaVersion();
  // The prepared statement, made on first use.
  absl::StatusOr<sqlite3_stmt*> Prepared(base::Table table, StoreStatement statement);
  // Rows that the last statement changed.
  int Changes() const;
  // kStoreUnavailable with what SQLite says of `code`.
  absl::Status Failure(int code, absl::string_view place) const;

 private:
  explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
  std::array<std::array<sqlite3_stmt*, kStoreStatementCount>, kTables.size()> statements_ = {};
};

// A transaction on a connection, or a part of the one that is open: begins when made, and is undone when destroyed
// unless it was committed or kept. After a failure of the store nothing more can be done in it.
class SqliteTransaction : public base::Transaction {
 public:
  enum class Scope { kReader, kWriter, kPart };

  SqliteTransaction(SqliteConnection* connection, Scope scope);
  ~SqliteTransaction() override;

  absl::StatusOr<std::optional<base::Record>> Get(base::Table table, absl::string_view key) override;
  absl::Status Insert(base::Table table, const base::Record& record) override;
  absl::Status Update(base::Table table, const base::Record& record) override;
  absl::Status Delete(base::Table table, absl::string_view key) override;
  absl::StatusOr<std::vector<base::Record>> List(base::Table table, absl::string_view group,
                                                 absl::string_view after_key, int limit) override;
  absl::StatusOr<std::vector<base::Record>> Due(base::Table table, absl::Time now, int limit) override;

  // The failure that began or ended it, if any.
  const absl::Status& state() const { return state_; }
  absl::Status Commit();
  // Leaves the transaction open with what was done in it, for further parts and for whoever commits.
  absl::Status Keep();

 private:
  absl::Status Fail(int code, base::Table table);
  // A statement that writes; returns SQLite's result code, SQLITE_DONE when it went well.
  absl::StatusOr<int> Change(base::Table table, StoreStatement statement, const base::Record& record);
  absl::StatusOr<std::vector<base::Record>> Rows(SqliteUse& use, base::Table table);

  SqliteConnection* connection_;
  Scope scope_;
  absl::Status state_;
  bool open_ = false;
};

}  // namespace passerelle::gateway
