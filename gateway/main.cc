// The passerelle program: the one place that names the store.
#include <iostream>
#include <memory>
#include <string>

#include "gateway/cli/command_line.h"
#include "gateway/store/sqlite_store.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const passerelle::gateway::StoreOpener open_store =
      [](const std::string& path) -> absl::StatusOr<std::unique_ptr<passerelle::base::Store>> {
    return passerelle::gateway::SqliteStore::Open(path);
  };
  return passerelle::gateway::RunCommandLine(argc, argv, open_store, {std::cout, std::cerr});
}
