#include "gateway/store/maintenance.h"

#include <unistd.h>

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/open_store.h"
#include "gateway/store/postgres_schema_target.h"
#include "gateway/store/record_source.h"
#include "gateway/store/schema.h"
#include "gateway/store/sqlite_care.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

// Records held in memory at a time. The largest have a document and its translation, some 30 MB.
constexpr int kBatch = 64;

// A digest over everything that a record is, chained so that order counts.
std::string Chained(absl::string_view before, const Record& record) {
  std::string text(before);
  const std::string due = record.due == absl::InfiniteFuture() ? "never" : absl::StrCat(ToMicros(record.due));
  for (const absl::string_view part :
       std::initializer_list<absl::string_view>{record.key, record.group, due, record.value}) {
    absl::StrAppend(&text, part.size(), ":", part);
  }
  return base::Sha256Hex(text);
}

struct TableDigest {
  int64_t records = 0;
  std::string sha256;
};

// Every record of a table, and their digest.
absl::StatusOr<TableDigest> ForEach(RecordSource& source, Table table,
                                    absl::FunctionRef<absl::Status(const Record&)> visit) {
  TableDigest digest;
  for (int64_t after = 0;;) {
    ASSIGN_OR_RETURN(const std::vector<NumberedRecord> batch, source.Next(table, after, kBatch));
    if (batch.empty()) return digest;
    for (const NumberedRecord& numbered : batch) {
      RETURN_IF_ERROR(visit(numbered.record));
      digest.sha256 = Chained(digest.sha256, numbered.record);
      ++digest.records;
    }
    after = batch.back().number;
  }
}

absl::StatusOr<std::vector<TableDigest>> Digests(RecordSource& source) {
  std::vector<TableDigest> digests;
  for (const Table table : kTables) {
    ASSIGN_OR_RETURN(TableDigest digest, ForEach(source, table, [](const Record&) { return absl::OkStatus(); }));
    digests.push_back(std::move(digest));
  }
  return digests;
}

std::vector<TableCount> Counts(const std::vector<TableDigest>& digests) {
  std::vector<TableCount> counts;
  for (size_t i = 0; i < digests.size(); ++i) {
    counts.push_back({std::string(TableName(kTables[i])), digests[i].records});
  }
  return counts;
}

// 0 when there is no store.
absl::StatusOr<int> VersionOf(const config::v1::NodeConfig& config) {
  if (!config.has_postgresql_store()) {
    if (access(config.store().c_str(), F_OK) != 0) return 0;
    ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenSqliteSource(config.store(), Others::kWrite));
    ASSIGN_OR_RETURN(const StoreReport report, source->Inspect());
    return report.schema_version;
  }
  ASSIGN_OR_RETURN(const PostgresOptions options, PostgresOptionsOf(config.postgresql_store()));
  ASSIGN_OR_RETURN(const std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(options));
  ASSIGN_OR_RETURN(const SchemaState state, PostgresSchemaTarget(connection.get()).State());
  return state.version;
}

absl::Status CheckEmpty(const config::v1::NodeConfig& config) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> there, OpenRecordSource(config, Others::kWrite));
  for (const Table table : kTables) {
    ASSIGN_OR_RETURN(const std::vector<NumberedRecord> any, there->Next(table, 0, 1));
    if (!any.empty()) return Problem(Reason::kOutputNotWritable, "to", "the store is not empty");
  }
  return absl::OkStatus();
}

