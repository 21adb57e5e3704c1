// How "passerelle catalogue" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "core/document/adapter.h"
#include "gateway/cli/catalogue_command.h"
#include "gateway/cli/catalogue_harvest.h"
#include "gateway/cli/catalogue_policy_commands.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

class CatalogueGrammar {
 public:
  // Adds the subcommands to "catalogue".
  void AddTo(CLI::App* catalogue);
  // Runs the one that was chosen. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const document::Registry& registry, const Console& console);
  static constexpr char kUsage[] =
      "harvest --index INDEX --source SOURCE CATALOGUE... [--skills FILE]... [--at DAY] [--allow-shrinking] "
      "[--read-all] | "
      "search --index INDEX [WORDS] [--country CODE] [--field DIGITS] [--level N] [--credits N] "
      "[--co-designed-by KIND] [--tag TAG] [--json] | changes --index INDEX [--after N] | checklist PROFILE [--at DAY] "
      "| "
      "accepts --providers FILE [--for PURPOSE] [--level N] [--credits N] [--field DIGITS] [--quality SCHEME]... "
      "[--awarded DAY] [--country CODE] [--at DAY] [--json] | eligible OFFER --register FILE [--at DAY]";

 private:
  void AddAccepts(CLI::App* catalogue);
  void AddEligible(CLI::App* catalogue);
  int RunAcceptsCommand(const Console& console);

  CLI::App* catalogue_ = nullptr;
  HarvestRequest harvest_;
  SearchRequest search_;
  uint64_t after_ = 0;
  std::string profile_;
  AcceptsRequest accepts_;
  std::string purpose_ = "credit";
  std::vector<std::string> quality_;
  EligibleRequest eligible_;
  std::string day_;
};

}  // namespace passerelle::gateway
