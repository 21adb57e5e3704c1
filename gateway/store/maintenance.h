// The work of `passerelle store`: StoreTools (gateway/store_tools.h) for both kinds of store.
//
// Thread-safety: free functions.
#pragma once

#include "gateway/store_tools.h"

namespace passerelle::gateway {

// Problems of all: kStoreUnavailable, kStoreNewer, kStoreDamaged, kStoreInUse, and those of LoadStorePassword.
absl::StatusOr<Migration> MigrateStore(const config::v1::NodeConfig& config);
absl::StatusOr<StoreReport> CheckWholeStore(const config::v1::NodeConfig& config);
// Also: kOutputExists when the store to copy into is not empty.
absl::StatusOr<StoreReport> CopyStore(const config::v1::NodeConfig& from, const config::v1::NodeConfig& to);
// For a store in SQLite; problems also: those of gateway/store/sqlite_care.h, and kConfigInvalid for one in PostgreSQL.
absl::StatusOr<StoreReport> BackUpStore(const config::v1::NodeConfig& config, const std::string& file);
absl::StatusOr<StoreReport> RestoreStore(const config::v1::NodeConfig& config, const std::string& file);

// All of them, and OpenStore.
StoreTools MakeStoreTools();

}  // namespace passerelle::gateway
