// How "passerelle verify" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "core/document/adapter.h"
#include "gateway/cli/console.h"
#include "gateway/cli/verify_command.h"

namespace passerelle::gateway {

class VerifyGrammar {
 public:
  // Adds the options to "verify".
  void AddTo(CLI::App* verify);
  // Throws CLI::ParseError like every command of the program's grammar.
  int Run(const document::Registry& registry, const Console& console);
  static constexpr char kUsage[] =
      "FILE [--json] [--at TIME] [--anchors FOLDER] [--status FOLDER] [--policy FILE] [--audience TEXT --nonce TEXT] "
      "[--save VERDICT --key KEY] [--replay VERDICT [--signer PEM]] [--offline]";

 private:
  VerifyRequest request_;
  std::string at_;
  bool offline_ = false;
};

}  // namespace passerelle::gateway
