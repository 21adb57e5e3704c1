// The commands for a node's store.
//
// Thread-safety: free functions.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "gateway/cli/console.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

// How "passerelle store" is written. One object for one command line.
class StoreGrammar {
 public:
  static constexpr char kUsage[] = "migrate --config FILE | check --config FILE [--json] | copy --from FILE --to FILE";

  // Adds the subcommands to "store".
  void AddTo(CLI::App* store);
  // Runs the one that was chosen.
  int Run(const StoreTools& tools, const Console& console) const;

 private:
  CLI::App* store_ = nullptr;
  std::string config_;
  std::string from_;
  std::string to_;
  bool json_ = false;
};

}  // namespace passerelle::gateway
