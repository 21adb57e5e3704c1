// How "passerelle evidence" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "gateway/cli/console.h"
#include "gateway/cli/evidence_commands.h"

namespace passerelle::gateway {

class EvidenceGrammar {
 public:
  // Adds the subcommands to "evidence".
  void AddTo(CLI::App* evidence);
  // Runs the one that was chosen. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const StoreTools& stores, const Console& console);
  static constexpr char kUsage[] =
      "export --config FILE --id ID [--out BUNDLE] | export --config FILE --log FOLDER | "
      "erase --config FILE --id ID | list --config FILE | "
      "verify BUNDLE [--node-map FILE [--root FILE]] [--json] | verify --log FOLDER --key FILE|--node-map FILE [--root "
      "FILE] [--seen CHECKPOINT] [--time-stamps CERTIFICATE] "
      "[--json] | dispute BUNDLE BUNDLE [--node-map FILE [--root FILE]] [--json]";

 private:
  int RunExport(const StoreTools& stores, const Console& console) const;
  int RunVerify(const Console& console) const;

  CLI::App* evidence_ = nullptr;
  std::string list_config_;
  EvidenceExportRequest export_;
  EvidenceEraseRequest erase_;
  EvidenceVerifyRequest verify_;
  EvidenceDisputeRequest dispute_;
};

}  // namespace passerelle::gateway
