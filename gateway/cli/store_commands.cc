#include "gateway/cli/store_commands.h"

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/node_config.h"
#include "gateway/config/overrides.h"

namespace passerelle::gateway {
namespace {

absl::StatusOr<StoreState> Act(const StoreRequest& request, const StoreCare& care) {
  ASSIGN_OR_RETURN(const std::vector<ConfigOverride> overrides, AllOverrides(request.set));
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(request.config, overrides));
  if (request.action == "backup") return care.back_up(config.store(), request.file);
  if (request.action == "restore") return care.restore(config.store(), request.file);
  return care.check(config.store());
}

}  // namespace

int RunStore(const StoreRequest& request, const StoreCare& care, const Console& console) {
  const absl::StatusOr<StoreState> state = Act(request, care);
  if (!state.ok()) {
    PrintProblem(state.status(), console);
    return kExitRefused;
  }
  console.out << "schema " << state->schema << "\n";
  for (const auto& [table, count] : state->records) console.out << table << "  " << count << "\n";
  if (request.action == "check") console.out << "The store is whole.\n";
  if (request.action == "backup") console.out << "The backup is whole: " << request.file << "\n";
  if (request.action == "restore") console.out << "The store holds what the backup held.\n";
  return kExitDone;
}

}  // namespace passerelle::gateway
