// How "passerelle recognition list", "show", "step", "inquiries", "answer" and "credentials" are written.
//
// Thread-safety: one object for one command line.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "gateway/cli/case_commands.h"

namespace passerelle::gateway {

// The options by which a command of "recognition" names the node that it calls.
void AddNodeOptions(NodeAccess* node, CLI::App* command);

class CaseGrammar {
 public:
  // Adds the subcommands to "recognition".
  void AddTo(CLI::App* recognition);
  // Whether one of them was chosen.
  bool parsed() const {
    return list_->parsed() || show_->parsed() || step_->parsed() || inquiries_->parsed() || answer_->parsed() ||
           credentials_->parsed();
  }
  // Runs it. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const Console& console);
  static constexpr char kUsage[] =
      "list NODE [--due] [--until DAY] [--count N] | show CASE NODE | step CASE --step STEP [--revision N] "
      "[--role ROLE] [--official ID] [--reason TEXT] [--reason-code CODE] [--evidence SHA256] [--day DAY] "
      "[--with FILE] [--request-id UUID] [--dry-run] NODE | inquiries [--count N] NODE | answer QUESTION --answer TEXT "
      "[--official ID] [--request-id UUID] NODE | credentials CASE [--as FORM [--out FILE]] NODE; NODE is --node "
      "HOST:PORT --certificate FILE --key FILE "
      "--authorities FILE";

 private:
  CLI::App* Add(CLI::App* recognition, const std::string& name, const std::string& description);

  CLI::App* list_ = nullptr;
  CLI::App* show_ = nullptr;
  CLI::App* step_ = nullptr;
  CLI::App* inquiries_ = nullptr;
  CLI::App* answer_ = nullptr;
  CLI::App* credentials_ = nullptr;
  NodeAccess node_;
  bool json_ = false;
  ListRequest list_request_;
  InquiriesRequest inquiries_request_;
  CredentialsRequest credentials_request_;
  std::string answer_words_;
  std::string id_;
  std::string with_;
  std::string step_word_;
  std::string role_word_;
  std::string official_;
  std::string reason_;
  std::string reason_code_;
  std::string evidence_;
  std::string day_;
  std::string request_id_;
  uint32_t revision_ = 0;
  bool dry_run_ = false;
};

}  // namespace passerelle::gateway
