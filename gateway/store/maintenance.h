// The work of `passerelle store`: StoreTools (gateway/store_tools.h) for both kinds of store.
//
// Thread-safety: free functions.
#pragma once

#include "gateway/store_tools.h"

namespace passerelle::gateway {

// Problems of all: kStoreUnavailable, and those of LoadStorePassword.
absl::StatusOr<Migration> MigrateStore(const config::v1::NodeConfig& config);
absl::StatusOr<StoreReport> CheckWholeStore(const config::v1::NodeConfig& config);
// Also: kOutputNotWritable when the store to copy into is not empty, or the file is there already.
absl::StatusOr<StoreReport> CopyStore(const config::v1::NodeConfig& from, const config::v1::NodeConfig& to);
absl::StatusOr<StoreReport> BackUpStore(const config::v1::NodeConfig& config, const std::string& file);
absl::StatusOr<StoreReport> RestoreStore(const config::v1::NodeConfig& config, const std::string& file);

// All of them, and OpenStore.
StoreTools MakeStoreTools();

}  // namespace passerelle::gateway
