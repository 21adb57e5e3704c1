// How "passerelle trust" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "gateway/cli/console.h"
#include "gateway/cli/trust_commands.h"

namespace passerelle::gateway {

class TrustGrammar {
 public:
  // Adds the subcommands to "trust".
  void AddTo(CLI::App* trust);
  // Runs the one that was chosen. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const Console& console);
  static constexpr char kUsage[] =
      "root --key FILE... | build ANCHORS --key KEY --out BUNDLE | sign BUNDLE --key KEY | show BUNDLE [--yaml] | "
      "check BUNDLE --root ROOT [--present BUNDLE] [--at TIME] | import deqar|ams FILE | "
      "diff BEFORE AFTER [--register-facts] | "
      "list FILE --signer PEM... [--pivot FILE...] [--at TIME]";

 private:
  absl::Time At() const;

  CLI::App* trust_ = nullptr;
  TrustRootRequest root_;
  TrustBuildRequest build_;
  TrustCheckRequest check_;
  TrustListRequest list_;
  TrustDiffRequest diff_;
  std::string bundle_;
  std::string key_;
  std::string at_;
  std::string format_;
  std::string file_;
  bool yaml_ = false;
};

}  // namespace passerelle::gateway
