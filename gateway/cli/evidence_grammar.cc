#include "gateway/cli/evidence_grammar.h"

#include <string>

namespace passerelle::gateway {
namespace {

void AddKeys(CLI::App* command, EvidenceKeys& keys) {
  CLI::Option* const map = command->add_option("--node-map", keys.node_map, "Node map whose keys count");
  command->add_option("--root", keys.root, "Federation root by which the map must be signed, YAML")->needs(map);
}

}  // namespace

void EvidenceGrammar::AddTo(CLI::App* evidence) {
  evidence_ = evidence;
  CLI::App* exporting =
      evidence->add_subcommand("export", "Writes what a node holds about a message, or its whole log.");
  exporting->add_option("--config", export_.config, "Configuration of the node, YAML")->required();
  exporting->add_option("--id", export_.id, "The message, or the exchange or case that it belongs to");
  exporting->add_option("--out", export_.out, "File to write the bundle to; standard output when not given");
  exporting->add_option("--log", export_.folder, "New folder to write the whole log to");
  CLI::App* erase = evidence->add_subcommand("erase", "Erases the content of messages; that there were some stays.");
  erase->add_option("--config", erase_.config, "Configuration of the node, YAML")->required();
  erase->add_option("--id", erase_.id, "The message, the exchange that it belongs to, or a case")->required();
  CLI::App* list = evidence->add_subcommand("list", "Lists what the log of a node has.");
  list->add_option("--config", list_config_, "Configuration of the node, YAML")->required();
  CLI::App* verify =
      evidence->add_subcommand("verify", "Says whether a bundle or a log holds, without asking anybody.");
  verify->add_option("BUNDLE", verify_.bundle, "The bundle; - for standard input");
  verify->add_option("--log", verify_.folder, "Folder with a whole log, instead of a bundle");
  verify->add_option("--key", verify_.key, "Public key of the log: PEM, or the text of a key for signed notes");
  AddKeys(verify, verify_.keys);
  verify->add_option("--seen", verify_.seen, "An older checkpoint of the log, from elsewhere");
  verify->add_option("--time-stamps", verify_.time_stamps,
                     "Certificate of the authority, PEM: checks its time-stamps over the log");
  verify->add_flag("--json", verify_.json, "As JSON");
  CLI::App* dispute = evidence->add_subcommand("dispute", "Says what the bundles of both parties show together.");
  dispute->add_option("ONE", dispute_.one, "The bundle of one party")->required();
  dispute->add_option("OTHER", dispute_.other, "The bundle of the other party")->required();
  AddKeys(dispute, dispute_.keys);
  dispute->add_flag("--json", dispute_.json, "As JSON");
  evidence->require_subcommand(1);
}

int EvidenceGrammar::RunExport(const StoreTools& stores, const Console& console) const {
  if (export_.id.empty() == export_.folder.empty()) throw CLI::ValidationError("--id", "either it or --log is needed");
  return RunEvidenceExport(export_, stores, console);
}

int EvidenceGrammar::RunVerify(const Console& console) const {
  if (verify_.bundle.empty() == verify_.folder.empty()) {
    throw CLI::ValidationError("BUNDLE", "either it or --log is needed");
  }
  if (verify_.folder.empty() && (!verify_.key.empty() || !verify_.seen.empty() || !verify_.time_stamps.empty())) {
    throw CLI::ValidationError("--log", "is needed with --key, --seen and --time-stamps");
  }
  if (!verify_.folder.empty() && verify_.key.empty() == verify_.keys.node_map.empty()) {
    throw CLI::ValidationError("--key", "either it or --node-map is needed with --log");
  }
  return RunEvidenceVerify(verify_, console);
}

int EvidenceGrammar::Run(const StoreTools& stores, const Console& console) {
  const std::string name = evidence_->get_subcommands().front()->get_name();
  if (name == "export") return RunExport(stores, console);
  if (name == "erase") return RunEvidenceErase(erase_, stores, console);
  if (name == "list") return RunEvidenceList(list_config_, stores, console);
  if (name == "verify") return RunVerify(console);
  return RunEvidenceDispute(dispute_, console);
}

}  // namespace passerelle::gateway
