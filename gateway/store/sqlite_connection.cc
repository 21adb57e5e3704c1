#include "gateway/store/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

// A record without a due time has NULL.
std::optional<int64_t> DueOf(const Record& record) {
  return record.due == absl::InfiniteFuture() ? std::nullopt : std::optional<int64_t>(ToMicros(record.due));
}

class SqliteSchemaTarget : public SchemaTarget {
 public:
  explicit SqliteSchemaTarget(SqliteConnection* connection) : connection_(connection) {}
  absl::StatusOr<SchemaState> State() override {
    ASSIGN_OR_RETURN(const int version, connection_->SchemaVersion());
    return SchemaState{version, version, {}};
  }
  absl::Status Begin() override { return connection_->Execute("BEGIN IMMEDIATE"); }
  absl::Status Apply(const SchemaChange& change) override {
    RETURN_IF_ERROR(connection_->Execute(change.sql.c_str()));
    return connection_->Execute(absl::StrCat("PRAGMA user_version = ", change.version).c_str());
  }
  absl::Status Commit() override { return connection_->Execute("COMMIT"); }

 private:
  SqliteConnection* const connection_;
};

// SQLite makes its files with the mode of the main file, so that one is made first.
absl::Status MakePrivateFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Problem(Reason::kStoreUnavailable, path, "the file cannot be opened for writing");
  const bool is_private = fchmod(file, 0600) == 0;
  close(file);
  if (!is_private) return Problem(Reason::kStoreUnavailable, path, "the file's mode cannot be set to 0600");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path, Kind kind) {
  if (kind == Kind::kWriter) RETURN_IF_ERROR(MakePrivateFile(path));
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
  if (code != SQLITE_OK) return connection->Failure(code, path);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  RETURN_IF_ERROR(connection->Execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"));
  if (kind == Kind::kWriter) {
    SqliteSchemaTarget target(connection.get());
    // First: a file that is not for this program stays as it is, also in how it keeps its journal.
    ASSIGN_OR_RETURN(const SchemaState found, target.State());
    RETURN_IF_ERROR(CheckSchema(found, SqliteSchemaChanges()));
    RETURN_IF_ERROR(connection->Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
    // 16 MiB of pages in memory; and pages that many commits write go into the file once in as many.
    RETURN_IF_ERROR(connection->Execute("PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096"));
    RETURN_IF_ERROR(UpgradeSchema(target, SqliteSchemaChanges()));
  } else {
    RETURN_IF_ERROR(connection->Execute("PRAGMA query_only = ON"));
  }
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const auto& table : statements_) {
    for (sqlite3_stmt* statement : table) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(handle_);
}

absl::Status SqliteConnection::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code, "");
}

absl::StatusOr<int> SqliteConnection::SchemaVersion() {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(handle_, "PRAGMA user_version", -1, &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  const int version = code == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW) return Failure(code, "schema version");
  return version;
}

absl::StatusOr<sqlite3_stmt*> SqliteConnection::Prepared(Table table, StoreStatement statement) {
  sqlite3_stmt*& slot = statements_[static_cast<size_t>(table)][static_cast<size_t>(statement)];
  if (slot == nullptr) {
    const std::string sql = StatementSql(table, statement);
    const int code = sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &slot, nullptr);
    if (code != SQLITE_OK) return Failure(code, TableName(table));
  }
  return slot;
}

int SqliteConnection::Changes() const { return sqlite3_changes(handle_); }

absl::Status SqliteConnection::Failure(int code, absl::string_view place) const {
  // sqlite3_errstr names the code alone; sqlite3_errmsg could quote values.
  return Problem(Reason::kStoreUnavailable, place, absl::StrCat(sqlite3_errstr(code), " (", code, ")"));
}

SqliteTransaction::SqliteTransaction(SqliteConnection* connection, Scope scope)
    : connection_(connection), scope_(scope) {
  state_ = connection_->Execute(scope == Scope::kWriter ? "BEGIN IMMEDIATE"
                                : scope == Scope::kPart ? "SAVEPOINT part"
                                                        : "BEGIN");
  open_ = state_.ok();
}

SqliteTransaction::~SqliteTransaction() {
  if (!open_) return;
  // SQLite rolls some failures back itself; then this has nothing to do and its result says nothing.
  connection_->Execute(scope_ == Scope::kPart ? "ROLLBACK TO part; RELEASE part" : "ROLLBACK").IgnoreError();
}

absl::Status SqliteTransaction::Keep() {
  RETURN_IF_ERROR(state_);
  if (scope_ == Scope::kPart) state_ = connection_->Execute("RELEASE part");
  if (state_.ok()) open_ = false;
  return state_;
}

absl::Status SqliteTransaction::Commit() {
  RETURN_IF_ERROR(state_);
  state_ = connection_->Execute("COMMIT");
  if (state_.ok()) open_ = false;
  return state_;
}

