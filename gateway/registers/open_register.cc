#include "gateway/registers/open_register.h"

#include <utility>

#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/config/node_config.h"
#include "gateway/registers/file_register.h"
#include "gateway/registers/grpc_register.h"
#include "gateway/registers/postgresql_view.h"
#include "gateway/registers/sql_register.h"
#include "gateway/registers/sqlite_view.h"

namespace passerelle::gateway {

absl::StatusOr<std::unique_ptr<registers::Register>> OpenRegister(const config::v1::NodeConfig& config,
                                                                  const base::Clock* clock,
                                                                  std::function<void(const absl::Status&)> changed) {
  if (config.has_sql_register()) {
    const config::v1::SqlRegister& sql = config.sql_register();
    RETURN_IF_ERROR(CheckViewName(sql.view()));
    const absl::Duration limit = base::FromProto(sql.time_limit());
    std::unique_ptr<RegisterView> view;
    if (sql.has_sqlite()) {
      view = std::make_unique<SqliteView>(sql.sqlite(), sql.view(), limit);
    } else {
      view = std::make_unique<PostgresqlView>(sql.postgresql(), sql.view(), limit);
    }
    return std::make_unique<SqlRegister>(std::move(view), clock);
  }
  if (config.has_grpc_register()) {
    const config::v1::GrpcRegister& service = config.grpc_register();
    return std::make_unique<GrpcRegister>(service, base::FromProto(service.time_limit()));
  }
  if (!config.has_register_()) return nullptr;
  return FileRegister::Open(config.register_().folder(), clock, std::move(changed));
}

}  // namespace passerelle::gateway
