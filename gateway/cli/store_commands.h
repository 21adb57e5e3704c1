// "passerelle store": looking after the store that a configuration names.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

// What a store holds.
struct StoreState {
  int schema = 0;
  std::vector<std::pair<std::string, int64_t>> records;  // table and count
};

// How a store is looked after. main.cc decides which one that is. Every function takes the configuration's store first.
struct StoreCare {
  std::function<absl::StatusOr<StoreState>(const std::string& store)> check;
  std::function<absl::StatusOr<StoreState>(const std::string& store, const std::string& file)> back_up;
  std::function<absl::StatusOr<StoreState>(const std::string& store, const std::string& file)> restore;
};

struct StoreRequest {
  std::string action;  // check, backup, restore
  std::string config;
  std::vector<std::string> set;  // overrides, "key=value"
  std::string file;              // of the backup
};

// Prints what the store, or the backup, holds. kExitRefused when it is damaged, or nothing was done.
int RunStore(const StoreRequest& request, const StoreCare& care, const Console& console);

}  // namespace passerelle::gateway