// Copies every record in one transaction, and reads them again where they are then.
absl::StatusOr<StoreReport> CopyInto(RecordSource& source, const config::v1::NodeConfig& to) {
  ASSIGN_OR_RETURN(const StoreReport before, source.Inspect());
  if (before.schema_version != kSchemaVersion || !before.sound) {
    return Problem(Reason::kStoreUnavailable, "from",
                   before.sound ? "its schema is of another version; run passerelle store migrate first"
                                : before.findings.front());
  }
  std::vector<TableDigest> copied;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<base::Store> target, OpenStore(to));
    RETURN_IF_ERROR(CheckEmpty(to));
    RETURN_IF_ERROR(target->Write([&](base::Transaction& tx) -> absl::Status {
      copied.clear();
      for (const Table table : kTables) {
        ASSIGN_OR_RETURN(TableDigest digest,
                         ForEach(source, table, [&](const Record& record) { return tx.Insert(table, record); }));
        copied.push_back(std::move(digest));
      }
      return absl::OkStatus();
    }));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> there, OpenRecordSource(to, Others::kWrite));
  ASSIGN_OR_RETURN(StoreReport report, there->Inspect());
  // What is wrong with the database itself is for a check to say.
  report.findings.clear();
  ASSIGN_OR_RETURN(const std::vector<TableDigest> found, Digests(*there));
  report.tables = Counts(found);
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i].records == copied[i].records && found[i].sha256 == copied[i].sha256) continue;
    report.findings.push_back(absl::StrCat("The table ", TableName(kTables[i]), " is not what was copied."));
  }
  return report;
}

// What the tools for SQLite say, in our form; `then` runs in any case.
absl::StatusOr<StoreReport> Told(
    const absl::StatusOr<SqliteStoreState>& state, absl::FunctionRef<void()> then = [] {}) {
  then();
  RETURN_IF_ERROR(state.status());
  StoreReport report;
  report.kind = "sqlite";
  report.schema_version = state->schema;
  for (const auto& [table, records] : state->records) report.tables.push_back({table, records});
  return report;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RecordSource>> OpenRecordSource(const config::v1::NodeConfig& config, Others others) {
  if (config.has_postgresql_store()) return OpenPostgresSource(config.postgresql_store(), others);
  return OpenSqliteSource(config.store(), others);
}

absl::StatusOr<Migration> MigrateStore(const config::v1::NodeConfig& config) {
  Migration migration;
  ASSIGN_OR_RETURN(migration.from, VersionOf(config));
  RETURN_IF_ERROR(OpenStore(config).status());
  ASSIGN_OR_RETURN(migration.to, VersionOf(config));
  return migration;
}

absl::StatusOr<StoreReport> CheckWholeStore(const config::v1::NodeConfig& config) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenRecordSource(config, Others::kWrite));
  ASSIGN_OR_RETURN(StoreReport report, source->Inspect());
  if (report.schema_version != kSchemaVersion) {
    report.findings.push_back(absl::StrCat("Its schema has version ", report.schema_version,
                                           "; this program works with ", kSchemaVersion, "."));
    return report;
  }
  const absl::StatusOr<std::vector<TableDigest>> digests = Digests(*source);
  if (digests.ok()) {
    report.tables = Counts(*digests);
  } else {
    report.findings.push_back(absl::StrCat("Its records cannot all be read: ", digests.status().message()));
  }
  return report;
}

absl::StatusOr<StoreReport> CopyStore(const config::v1::NodeConfig& from, const config::v1::NodeConfig& to) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenRecordSource(from, Others::kWait));
  return CopyInto(*source, to);
}

absl::StatusOr<StoreReport> BackUpStore(const config::v1::NodeConfig& config, const std::string& file) {
  if (!config.has_postgresql_store()) return Told(BackUpSqliteStore(config.store(), file));
  if (access(file.c_str(), F_OK) == 0) return Problem(Reason::kOutputNotWritable, file, "the file is there already");
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenRecordSource(config, Others::kWrite));
  config::v1::NodeConfig partial;
  partial.set_store(file + ".partial");
  unlink(partial.store().c_str());
  ASSIGN_OR_RETURN(StoreReport report, CopyInto(*source, partial));
  // One file, without a log beside it, under its name once it is whole.
  return Told(BackUpSqliteStore(partial.store(), file), [&partial] { unlink(partial.store().c_str()); });
}

absl::StatusOr<StoreReport> RestoreStore(const config::v1::NodeConfig& config, const std::string& file) {
  if (!config.has_postgresql_store()) return Told(RestoreSqliteStore(file, config.store()));
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenSqliteSource(file, Others::kWait));
  return CopyInto(*source, config);
}

StoreTools MakeStoreTools() { return {OpenStore, MigrateStore, CheckWholeStore, CopyStore, BackUpStore, RestoreStore}; }

}  // namespace passerelle::gateway
