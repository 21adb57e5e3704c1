#include "gateway/store/sqlite_care.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/sqlite_schema.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// How long a writing node is waited for.
constexpr int kBusyTimeoutMs = 5000;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

absl::Status Failure(const std::string& path, int code) {
  return Problem(Reason::kStoreUnavailable, path, absl::StrCat(sqlite3_errstr(code), " (", code, ")"));
}

bool Exists(const std::string& path) {
  struct stat info = {};
  return lstat(path.c_str(), &info) == 0;
}

absl::StatusOr<Database> OpenDatabase(const std::string& path) {
  if (!Exists(path)) return Problem(Reason::kInputNotReadable, path, "there is no such file");
  sqlite3* handle = nullptr;
  // For writing, since a store whose node is not running has no shared memory of its write-ahead log yet.
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return Failure(path, code);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

// First column of the first row, as text.
absl::StatusOr<std::string> Query(sqlite3* database, const std::string& path, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  std::string text;
  if (code == SQLITE_ROW && sqlite3_column_text(statement, 0) != nullptr) {
    text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW) return Failure(path, code);
  return text;
}

absl::StatusOr<int64_t> QueryNumber(sqlite3* database, const std::string& path, const std::string& sql) {
  ASSIGN_OR_RETURN(const std::string text, Query(database, path, sql));
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return Problem(Reason::kStoreUnavailable, path, "a number is expected");
  return number;
}

absl::StatusOr<SqliteStoreState> CheckDatabase(sqlite3* database, const std::string& path) {
  SqliteStoreState state;
  ASSIGN_OR_RETURN(const int64_t schema, QueryNumber(database, path, "PRAGMA user_version"));
  if (schema < 1) return Problem(Reason::kStoreUnavailable, path, "the file is no store of a node");
  if (schema > kSchemaVersion) {
    return Problem(Reason::kStoreUnavailable, path,
                   absl::StrCat("the store has schema ", schema, ", this version knows ", kSchemaVersion));
  }
  state.schema = static_cast<int>(schema);
  ASSIGN_OR_RETURN(const std::string damage, Query(database, path, "PRAGMA integrity_check(1)"));
  if (damage != "ok") return Problem(Reason::kStoreUnavailable, path, "the file is damaged");
  for (const base::Table table : kTables) {
    const std::string name(TableName(table));
    ASSIGN_OR_RETURN(
        const int64_t there,
        QueryNumber(database, path, absl::StrCat("SELECT count(*) FROM sqlite_schema WHERE name = '", name, "'")));
    // A table that a later schema brings is not there yet.
    if (there == 0 && schema < kSchemaVersion) continue;
    ASSIGN_OR_RETURN(const int64_t count, QueryNumber(database, path, absl::StrCat("SELECT count(*) FROM ", name)));
    state.records.emplace_back(name, count);
  }
  return state;
}

absl::Status MakePrivateFile(const std::string& path) {
  unlink(path.c_str());
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Problem(Reason::kOutputNotWritable, path);
  close(file);
  return absl::OkStatus();
}

// Makes sure that a new name survives a power cut.
void SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  fsync(file);
  close(file);
}

// Copies `from` into the new file `to` and checks what came out; nothing is left behind when it fails.
absl::StatusOr<SqliteStoreState> CopyDatabase(sqlite3* from, const std::string& from_path, const std::string& to) {
  RETURN_IF_ERROR(MakePrivateFile(to));
  absl::Cleanup remove = [&to] { unlink(to.c_str()); };
  ASSIGN_OR_RETURN(const Database copy, OpenDatabase(to));
  sqlite3_backup* const backup = sqlite3_backup_init(copy.get(), "main", from, "main");
  if (backup == nullptr) return Failure(to, sqlite3_errcode(copy.get()));
  // All pages in one step are one moment of the store; in write-ahead mode nobody waits for it.
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) return Failure(from_path, stepped);
  if (finished != SQLITE_OK) return Failure(to, finished);
  // One file, without a write-ahead log beside it.
  RETURN_IF_ERROR(Query(copy.get(), to, "PRAGMA journal_mode = DELETE").status());
  ASSIGN_OR_RETURN(SqliteStoreState state, CheckDatabase(copy.get(), from_path));
  std::move(remove).Cancel();
  return state;
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return Problem(Reason::kOutputNotWritable, to);
  SyncFolderOf(to);
  return absl::OkStatus();
}

// Folds the write-ahead log into the file, which only the last one to have the store open can do. A store that is too
// damaged to be opened cannot say whether somebody has it open; it is what a restore is for.
absl::Status MakeSureNobodyHasIt(const std::string& path) {
  ASSIGN_OR_RETURN(const Database database, OpenDatabase(path));
  sqlite3_busy_timeout(database.get(), 0);
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(database.get(), "PRAGMA journal_mode = DELETE", -1, &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  sqlite3_finalize(statement);
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
    return Problem(Reason::kStoreUnavailable, path, "a node has the store open; stop it first");
  }
  return absl::OkStatus();
}

}  // namespace

std::string ReplacedStorePath(const std::string& path) { return path + ".replaced"; }

absl::StatusOr<SqliteStoreState> CheckSqliteStore(const std::string& path) {
  ASSIGN_OR_RETURN(const Database database, OpenDatabase(path));
  return CheckDatabase(database.get(), path);
}

absl::StatusOr<SqliteStoreState> BackUpSqliteStore(const std::string& path, const std::string& file) {
  if (Exists(file)) return Problem(Reason::kOutputNotWritable, file, "the file is there already");
  ASSIGN_OR_RETURN(const Database database, OpenDatabase(path));
  ASSIGN_OR_RETURN(SqliteStoreState state, CopyDatabase(database.get(), path, file + ".partial"));
  RETURN_IF_ERROR(Rename(file + ".partial", file));
  return state;
}

absl::StatusOr<SqliteStoreState> RestoreSqliteStore(const std::string& file, const std::string& path) {
  const std::string replaced = ReplacedStorePath(path);
  ASSIGN_OR_RETURN(const Database backup, OpenDatabase(file));
  RETURN_IF_ERROR(CheckDatabase(backup.get(), file).status());
  const bool replaces = Exists(path);
  if (replaces) {
    RETURN_IF_ERROR(MakeSureNobodyHasIt(path));
    if (Exists(replaced)) {
      return Problem(Reason::kOutputNotWritable, replaced, "a store that was replaced before is still there");
    }
  }
  ASSIGN_OR_RETURN(SqliteStoreState state, CopyDatabase(backup.get(), file, path + ".partial"));
  // A log that could not be folded in belongs to the store before, and must not be taken for one of the new store.
  for (const absl::string_view log : {"-wal", "-shm"}) {
    const std::string beside = absl::StrCat(path, log);
    if (Exists(beside)) RETURN_IF_ERROR(Rename(beside, absl::StrCat(replaced, log)));
  }
  if (replaces) RETURN_IF_ERROR(Rename(path, replaced));
  RETURN_IF_ERROR(Rename(path + ".partial", path));
  return state;
}

}  // namespace passerelle::gateway
