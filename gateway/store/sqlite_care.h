// Backing up an SQLite store from outside of the node, and restoring it.
//
// A backup is one consistent file, made while the node runs and without stopping its writers (SQLite's backup
// interface). It holds what the store holds, so it deserves the same protection; it is readable by its owner only.
//
// Thread-safety: free functions; safe beside a running node, but for RestoreSqliteStore, which refuses then.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

// Copies the store as it is at one moment into a new file, reads all of the copy, and only then gives it its name.
// Returns what the copy holds; there are no findings in it. Problems: kInputNotReadable when there is no store,
// kStoreUnavailable when it is damaged, is no store, or was written by a newer version, kOutputNotWritable when `file`
// is there already or cannot be written.
absl::StatusOr<StoreReport> BackUpSqliteStore(const std::string& path, const std::string& file);

// Puts a checked backup in the place of the store. The store before, if any, stays beside it under the name of
// ReplacedStorePath. Problems: as above; kStoreUnavailable when a node has the store open, kOutputNotWritable when a
// replaced store is there already.
absl::StatusOr<StoreReport> RestoreSqliteStore(const std::string& file, const std::string& path);

// Where the store before a restore is kept.
std::string ReplacedStorePath(const std::string& path);

}  // namespace passerelle::gateway
