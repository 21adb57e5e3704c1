// How "passerelle recognition issue", "offer", "letter" and "status" are written.
//
// Thread-safety: one object for one command line.
#pragma once

#include "CLI/CLI.hpp"
#include "core/document/adapter.h"
#include "gateway/cli/issue_commands.h"

namespace passerelle::gateway {

class IssueGrammar {
 public:
  // Adds the subcommands to "recognition".
  void AddTo(CLI::App* recognition);
  // Whether one of them was chosen.
  bool parsed() const { return issue_->parsed() || offer_->parsed() || letter_->parsed() || status_->parsed(); }
  // Runs it. Throws CLI::ParseError like every command of the program's grammar.
  int Run(const document::Registry& registry, const Console& console);
  static constexpr char kUsage[] =
      "issue CASE --seal KEY --seal-certificate FILE --book BOOK [--as elm|vc-jwt|sd-jwt] [--holder-key JWK] "
      "[--out FILE] [--deliver] NODE | issue CASE --as json [--out FILE] NODE | "
      "offer CASE --book BOOK [--transaction-code] NODE | letter CASE --book BOOK --credential FILE "
      "--seal-certificate FILE [--languages en,fr] [--out FILE] NODE | "
      "status --seal KEY --seal-certificate FILE --book BOOK --out FOLDER [--revoke CASE [--reason-code CODE]]";

 private:
  CLI::App* issue_ = nullptr;
  CLI::App* offer_ = nullptr;
  CLI::App* letter_ = nullptr;
  CLI::App* status_ = nullptr;
  IssueRequest issue_request_;
  OfferRequest offer_request_;
  LetterRequest letter_request_;
  StatusRequest status_request_;
};

}  // namespace passerelle::gateway
