#include "gateway/store/sqlite_care.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/record_source.h"
#include "gateway/store/schema.h"
#include "gateway/store/sqlite_connection.h"
#include "gateway/store/sqlite_failure.h"
#include "gateway/store/whole_store.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

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
  if (code != SQLITE_OK) return SqliteFailure(code, path);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

// SQLite's result code of one statement.
int Run(sqlite3* database, const char* sql) { return sqlite3_exec(database, sql, nullptr, nullptr, nullptr); }

// What a file holds that can be used as a store; `path` is where a problem with it is told of. One of an older schema
// can be used: the node brings it up to date.
absl::StatusOr<StoreReport> CheckFile(const std::string& file, const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenSqliteSource(file, Others::kWrite));
  ASSIGN_OR_RETURN(StoreReport report, ReadWholeStore(*source));
  if (!report.findings.empty()) return Problem(Reason::kStoreDamaged, path, report.findings.front());
  if (report.schema_version < 1) return Problem(Reason::kStoreDamaged, path, "the file is no store of a node");
  if (report.schema_version > kSchemaVersion) return StoreIsNewer(path, report.schema_version, kSchemaVersion);
  return report;
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
absl::StatusOr<StoreReport> CopyDatabase(sqlite3* from, const std::string& from_path, const std::string& to) {
  RETURN_IF_ERROR(MakePrivateFile(to));
  absl::Cleanup remove = [&to] { unlink(to.c_str()); };
  ASSIGN_OR_RETURN(Database copy, OpenDatabase(to));
  sqlite3_backup* const backup = sqlite3_backup_init(copy.get(), "main", from, "main");
  if (backup == nullptr) return SqliteFailure(sqlite3_errcode(copy.get()), to);
  // All pages in one step are one moment of the store; in write-ahead mode nobody waits for it.
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) return SqliteFailure(stepped, from_path);
  if (finished != SQLITE_OK) return SqliteFailure(finished, to);
  // One file, without a write-ahead log beside it.
  if (const int code = Run(copy.get(), "PRAGMA journal_mode = DELETE"); code != SQLITE_OK)
    return SqliteFailure(code, to);
  copy.reset();
  ASSIGN_OR_RETURN(StoreReport report, CheckFile(to, from_path));
  std::move(remove).Cancel();
  return report;
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
  const int code = Run(database.get(), "PRAGMA journal_mode = DELETE");
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
    return Problem(Reason::kStoreInUse, path, "a node has the store open; stop it first");
  }
  return absl::OkStatus();
}

}  // namespace

std::string ReplacedStorePath(const std::string& path) { return path + ".replaced"; }

absl::StatusOr<StoreReport> BackUpSqliteStore(const std::string& path, const std::string& file) {
  if (Exists(file)) return Problem(Reason::kOutputExists, file, "the file is there already");
  ASSIGN_OR_RETURN(const Database database, OpenDatabase(path));
  ASSIGN_OR_RETURN(StoreReport report, CopyDatabase(database.get(), path, file + ".partial"));
  RETURN_IF_ERROR(Rename(file + ".partial", file));
  return report;
}

absl::StatusOr<StoreReport> RestoreSqliteStore(const std::string& file, const std::string& path) {
  const std::string replaced = ReplacedStorePath(path);
  ASSIGN_OR_RETURN(const Database backup, OpenDatabase(file));
  RETURN_IF_ERROR(CheckFile(file, file).status());
  const bool replaces = Exists(path);
  if (replaces) {
    RETURN_IF_ERROR(MakeSureNobodyHasIt(path));
    if (Exists(replaced)) {
      return Problem(Reason::kOutputExists, replaced, "a store that was replaced before is still there");
    }
  }
  ASSIGN_OR_RETURN(StoreReport report, CopyDatabase(backup.get(), file, path + ".partial"));
  // A log that could not be folded in belongs to the store before, and must not be taken for one of the new store.
  for (const absl::string_view log : {"-wal", "-shm"}) {
    const std::string beside = absl::StrCat(path, log);
    if (Exists(beside)) RETURN_IF_ERROR(Rename(beside, absl::StrCat(replaced, log)));
  }
  if (replaces) RETURN_IF_ERROR(Rename(path, replaced));
  RETURN_IF_ERROR(Rename(path + ".partial", path));
  return report;
}

}  // namespace passerelle::gateway
