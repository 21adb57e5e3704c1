#include "gateway/store/maintenance.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/open_store.h"
#include "gateway/store/postgres_schema_target.h"
#include "gateway/store/record_source.h"
#include "gateway/store/schema.h"
#include "gateway/store/sqlite_care.h"
#include "gateway/store/whole_store.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

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

// PostgreSQL has tools of its own for what this program does for a file.
absl::Status RefusePostgresql(const config::v1::NodeConfig& config, absl::string_view tool) {
  if (!config.has_postgresql_store()) return absl::OkStatus();
  return Problem(Reason::kConfigInvalid, "postgresql_store",
                 absl::StrCat("this command is for a store in SQLite; the store is in PostgreSQL, and ", tool));
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
  ASSIGN_OR_RETURN(StoreReport report, ReadWholeStore(*source));
  if (report.schema_version != kSchemaVersion) {
    report.findings.push_back(absl::StrCat("Its schema has version ", report.schema_version,
                                           "; this program works with ", kSchemaVersion, "."));
  }
  return report;
}

absl::StatusOr<StoreReport> CopyStore(const config::v1::NodeConfig& from, const config::v1::NodeConfig& to) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> source, OpenRecordSource(from, Others::kWait));
  ASSIGN_OR_RETURN(const StoreReport before, source->Inspect());
  if (!before.findings.empty()) return Problem(Reason::kStoreDamaged, "from", before.findings.front());
  if (before.schema_version > kSchemaVersion) return StoreIsNewer("from", before.schema_version, kSchemaVersion);
  if (before.schema_version < kSchemaVersion) {
    return Problem(Reason::kStoreUnavailable, "from",
                   "its schema is of an older version; run passerelle store migrate first");
  }
  std::vector<TableDigest> copied;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<base::Store> target, OpenStore(to));
    {
      ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> there, OpenRecordSource(to, Others::kWrite));
      for (const Table table : kTables) {
        ASSIGN_OR_RETURN(const std::vector<NumberedRecord> any, there->Next(table, 0, 1));
        if (!any.empty()) return Problem(Reason::kOutputExists, "to", "the store is not empty");
      }
    }
    RETURN_IF_ERROR(target->Write([&](base::Transaction& tx) -> absl::Status {
      copied.clear();
      for (const Table table : kTables) {
        ASSIGN_OR_RETURN(TableDigest digest,
                         ReadTable(*source, table, [&](const Record& record) { return tx.Insert(table, record); }));
        copied.push_back(std::move(digest));
      }
      return absl::OkStatus();
    }));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordSource> there, OpenRecordSource(to, Others::kWrite));
  ASSIGN_OR_RETURN(StoreReport report, there->Inspect());
  // How the server is run is for a check to say.
  report.risks.clear();
  ASSIGN_OR_RETURN(const std::vector<TableDigest> found, ReadTables(*there));
  report.tables = CountsOf(found);
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i].records == copied[i].records && found[i].sha256 == copied[i].sha256) continue;
    report.findings.push_back(absl::StrCat("The table ", TableName(kTables[i]), " is not what was copied."));
  }
  return report;
}

absl::StatusOr<StoreReport> BackUpStore(const config::v1::NodeConfig& config, const std::string& file) {
  RETURN_IF_ERROR(RefusePostgresql(config, "pg_dump backs it up"));
  return BackUpSqliteStore(config.store(), file);
}

absl::StatusOr<StoreReport> RestoreStore(const config::v1::NodeConfig& config, const std::string& file) {
  RETURN_IF_ERROR(RefusePostgresql(config, "pg_restore restores it"));
  return RestoreSqliteStore(file, config.store());
}

StoreTools MakeStoreTools() { return {OpenStore, MigrateStore, CheckWholeStore, CopyStore, BackUpStore, RestoreStore}; }

}  // namespace passerelle::gateway
