// How "passerelle keys" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "gateway/cli/console.h"
#include "gateway/cli/key_commands.h"

namespace passerelle::gateway {

class KeyGrammar {
 public:
  // Adds the subcommands to "keys".
  void AddTo(CLI::App* keys);
  // Runs the one that was chosen. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const Console& console);
  static constexpr char kUsage[] =
      "generate --out FILE [--algorithm EdDSA|ES256] | show --config NODE [--at TIME] | rotate --config NODE [--at "
      "TIME]; all with [--json]";

 private:
  CLI::App* Add(const std::string& name, const std::string& description);
  CLI::App* AddOfNode(const std::string& name, const std::string& description);

  CLI::App* keys_ = nullptr;
  KeysGenerateRequest generate_;
  KeysOfNodeRequest of_node_;
  std::string algorithm_ = "EdDSA";
  std::string at_;
  bool json_ = false;
};

}  // namespace passerelle::gateway
