// The schema of the store in SQLite, and the text of every statement that runs on it.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "core/base/port/store.h"
#include "gateway/store/schema.h"

namespace passerelle::gateway {

enum class StoreStatement {
  kGet,
  kInsert,
  kUpdateValue,  // of a record whose group and due time stay
  kUpdateDue,    // of a record whose group stays
  kUpdate,
  kDelete,
  kPosition,
  kListFirst,
  kListAfter,
  kDue
};
inline constexpr size_t kStoreStatementCount = 10;

// The statement with numbered parameters:
//   kGet, kDelete: ?1 key       kInsert, all updates: ?1 key, ?2 grp, ?3 due_us, ?4 value     kPosition: ?1 key, ?2 grp
//   kListFirst: ?1 grp, ?2 limit      kListAfter: ?1 grp, ?2 limit, ?3 seq      kDue: ?1 due_us, ?2 limit
std::string StatementSql(base::Table table, StoreStatement statement);

// The changes from an empty file to kSchemaVersion. The version is kept in user_version.
std::vector<SchemaChange> SqliteSchemaChanges();

}  // namespace passerelle::gateway
