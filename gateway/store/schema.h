// What the schemas of all stores have in common: the tables of the port, the statements on them, and how a schema
// moves on: by numbered changes, forward only, each applied once in one transaction and none destructive.
//
// Each table of the port is one table of the database: `seq` gives the order of insertion, `key` is unique, lists run
// over the index (grp, seq) and what is due over the partial index (due_us, seq).
//
// Thread-safety: free functions on values; a SchemaTarget belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::gateway {

// Version of the schema that this program makes. Grows with every change, in both databases alike.
inline constexpr int kSchemaVersion = 2;

// Tables in the order of base::Table, which is also their index here.
inline constexpr std::array<base::Table, 8> kTables = {
    base::Table::kRequest, base::Table::kAuthorisation, base::Table::kExchange, base::Table::kCase,
    base::Table::kOutbox,  base::Table::kInbox,         base::Table::kSetting,  base::Table::kContent};
// As many of them as the first version of the schema had.
inline constexpr size_t kFirstTables = 7;

absl::string_view TableName(base::Table table);

// A time of the port in microseconds since 1970 and back; InfinitePast is the smallest number. InfiniteFuture has no
// number: it is stored as NULL.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros);

// What turns schema version `version` - 1 into `version`.
struct SchemaChange {
  int version = 0;
  // Version of the oldest program that can work with the schema after the change. While replicas are replaced one by
  // one, programs before and after it work on the same database.
  int oldest_program = 0;
  std::string sql;
};

// Which changes a database has had.
struct SchemaState {
  int version = 0;         // of the last change; 0 for an empty database
  int oldest_program = 0;  // as the last change said
  // SHA-256 of each change's text, from the first; empty when the database does not keep them.
  std::vector<std::string> sha256;
};

// A database whose schema is brought up to date.
class SchemaTarget {
 public:
  virtual ~SchemaTarget() = default;
  virtual absl::StatusOr<SchemaState> State() = 0;
  // Begins a transaction that no other program's upgrade runs beside. It ends with Commit, or undone with the
  // connection.
  virtual absl::Status Begin() = 0;
  virtual absl::Status Apply(const SchemaChange& change) = 0;
  virtual absl::Status Commit() = 0;
};

// kStoreNewer, with both versions.
absl::Status StoreIsNewer(absl::string_view place, int version, int known);

// kStoreNewer when the database was made by a newer program that this one cannot work beside; kStoreUnavailable when it
// had other changes than `changes`.
absl::Status CheckSchema(const SchemaState& state, const std::vector<SchemaChange>& changes);

// Applies the changes that are missing, all or none. Problems: as of CheckSchema, and those of the target.
absl::Status UpgradeSchema(SchemaTarget& target, const std::vector<SchemaChange>& changes);

}  // namespace passerelle::gateway
