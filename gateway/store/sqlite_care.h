// Looking after an SQLite store from outside of the node: check, back up, restore.
//
// A backup is one consistent file, made while the node runs and without stopping its writers (SQLite's backup
// interface). It holds what the store holds, so it deserves the same protection; it is readable by its owner only.
//
// Thread-safety: free functions; safe beside a running node, but for RestoreSqliteStore, which refuses then.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::gateway {

struct SqliteStoreState {
  int schema = 0;
  std::vector<std::pair<std::string, int64_t>> records;  // table and count, in the order of the schema
};

// Reads every page and index of the store. Problems: kInputNotReadable when there is no file, kStoreUnavailable when it
// is damaged, is no store, or was written by a newer version.
absl::StatusOr<SqliteStoreState> CheckSqliteStore(const std::string& path);

// Copies the store as it is at one moment into a new file, checks the copy, and only then gives it its name. Returns
// what the copy holds. Problems: as above, kOutputNotWritable when `file` is there already or cannot be written.
absl::StatusOr<SqliteStoreState> BackUpSqliteStore(const std::string& path, const std::string& file);

// Puts a checked backup in the place of the store. The store before, if any, stays beside it under the name of
// ReplacedStorePath. Problems: as above; kStoreUnavailable when a node has the store open, kOutputNotWritable when a
// replaced store is there already.
absl::StatusOr<SqliteStoreState> RestoreSqliteStore(const std::string& file, const std::string& path);

// Where the store before a restore is kept.
std::string ReplacedStorePath(const std::string& path);

}  // namespace passerelle::gateway
