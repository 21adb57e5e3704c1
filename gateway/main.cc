// The passerelle program: the one place that names the store.
#include <iostream>
#include <memory>
#include <string>

#include "gateway/cli/command_line.h"
#include "gateway/cli/store_commands.h"
#include "gateway/store/sqlite_care.h"
#include "gateway/store/sqlite_store.h"

namespace {

passerelle::gateway::StoreCare CareForSqlite() {
  using passerelle::gateway::SqliteStoreState;
  using passerelle::gateway::StoreState;
  const auto state = [](const absl::StatusOr<SqliteStoreState>& result) -> absl::StatusOr<StoreState> {
    if (!result.ok()) return result.status();
    return StoreState{result->schema, result->records};
  };
  return {.check = [state](const std::string& store) { return state(passerelle::gateway::CheckSqliteStore(store)); },
          .back_up =
              [state](const std::string& store, const std::string& file) {
                return state(passerelle::gateway::BackUpSqliteStore(store, file));
              },
          .restore =
              [state](const std::string& store, const std::string& file) {
                return state(passerelle::gateway::RestoreSqliteStore(file, store));
              }};
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const passerelle::gateway::StoreOpener open_store =
      [](const std::string& path) -> absl::StatusOr<std::unique_ptr<passerelle::base::Store>> {
    return passerelle::gateway::SqliteStore::Open(path);
  };
  return passerelle::gateway::RunCommandLine(argc, argv, open_store, CareForSqlite(), {std::cout, std::cerr});
}
