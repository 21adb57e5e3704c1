// How "passerelle federation" is written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "gateway/cli/console.h"
#include "gateway/cli/federation_commands.h"

namespace passerelle::gateway {

class FederationGrammar {
 public:
  // Adds the subcommands to "federation".
  void AddTo(CLI::App* federation);
  // Runs the one that was chosen. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const Console& console);
  static constexpr char kUsage[] =
      "init --name NAME --authority NAME=KEY... --threshold K --out DRAFT | add DRAFT --node ID [--country CC] "
      "[--authority NAME] [--endpoint HOST:PORT] [--tls CERTIFICATE...] [--message-key KEY...] [--from TIME] [--to "
      "TIME] "
      "[--answers PURPOSE...] [--levels A-B] [--field CODE...] | propose DRAFT --out FILE [--present MAP] [--life "
      "DAYS] "
      "[--grace DAYS] | sign FILE --key KEY [--out FILE] | combine FILE... --out FILE | verify FILE --root ROOT "
      "[--present MAP] [--at TIME] | show FILE [--yaml|--root] | diff BEFORE AFTER | publish FILE --root ROOT --to "
      "PATH "
      "[--at TIME] | route --map FILE --purpose PURPOSE --country CC [--level N] [--field CODE] [--root ROOT] "
      "[--at TIME]; all with [--json]";

 private:
  void AddDraftCommands();
  void AddSigningCommands();
  void AddReadingCommands();
  CLI::App* Add(const std::string& name, const std::string& description);
  absl::Time At() const;
  int RunInit(const Console& console);
  int RunAdd(const Console& console);
  int RunShow(const Console& console);
  int RunRoute(const Console& console);

  CLI::App* federation_ = nullptr;
  FederationInitRequest init_;
  FederationAddRequest add_;
  FederationProposeRequest propose_;
  FederationSignRequest sign_;
  FederationCombineRequest combine_;
  FederationVerifyRequest verify_;
  FederationPublishRequest publish_;
  FederationShowRequest show_;
  FederationRouteRequest route_;
  std::string before_;
  std::string after_;
  std::vector<std::string> answers_;
  std::string levels_;
  std::string purpose_;
  std::string country_;
  std::string field_;
  uint32_t level_ = 0;
  std::string at_;
  std::string from_;
  std::string to_;
  bool yaml_ = false;
  bool root_ = false;
  bool json_ = false;
};

}  // namespace passerelle::gateway
