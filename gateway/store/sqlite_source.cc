#include <sqlite3.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "gateway/store/record_source.h"
#include "gateway/store/schema.h"
#include "gateway/store/sqlite_connection.h"
#include "gateway/store/sqlite_failure.h"
#include "gateway/store/sqlite_schema.h"

namespace passerelle::gateway {
namespace {

using base::Table;

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

absl::StatusOr<Statement> Prepare(sqlite3* handle, const std::string& sql, absl::string_view place) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr);
  if (code != SQLITE_OK) return SqliteFailure(code, place);
  return Statement(statement);
}

std::string Column(sqlite3_stmt* statement, int column) {
  const char* const data = static_cast<const char*>(sqlite3_column_blob(statement, column));
  return data == nullptr ? std::string() : std::string(data, sqlite3_column_bytes(statement, column));
}

// The first column of every row, as text.
absl::StatusOr<std::vector<std::string>> Texts(sqlite3* handle, const std::string& sql, absl::string_view place) {
  ASSIGN_OR_RETURN(const Statement statement, Prepare(handle, sql, place));
  std::vector<std::string> texts;
  int code = sqlite3_step(statement.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) texts.push_back(Column(statement.get(), 0));
  if (code != SQLITE_DONE) return SqliteFailure(code, place);
  return texts;
}

class SqliteSource : public RecordSource {
 public:
  SqliteSource(Handle handle, std::string path) : handle_(std::move(handle)), path_(std::move(path)) {}

  absl::StatusOr<std::vector<NumberedRecord>> Next(Table table, int64_t after, int limit) override {
    ASSIGN_OR_RETURN(const Statement statement,
                     Prepare(handle_.get(),
                             absl::StrCat("SELECT seq, key, value, grp, due_us FROM ", TableName(table),
                                          " WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
                             TableName(table)));
    sqlite3_bind_int64(statement.get(), 1, after);
    sqlite3_bind_int(statement.get(), 2, limit);
    std::vector<NumberedRecord> records;
    int code = sqlite3_step(statement.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
      const bool never = sqlite3_column_type(statement.get(), 4) == SQLITE_NULL;
      records.push_back(
          {sqlite3_column_int64(statement.get(), 0),
           {.key = Column(statement.get(), 1),
            .value = Column(statement.get(), 2),
            .group = Column(statement.get(), 3),
            .due = never ? absl::InfiniteFuture() : FromMicros(sqlite3_column_int64(statement.get(), 4))}});
    }
    if (code != SQLITE_DONE) return SqliteFailure(code, TableName(table));
    return records;
  }

  absl::StatusOr<StoreReport> Inspect() override {
    StoreReport report;
    report.kind = "sqlite";
    ASSIGN_OR_RETURN(const std::vector<std::string> version, Texts(handle_.get(), "PRAGMA user_version", path_));
    report.schema_version = version.empty() ? 0 : std::atoi(version[0].c_str());
    ASSIGN_OR_RETURN(const std::vector<std::string> integrity, Texts(handle_.get(), "PRAGMA integrity_check", path_));
    for (const std::string& line : integrity) {
      if (line != "ok") report.findings.push_back(absl::StrCat("The file is damaged: ", line));
    }
    if (report.schema_version == kSchemaVersion) RETURN_IF_ERROR(CompareSchema(report));
    return report;
  }

 private:
  // The tables and indexes of the file and those that this program makes.
  absl::Status CompareSchema(StoreReport& report) {
    constexpr char kObjects[] = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    sqlite3* opened = nullptr;
    int code = sqlite3_open(":memory:", &opened);
    const Handle fresh(opened);
    for (const SchemaChange& change : SqliteSchemaChanges()) {
      if (code == SQLITE_OK) code = sqlite3_exec(opened, change.sql.c_str(), nullptr, nullptr, nullptr);
    }
    if (code != SQLITE_OK) return SqliteFailure(code, "schema version");
    ASSIGN_OR_RETURN(const std::vector<std::string> expected, Texts(fresh.get(), kObjects, path_));
    ASSIGN_OR_RETURN(const std::vector<std::string> found, Texts(handle_.get(), kObjects, path_));
    if (expected != found) report.findings.emplace_back("Its tables or indexes are not those of its schema version.");
    return absl::OkStatus();
  }

  const Handle handle_;
  const std::string path_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RecordSource>> OpenSqliteSource(const std::string& path, Others others) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  Handle handle(opened);
  if (code != SQLITE_OK) return SqliteFailure(code, path);
  sqlite3_busy_timeout(opened, kBusyTimeoutMs);
  // The lock of a writer, without a write; or the snapshot that the first statement takes.
  code = sqlite3_exec(opened, others == Others::kWait ? "BEGIN IMMEDIATE" : "BEGIN", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return SqliteFailure(code, path);
  return std::make_unique<SqliteSource>(std::move(handle), path);
}

}  // namespace passerelle::gateway
