#include "gateway/store/sqlite_schema.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

namespace passerelle::gateway {
namespace {

std::string SqliteTable(base::Table table) {
  return absl::Substitute(R"(
CREATE TABLE $0 (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  key BLOB NOT NULL UNIQUE,
  grp BLOB NOT NULL,
  due_us INTEGER,
  value BLOB NOT NULL
) STRICT;
CREATE INDEX $0_by_group ON $0 (grp, seq);
CREATE INDEX $0_by_due ON $0 (due_us, seq) WHERE due_us IS NOT NULL;)",
                          TableName(table));
}

}  // namespace

std::string StatementSql(base::Table table, StoreStatement statement) {
  const absl::string_view name = TableName(table);
  constexpr absl::string_view kColumns = "SELECT key, value, grp, due_us FROM ";
  switch (statement) {
    case StoreStatement::kGet:
      return absl::StrCat(kColumns, name, " WHERE key = ?1");
    case StoreStatement::kInsert:
      return absl::StrCat("INSERT INTO ", name, " (key, grp, due_us, value) VALUES (?1, ?2, ?3, ?4)");
    case StoreStatement::kUpdateValue:
      return absl::StrCat("UPDATE ", name, " SET value = ?4 WHERE key = ?1 AND grp = ?2 AND due_us IS ?3");
    case StoreStatement::kUpdateDue:
      return absl::StrCat("UPDATE ", name, " SET due_us = ?3, value = ?4 WHERE key = ?1 AND grp = ?2");
    case StoreStatement::kUpdate:
      return absl::StrCat("UPDATE ", name, " SET grp = ?2, due_us = ?3, value = ?4 WHERE key = ?1");
    case StoreStatement::kDelete:
      return absl::StrCat("DELETE FROM ", name, " WHERE key = ?1");
    case StoreStatement::kPosition:
      return absl::StrCat("SELECT seq FROM ", name, " WHERE key = ?1 AND grp = ?2");
    case StoreStatement::kListFirst:
      return absl::StrCat(kColumns, name, " WHERE grp = ?1 ORDER BY seq LIMIT ?2");
    case StoreStatement::kListAfter:
      return absl::StrCat(kColumns, name, " WHERE grp = ?1 AND seq > ?3 ORDER BY seq LIMIT ?2");
    case StoreStatement::kDue:
      return absl::StrCat(kColumns, name, " WHERE due_us <= ?1 ORDER BY due_us, seq LIMIT ?2");
  }
  return "";
}

std::vector<SchemaChange> SqliteSchemaChanges() {
  std::string first;
  for (size_t i = 0; i < kFirstTables; ++i) absl::StrAppend(&first, SqliteTable(kTables[i]));
  // A program of the first version works beside the second: it has nothing large.
  return {{1, 1, std::move(first)}, {2, 1, SqliteTable(base::Table::kContent)}};
}

}  // namespace passerelle::gateway
