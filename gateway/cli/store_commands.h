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

struct StoreRequest {
  std::string config;
  std::vector<std::string> set;  // overrides of `config`, "key=value"
  std::string from;              // copy: a configuration; restore: file of a backup
  std::string to;                // copy: a configuration; backup: new file
  bool json = false;
};

// How "passerelle store" is written. One object for one command line.
class StoreGrammar {
 public:
  static constexpr char kUsage[] =
      "migrate | check [--json] | backup --to FILE | restore --from FILE, each with --config FILE [--set KEY=VALUE]; "
      "copy --from FILE --to FILE";

  // Adds the subcommands to "store".
  void AddTo(CLI::App* store);
  // Runs the one that was chosen. kExitRefused when the store is not as it should be, or nothing was done.
  int Run(const StoreTools& tools, const Console& console) const;

 private:
  CLI::App* AddWithConfig(const std::string& name, const std::string& description);

  CLI::App* store_ = nullptr;
  StoreRequest request_;
};

}  // namespace passerelle::gateway
