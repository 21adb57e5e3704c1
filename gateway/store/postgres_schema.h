// The schema of the store in PostgreSQL, and the text of every statement that runs on it.
//
// Tables are named without a schema: the connection's search_path holds the one that belongs to the node.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "core/base/port/store.h"
#include "gateway/store/schema.h"

namespace passerelle::gateway {

// kGetLocked and kDueUnclaimed are what kGet and kDue are in a transaction that writes: nobody else can change the rows
// until it ends. kDueUnclaimed leaves out rows that others have locked.
enum class PostgresStatement {
  kGet,
  kGetLocked,
  kInsert,
  kInsertInGroup,
  kUpdate,
  kDelete,
  kPosition,
  kListFirst,
  kListAfter,
  kDue,
  kDueUnclaimed
};
inline constexpr size_t kPostgresStatementCount = 11;

// The statement with numbered parameters:
//   kGet, kGetLocked, kDelete: $1 key      kInsert, kUpdate: $1 key, $2 grp, $3 due_us, $4 value
//   kInsertInGroup: the same, and $5 the lock of the group       kPosition: $1 key, $2 grp
//   kListFirst: $1 grp, $2 limit     kListAfter: $1 grp, $2 limit, $3 seq      kDue, kDueUnclaimed: $1 due_us, $2 limit
// Inserts change no row when the key is taken.
std::string PostgresStatementSql(base::Table table, PostgresStatement statement);

// The changes from an empty schema to kSchemaVersion. They are recorded in the table schema_change.
std::vector<SchemaChange> PostgresSchemaChanges();

// Number for an advisory lock on what is named: the same in every program, with no meaning of its own.
int64_t PostgresLockOf(absl::string_view schema, absl::string_view what, absl::string_view which);

}  // namespace passerelle::gateway
