// The store that a configuration names: a file of SQLite, or a schema in PostgreSQL.
//
// Thread-safety: free functions.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "gateway/store/postgres_connection.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Opens it, or makes it, and brings an older one up to date. The configuration comes from LoadNodeConfig. Problems:
// kStoreUnavailable, kStoreNewer, and those of LoadStorePassword.
absl::StatusOr<std::unique_ptr<base::Store>> OpenStore(const config::v1::NodeConfig& config);

// How the configured database is reached, with the password. Problems: those of LoadStorePassword.
absl::StatusOr<PostgresOptions> PostgresOptionsOf(const config::v1::PostgresqlStore& config);

}  // namespace passerelle::gateway
