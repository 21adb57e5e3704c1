#include "gateway/store/open_store.h"

#include <utility>

#include "core/base/status_macros.h"
#include "gateway/config/node_config.h"
#include "gateway/config/store_config.h"
#include "gateway/store/postgres_store.h"
#include "gateway/store/sqlite_store.h"

namespace passerelle::gateway {

absl::StatusOr<PostgresOptions> PostgresOptionsOf(const config::v1::PostgresqlStore& config) {
  PostgresOptions options;
  options.connection = config.connection();
  ASSIGN_OR_RETURN(options.password, LoadStorePassword(config));
  options.schema = config.schema();
  options.connections = config.connections();
  options.time_limit = ToDuration(config.time_limit());
  return options;
}

absl::StatusOr<std::unique_ptr<base::Store>> OpenStore(const config::v1::NodeConfig& config) {
  if (!config.has_postgresql_store()) return SqliteStore::Open(config.store());
  ASSIGN_OR_RETURN(PostgresOptions options, PostgresOptionsOf(config.postgresql_store()));
  return PostgresStore::Open(std::move(options));
}

}  // namespace passerelle::gateway
