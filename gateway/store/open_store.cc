#include "gateway/store/open_store.h"

#include <utility>

#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/config/node_config.h"
#include "gateway/config/store_config.h"
#include "gateway/files/files.h"
#include "gateway/store/postgres_store.h"
#include "gateway/store/sqlite_store.h"

namespace passerelle::gateway {

absl::StatusOr<PostgresOptions> PostgresOptionsOf(const config::v1::PostgresqlStore& config) {
  PostgresOptions options;
  options.connection = config.connection();
  ASSIGN_OR_RETURN(options.password, LoadStorePassword(config));
  options.schema = config.schema();
  options.connections = config.connections();
  options.time_limit = base::FromProto(config.time_limit());
  return options;
}

absl::StatusOr<std::unique_ptr<base::Store>> OpenStore(const config::v1::NodeConfig& config) {
  if (!config.has_postgresql_store()) {
    auto store = SqliteStore::Open(config.store());
    if (store.ok() || base::PlaceOf(store.status()) == config.store()) return store;
    return InFile(config.store(), store.status());
  }
  ASSIGN_OR_RETURN(PostgresOptions options, PostgresOptionsOf(config.postgresql_store()));
  return PostgresStore::Open(std::move(options));
}

}  // namespace passerelle::gateway
