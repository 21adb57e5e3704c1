// How "passerelle catalogue" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <cstdint>
#include <string>

#include "CLI/CLI.hpp"
#include "core/document/adapter.h"
#include "gateway/cli/catalogue_command.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

class CatalogueGrammar {
 public:
  // Adds the subcommands to "catalogue".
  void AddTo(CLI::App* catalogue);
  // Runs the one that was chosen. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const document::Registry& registry, const Console& console);
  static constexpr char kUsage[] =
      "harvest --index FILE --source SOURCE CATALOGUE... [--at DAY] [--allow-shrinking] | "
      "search --index FILE [WORDS] [--country CODE] [--field DIGITS] [--level N] [--credits N] [--json] | "
      "changes --index FILE [--after N] | checklist PROFILE [--at DAY]";

 private:
  CLI::App* catalogue_ = nullptr;
  HarvestRequest harvest_;
  SearchRequest search_;
  uint64_t after_ = 0;
  std::string profile_;
  std::string day_;
};

}  // namespace passerelle::gateway
