// What can be done with the store of a node beside running the node on it. The command line offers it; main.cc says how
// it is done.
//
// Thread-safety: functions on values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

struct TableCount {
  std::string table;
  int64_t records = 0;
};

// What a store is and holds.
struct StoreReport {
  std::string kind;  // "sqlite" or "postgresql"
  int schema_version = 0;
  std::vector<TableCount> tables;
  bool sound = true;                  // whether what is stored is as it was written, for all that can be told
  std::vector<std::string> findings;  // what is wrong, one sentence each; empty when nothing is
};

struct Migration {
  int from = 0;  // schema version before; 0 when there was no store
  int to = 0;
};

struct StoreTools {
  // Opens the store that a configuration names, and brings it up to date.
  std::function<absl::StatusOr<std::unique_ptr<base::Store>>(const config::v1::NodeConfig&)> open;
  // Brings it up to date, or makes it.
  std::function<absl::StatusOr<Migration>(const config::v1::NodeConfig&)> migrate;
  // Looks at everything and changes nothing; a node may go on.
  std::function<absl::StatusOr<StoreReport>(const config::v1::NodeConfig&)> check;
  // Copies every record of the one store into the other, which must be empty, in the order of insertion and in one
  // transaction, and reads them again there. Nobody can write to the first one meanwhile.
  std::function<absl::StatusOr<StoreReport>(const config::v1::NodeConfig& from, const config::v1::NodeConfig& to)> copy;
  // Copies the store as it is at one moment into a new file, which is a store in SQLite whichever kind the other one
  // is.
  std::function<absl::StatusOr<StoreReport>(const config::v1::NodeConfig&, const std::string& file)> back_up;
  // Puts such a file in the place of the store of a stopped node. A store in PostgreSQL must be empty for that.
  std::function<absl::StatusOr<StoreReport>(const config::v1::NodeConfig&, const std::string& file)> restore;
};

}  // namespace passerelle::gateway
