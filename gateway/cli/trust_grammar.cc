#include "gateway/cli/trust_grammar.h"

#include <optional>

#include "absl/time/clock.h"
#include "core/base/date_time.h"

namespace passerelle::gateway {

void TrustGrammar::AddTo(CLI::App* trust) {
  trust_ = trust;
  CLI::App* root = trust->add_subcommand("root", "Writes a trust root: who may sign bundles.");
  root->add_option("--key", root_.keys, "Public keys or certificates of the signers, PEM")->required();
  root->add_option("--threshold", root_.threshold, "Signatures for a bundle that changes no anchor; 1");
  root->add_option("--anchor-threshold", root_.anchor_threshold, "Signatures for one that changes anchors; 2");
  CLI::App* build = trust->add_subcommand("build", "Makes a bundle from anchors in YAML, with its first signature.");
  build->add_option("ANCHORS", build_.anchors, "The anchors; - for standard input")->required();
  build->add_option("--key", build_.key, "Private key of the first signer, PEM")->required();
  build->add_option("--out", build_.out, "File to write the bundle to")->required();
  CLI::App* sign = trust->add_subcommand("sign", "Adds a signature to a bundle.");
  sign->add_option("BUNDLE", bundle_, "The bundle")->required();
  sign->add_option("--key", key_, "Private key of the signer, PEM")->required();
  CLI::App* show = trust->add_subcommand("show", "Shows what a bundle says, whoever signed it.");
  show->add_option("BUNDLE", bundle_, "The bundle; - for standard input")->required();
  show->add_flag("--yaml", yaml_, "Everything, as YAML");
  CLI::App* check = trust->add_subcommand("check", "Says whether a node with this root takes the bundle.");
  check->add_option("BUNDLE", check_.bundle, "The bundle; - for standard input")->required();
  check->add_option("--root", check_.root, "The trust root, YAML")->required();
  check->add_option("--present", check_.present, "The bundle in force, which this one is to replace");
  check->add_option("--at", at_, "Point in time to judge for: 2026-01-31 or 2026-01-31T12:00:00Z");
  CLI::App* import = trust->add_subcommand("import", "Turns data of a quality register into YAML of a bundle.");
  import->add_option("FORMAT", format_, "deqar or ams")->required()->check(CLI::IsMember({"deqar", "ams"}));
  import->add_option("FILE", file_, "The data; - for standard input")->required();
  CLI::App* diff = trust->add_subcommand("diff", "Shows what changes from one snapshot of a register to another.");
  diff->add_option("BEFORE", diff_.before, "The snapshot before, YAML, as import writes it")->required();
  diff->add_option("AFTER", diff_.after, "The snapshot after")->required();
  diff->add_flag("--register-facts", diff_.register_facts, "They are snapshots of a national register");
  CLI::App* list =
      trust->add_subcommand("list", "Turns a trusted list into YAML of a bundle; shows a list of the lists.");
  list->add_option("FILE", list_.list, "The list; - for standard input")->required();
  list->add_option("--signer", list_.signers, "Certificates that may have signed it, PEM")->required();
  list->add_option("--pivot", list_.pivots, "Pivots of a list of the lists, the oldest first");
  list->add_option("--at", at_, "Point in time to judge for: 2026-01-31 or 2026-01-31T12:00:00Z");
  trust->require_subcommand(1);
}

absl::Time TrustGrammar::At() const {
  if (at_.empty()) return absl::Now();
  const std::optional<absl::Time> at = base::ParseDateTime(at_);
  if (!at) throw CLI::ValidationError("--at", "must be a date or a date and time, such as 2026-01-31T12:00:00Z");
  return *at;
}

int TrustGrammar::Run(const Console& console) {
  const std::string name = trust_->get_subcommands().front()->get_name();
  if (name == "root") return RunTrustRoot(root_, console);
  if (name == "sign") return RunTrustSign(bundle_, key_, console);
  if (name == "show") return RunTrustShow(bundle_, yaml_, console);
  if (name == "diff") return RunTrustDiff(diff_, console);
  if (name == "import") return RunTrustImport(format_, file_, console);
  if (name == "build") {
    build_.now = absl::Now();
    return RunTrustBuild(build_, console);
  }
  if (name == "list") {
    list_.at = At();
    return RunTrustList(list_, console);
  }
  check_.at = At();
  return RunTrustCheck(check_, console);
}

}  // namespace passerelle::gateway
