#include "gateway/cli/key_grammar.h"

#include <optional>

#include "absl/time/clock.h"
#include "core/base/date_time.h"

namespace passerelle::gateway {

CLI::App* KeyGrammar::Add(const std::string& name, const std::string& description) {
  CLI::App* command = keys_->add_subcommand(name, description);
  command->add_flag("--json", json_, "As JSON");
  return command;
}

CLI::App* KeyGrammar::AddOfNode(const std::string& name, const std::string& description) {
  CLI::App* command = Add(name, description);
  command->add_option("--config", of_node_.config, "Configuration of the node")->required();
  command->add_option("--at", at_, "Point in time to judge for: 2026-01-31 or 2026-01-31T12:00:00Z");
  return command;
}

void KeyGrammar::AddTo(CLI::App* keys) {
  keys_ = keys;
  CLI::App* generate = Add("generate", "Makes a key that signs messages; writes its public half to standard output.");
  generate->add_option("--out", generate_.out, "File for the private key, which must not be there yet")->required();
  generate->add_option("--algorithm", algorithm_, "EdDSA (Ed25519) or ES256 (EC P-256)")
      ->check(CLI::IsMember({"EdDSA", "ES256"}));
  AddOfNode("show", "Shows the keys and certificates of a node, and what the node map says of them.");
  AddOfNode("rotate", "Does the next step of replacing the message key, or says what is waited for.");
  keys->require_subcommand(1);
}

int KeyGrammar::Run(const Console& console) {
  of_node_.json = generate_.json = json_;
  if (keys_->got_subcommand("generate")) {
    generate_.algorithm = algorithm_ == "ES256" ? proof::KeyAlgorithm::kEs256 : proof::KeyAlgorithm::kEdDsa;
    return RunKeysGenerate(generate_, console);
  }
  of_node_.now = absl::Now();
  if (!at_.empty()) {
    const std::optional<absl::Time> at = base::ParseDateTime(at_);
    if (!at) throw CLI::ValidationError("--at", "must be a date or a date and time, such as 2026-01-31T12:00:00Z");
    of_node_.now = *at;
  }
  return keys_->got_subcommand("show") ? RunKeysShow(of_node_, console) : RunKeysRotate(of_node_, console);
}

}  // namespace passerelle::gateway
