// The commands for a node's store.
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "gateway/cli/console.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

// How "passerelle store" is written. One object for one command line.
class StoreGrammar {
 public:
  static constexpr char kUsage[] =
      "migrate | check [--json] | backup --to FILE | restore --from FILE, each with --config FILE [--set KEY=VALUE]; "
      "or "
      "copy --from CONFIG --to CONFIG";

  // Adds the subcommands to "store".
  void AddTo(CLI::App* store);
  // Runs the one that was chosen.
  int Run(const StoreTools& tools, const Console& console) const;

 private:
  int Migrate(const config::v1::NodeConfig& config, const StoreTools& tools, const Console& console) const;
  int Check(const config::v1::NodeConfig& config, const StoreTools& tools, const Console& console) const;
  int Copy(const StoreTools& tools, const Console& console) const;

  CLI::App* store_ = nullptr;
  std::string config_;
  std::vector<std::string> set_;  // overrides, "key=value"
  std::string file_;              // of a backup
  std::string from_;
  std::string to_;
  bool json_ = false;
};

}  // namespace passerelle::gateway
