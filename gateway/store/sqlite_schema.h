// The SQLite schema of the store and the text of every statement that runs on it.
//
// Each table of the port is one SQLite table: `seq` gives the order of insertion, `key` is unique, lists run over the
// index (grp, seq) and what is due over the partial index (due_us, seq).
//
// Thread-safety: free functions on values.
#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/port/store.h"

namespace passerelle::gateway {

// Version of the schema, kept in user_version. Grows with every change; see UpgradeSql.
inline constexpr int kSchemaVersion = 1;

// Tables in the order of base::Table, which is also their index here.
inline constexpr std::array<base::Table, 7> kTables = {
    base::Table::kRequest, base::Table::kAuthorisation, base::Table::kExchange, base::Table::kCase,
    base::Table::kOutbox,  base::Table::kInbox,         base::Table::kSetting};

absl::string_view TableName(base::Table table);

enum class StoreStatement { kGet, kInsert, kUpdate, kDelete, kPosition, kListFirst, kListAfter, kDue };
inline constexpr size_t kStoreStatementCount = 8;

// The statement with numbered parameters:
//   kGet, kDelete: ?1 key       kInsert, kUpdate: ?1 key, ?2 grp, ?3 due_us, ?4 value     kPosition: ?1 key, ?2 grp
//   kListFirst: ?1 grp, ?2 limit      kListAfter: ?1 grp, ?2 limit, ?3 seq      kDue: ?1 due_us, ?2 limit
std::string StatementSql(base::Table table, StoreStatement statement);

// What turns schema version `from` into `from` + 1.
std::string UpgradeSql(int from);

}  // namespace passerelle::gateway
