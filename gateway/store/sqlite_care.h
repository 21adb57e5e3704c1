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
// kStoreDamaged when it is damaged or no store, kStoreNewer when it was written by a newer version, kOutputExists
// when `file` is there already, kOutputNotWritable, those of SqliteFailure.
absl::StatusOr<StoreReport> BackUpSqliteStore(const std::string& path, const std::string& file);

// Puts a checked backup in the place of the store. The store before, if any, stays beside it under the name of
// ReplacedStorePath. Problems: as above; kStoreInUse when a node has the store open, kOutputExists when a replaced
// store is there already.
absl::StatusOr<StoreReport> RestoreSqliteStore(const std::string& file, const std::string& path);

// Where the store before a restore is kept.
std::string ReplacedStorePath(const std::string& path);

}  // namespace passerelle::gateway