absl::Status SqliteTransaction::Fail(int code, Table table) {
  state_ = connection_->Failure(code, TableName(table));
  return state_;
}

absl::StatusOr<std::vector<Record>> SqliteTransaction::Rows(SqliteUse& use, Table table) {
  std::vector<Record> records;
  int code = use.Step();
  for (; code == SQLITE_ROW; code = use.Step()) {
    records.push_back({.key = use.Bytes(0),
                       .value = use.Bytes(1),
                       .group = use.Bytes(2),
                       .due = use.IsNull(3) ? absl::InfiniteFuture() : FromMicros(use.Number(3))});
  }
  if (code != SQLITE_DONE) return Fail(code, table);
  return records;
}

absl::StatusOr<std::optional<Record>> SqliteTransaction::Get(Table table, absl::string_view key) {
  RETURN_IF_ERROR(state_);
  ASSIGN_OR_RETURN(sqlite3_stmt * statement, connection_->Prepared(table, StoreStatement::kGet));
  SqliteUse use(statement);
  use.BindBytes(key);
  ASSIGN_OR_RETURN(std::vector<Record> records, Rows(use, table));
  if (records.empty()) return std::optional<Record>();
  return std::optional<Record>(std::move(records.front()));
}

absl::StatusOr<int> SqliteTransaction::Change(Table table, StoreStatement kind, const Record& record) {
  RETURN_IF_ERROR(state_);
  if (scope_ == Scope::kReader) {
    return Problem(Reason::kInternal, TableName(table), "a reading transaction cannot write");
  }
  ASSIGN_OR_RETURN(sqlite3_stmt * statement, connection_->Prepared(table, kind));
  SqliteUse use(statement);
  use.BindBytes(record.key);
  if (kind != StoreStatement::kDelete) use.BindBytes(record.group).Bind(DueOf(record)).BindBytes(record.value);
  const int code = use.Step();
  if (code != SQLITE_DONE && code != SQLITE_CONSTRAINT_UNIQUE) return Fail(code, table);
  return code;
}

absl::Status SqliteTransaction::Insert(Table table, const Record& record) {
  ASSIGN_OR_RETURN(const int code, Change(table, StoreStatement::kInsert, record));
  return code == SQLITE_CONSTRAINT_UNIQUE ? absl::AlreadyExistsError(TableName(table)) : absl::OkStatus();
}

absl::Status SqliteTransaction::Update(Table table, const Record& record) {
  // SQLite writes the index of every column that is set, whether or not it changes: so no more are set than change.
  for (const StoreStatement kind :
       {StoreStatement::kUpdateValue, StoreStatement::kUpdateDue, StoreStatement::kUpdate}) {
    RETURN_IF_ERROR(Change(table, kind, record).status());
    if (connection_->Changes() > 0) return absl::OkStatus();
  }
  return absl::NotFoundError(TableName(table));
}

absl::Status SqliteTransaction::Delete(Table table, absl::string_view key) {
  Record record;
  record.key = std::string(key);
  return Change(table, StoreStatement::kDelete, record).status();
}

absl::StatusOr<std::vector<Record>> SqliteTransaction::List(Table table, absl::string_view group,
                                                            absl::string_view after_key, int limit) {
  RETURN_IF_ERROR(state_);
  int64_t after = 0;
  if (!after_key.empty()) {
    ASSIGN_OR_RETURN(sqlite3_stmt * position, connection_->Prepared(table, StoreStatement::kPosition));
    SqliteUse use(position);
    const int code = use.BindBytes(after_key).BindBytes(group).Step();
    if (code == SQLITE_DONE) return absl::NotFoundError(TableName(table));
    if (code != SQLITE_ROW) return Fail(code, table);
    after = use.Number(0);
  }
  const StoreStatement kind = after_key.empty() ? StoreStatement::kListFirst : StoreStatement::kListAfter;
  ASSIGN_OR_RETURN(sqlite3_stmt * statement, connection_->Prepared(table, kind));
  SqliteUse use(statement);
  use.BindBytes(group).Bind(int64_t{std::max(limit, 0)});  // a negative limit would mean none
  if (!after_key.empty()) use.Bind(after);
  return Rows(use, table);
}

absl::StatusOr<std::vector<Record>> SqliteTransaction::Due(Table table, absl::Time now, int limit) {
  RETURN_IF_ERROR(state_);
  ASSIGN_OR_RETURN(sqlite3_stmt * statement, connection_->Prepared(table, StoreStatement::kDue));
  SqliteUse use(statement);
  use.Bind(ToMicros(now)).Bind(int64_t{std::max(limit, 0)});
  return Rows(use, table);
}

}  // namespace passerelle::gateway
