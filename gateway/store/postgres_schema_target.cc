#include "gateway/store/postgres_schema_target.h"

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

constexpr char kChangeTable[] = R"(
CREATE TABLE IF NOT EXISTS schema_change (
  version bigint PRIMARY KEY,
  oldest_program bigint NOT NULL,
  sha256 text NOT NULL,
  applied timestamptz NOT NULL DEFAULT now()
))";

// Whether a query about names of the catalogue finds anything.
absl::StatusOr<bool> Exists(PostgresConnection& connection, const std::string& sql, const std::string& name) {
  ASSIGN_OR_RETURN(const PostgresResult found, connection.Ask(sql, PostgresParameters().Text(name)));
  return PQntuples(found.get()) > 0;
}

}  // namespace

absl::StatusOr<SchemaState> PostgresSchemaTarget::State() {
  ASSIGN_OR_RETURN(
      const bool begun,
      Exists(*connection_, "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'schema_change'",
             connection_->schema()));
  SchemaState state;
  if (!begun) return state;
  ASSIGN_OR_RETURN(const PostgresResult rows,
                   connection_->Ask("SELECT version, oldest_program, sha256 FROM schema_change ORDER BY version",
                                    PostgresParameters()));
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    state.version = static_cast<int>(PostgresInteger(rows.get(), row, 0));
    state.oldest_program = static_cast<int>(PostgresInteger(rows.get(), row, 1));
    state.sha256.push_back(PostgresBytes(rows.get(), row, 2));
  }
  return state;
}

absl::Status PostgresSchemaTarget::Begin() {
  RETURN_IF_ERROR(connection_->Execute("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE").status());
  const int64_t lock = PostgresLockOf(connection_->schema(), "schema_change", "");
  RETURN_IF_ERROR(connection_->Ask("SELECT pg_advisory_xact_lock($1)", PostgresParameters().Integer(lock)).status());
  // Making a schema takes a right that the node need not have where somebody else made it.
  ASSIGN_OR_RETURN(const bool made, Exists(*connection_, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1",
                                           connection_->schema()));
  // The name was checked when it was configured: lower-case letters, digits and underscores.
  if (!made) RETURN_IF_ERROR(connection_->Execute(absl::StrCat("CREATE SCHEMA ", connection_->schema())).status());
  return connection_->Execute(kChangeTable).status();
}

absl::Status PostgresSchemaTarget::Apply(const SchemaChange& change) {
  RETURN_IF_ERROR(connection_->Execute(change.sql).status());
  const std::string sha256 = base::Sha256Hex(change.sql);
  return connection_
      ->Ask("INSERT INTO schema_change (version, oldest_program, sha256) VALUES ($1, $2, $3)",
            PostgresParameters().Integer(change.version).Integer(change.oldest_program).Text(sha256))
      .status();
}

absl::Status PostgresSchemaTarget::Commit() { return connection_->Execute("COMMIT").status(); }

}  // namespace passerelle::gateway
