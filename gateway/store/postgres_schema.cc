#include "gateway/store/postgres_schema.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "core/base/digest.h"

namespace passerelle::gateway {
namespace {

std::string PostgresTable(base::Table table) {
  return absl::Substitute(R"(
CREATE TABLE $0 (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key bytea NOT NULL UNIQUE,
  grp bytea NOT NULL,
  due_us bigint,
  value bytea NOT NULL
);
CREATE INDEX $0_by_group ON $0 (grp, seq);
CREATE INDEX $0_by_due ON $0 (due_us, seq) WHERE due_us IS NOT NULL;)",
                          TableName(table));
}

}  // namespace

std::string PostgresStatementSql(base::Table table, PostgresStatement statement) {
  const absl::string_view name = TableName(table);
  constexpr absl::string_view kColumns = "SELECT key, value, grp, due_us FROM ";
  constexpr absl::string_view kUnlessTaken = " ON CONFLICT (key) DO NOTHING";
  switch (statement) {
    case PostgresStatement::kGet:
      return absl::StrCat(kColumns, name, " WHERE key = $1");
    case PostgresStatement::kGetLocked:
      return absl::StrCat(kColumns, name, " WHERE key = $1 FOR UPDATE");
    case PostgresStatement::kInsert:
      return absl::StrCat("INSERT INTO ", name, " (key, grp, due_us, value) VALUES ($1, $2, $3, $4)", kUnlessTaken);
    case PostgresStatement::kInsertInGroup:
      // The row gets its `seq` after the lock, and the lock ends with the transaction: within a group, rows become
      // visible in the order of `seq`, so that nobody who pages through it passes a row that is not there yet.
      return absl::StrCat("WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock($5)) INSERT INTO ", name,
                          " (key, grp, due_us, value) SELECT $1, $2, $3, $4 FROM turn", kUnlessTaken);
    case PostgresStatement::kUpdate:
      return absl::StrCat("UPDATE ", name, " SET grp = $2, due_us = $3, value = $4 WHERE key = $1");
    case PostgresStatement::kDelete:
      return absl::StrCat("DELETE FROM ", name, " WHERE key = $1");
    case PostgresStatement::kPosition:
      return absl::StrCat("SELECT seq FROM ", name, " WHERE key = $1 AND grp = $2");
    case PostgresStatement::kListFirst:
      return absl::StrCat(kColumns, name, " WHERE grp = $1 ORDER BY seq LIMIT $2");
    case PostgresStatement::kListAfter:
      return absl::StrCat(kColumns, name, " WHERE grp = $1 AND seq > $3 ORDER BY seq LIMIT $2");
    case PostgresStatement::kDue:
      return absl::StrCat(kColumns, name, " WHERE due_us <= $1 ORDER BY due_us, seq LIMIT $2");
    case PostgresStatement::kDueUnclaimed:
      return absl::StrCat(kColumns, name, " WHERE due_us <= $1 ORDER BY due_us, seq LIMIT $2 FOR UPDATE SKIP LOCKED");
  }
  return "";
}

std::vector<SchemaChange> PostgresSchemaChanges() {
  std::string first;
  for (size_t i = 0; i < kFirstTables; ++i) absl::StrAppend(&first, PostgresTable(kTables[i]));
  // A program of the first version works beside the second: it has nothing large.
  return {{1, 1, std::move(first)}, {2, 1, PostgresTable(base::Table::kContent)}};
}

int64_t PostgresLockOf(absl::string_view schema, absl::string_view what, absl::string_view which) {
  // No identifier has a zero byte.
  const std::string name = absl::StrCat(schema, absl::string_view("\0", 1), what, absl::string_view("\0", 1), which);
  const base::Sha256Digest digest = base::Sha256(name);
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | digest[i];
  return static_cast<int64_t>(number);
}

}  // namespace passerelle::gateway
