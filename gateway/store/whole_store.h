// Reading all of a store: for checks, copies and backups.
//
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "gateway/store/record_source.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

struct TableDigest {
  int64_t records = 0;
  std::string sha256;  // of everything that the records are, in their order
};

// Calls `visit` for every record of a table in the order of insertion, until it fails.
absl::StatusOr<TableDigest> ReadTable(RecordSource& source, base::Table table,
                                      absl::FunctionRef<absl::Status(const base::Record&)> visit);

// Every table, in the order of kTables.
absl::StatusOr<std::vector<TableDigest>> ReadTables(RecordSource& source);
std::vector<TableCount> CountsOf(const std::vector<TableDigest>& digests);

// What the database says of itself, and the counts of records that were all read. Without counts when the schema has
// another version than kSchemaVersion; that alone is no finding.
absl::StatusOr<StoreReport> ReadWholeStore(RecordSource& source);

}  // namespace passerelle::gateway
