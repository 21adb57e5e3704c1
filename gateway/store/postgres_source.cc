#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/open_store.h"
#include "gateway/store/postgres_connection.h"
#include "gateway/store/postgres_schema_target.h"
#include "gateway/store/record_source.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using base::Table;

class PostgresSource : public RecordSource {
 public:
  explicit PostgresSource(std::unique_ptr<PostgresConnection> connection) : connection_(std::move(connection)) {}

  absl::Status Hold(Others others) {
    PostgresSchemaTarget target(connection_.get());
    ASSIGN_OR_RETURN(state_, target.State());
    if (state_.version == 0) return Problem(Reason::kStoreUnavailable, connection_->schema(), "there is no store");
    RETURN_IF_ERROR(CheckSchema(state_, PostgresSchemaChanges()));
    const std::string tables =
        absl::StrJoin(kTables, ", ", [](std::string* out, Table table) { absl::StrAppend(out, TableName(table)); });
    RETURN_IF_ERROR(connection_->Execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE").status());
    if (others == Others::kWrite) return absl::OkStatus();
    // The first statement after it takes the snapshot.
    return connection_->Execute(absl::StrCat("LOCK TABLE ", tables, " IN SHARE MODE")).status();
  }

  absl::StatusOr<std::vector<NumberedRecord>> Next(Table table, int64_t after, int limit) override {
    ASSIGN_OR_RETURN(const PostgresResult rows,
                     connection_->Ask(absl::StrCat("SELECT seq, key, value, grp, due_us FROM ", TableName(table),
                                                   " WHERE seq > $1 ORDER BY seq LIMIT $2"),
                                      PostgresParameters().Integer(after).Integer(limit)));
    std::vector<NumberedRecord> records;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
      const bool never = PostgresIsNull(rows.get(), row, 4);
      records.push_back({PostgresInteger(rows.get(), row, 0),
                         {.key = PostgresBytes(rows.get(), row, 1),
                          .value = PostgresBytes(rows.get(), row, 2),
                          .group = PostgresBytes(rows.get(), row, 3),
                          .due = never ? absl::InfiniteFuture() : FromMicros(PostgresInteger(rows.get(), row, 4))}});
    }
    return records;
  }

  absl::StatusOr<StoreReport> Inspect() override {
    StoreReport report;
    report.kind = "postgresql";
    report.schema_version = state_.version;
    for (const char* setting : {"fsync", "full_page_writes"}) {
      ASSIGN_OR_RETURN(const PostgresResult value,
                       connection_->Ask("SELECT current_setting($1)", PostgresParameters().Text(setting)));
      if (PostgresBytes(value.get(), 0, 0) != "on") {
        report.findings.push_back(
            absl::StrCat("The server runs with ", setting, " off: a power cut can destroy what was confirmed."));
      }
    }
    ASSIGN_OR_RETURN(const PostgresResult broken,
                     connection_->Ask("SELECT c.relname::text FROM pg_catalog.pg_index i "
                                      "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                                      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                                      "WHERE n.nspname = $1 AND NOT i.indisvalid ORDER BY 1",
                                      PostgresParameters().Text(connection_->schema())));
    for (int row = 0; row < PQntuples(broken.get()); ++row) {
      report.findings.push_back(absl::StrCat("The index ", PostgresBytes(broken.get(), row, 0), " is not valid."));
    }
    return report;
  }

 private:
  const std::unique_ptr<PostgresConnection> connection_;
  SchemaState state_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RecordSource>> OpenPostgresSource(const config::v1::PostgresqlStore& config,
                                                                 Others others) {
  ASSIGN_OR_RETURN(const PostgresOptions options, PostgresOptionsOf(config));
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(options));
  auto source = std::make_unique<PostgresSource>(std::move(connection));
  RETURN_IF_ERROR(source->Hold(others));
  return source;
}

}  // namespace passerelle::gateway
