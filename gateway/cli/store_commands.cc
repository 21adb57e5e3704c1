#include "gateway/cli/store_commands.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/node_config.h"
#include "gateway/config/overrides.h"

namespace passerelle::gateway {
namespace {

bool IsWhole(const StoreReport& report) { return report.findings.empty() && report.risks.empty(); }

int PrintReport(const absl::StatusOr<StoreReport>& report, absl::string_view when_whole, const Console& console) {
  if (!report.ok()) return Refuse(report.status(), console);
  console.out << report->kind << ", schema " << report->schema_version << "\n";
  for (const TableCount& table : report->tables) console.out << table.table << "  " << table.records << "\n";
  for (const std::string& finding : report->findings) console.out << finding << "\n";
  for (const std::string& risk : report->risks) console.out << risk << "\n";
  if (!IsWhole(*report)) return kExitRefused;
  console.out << when_whole << "\n";
  return kExitDone;
}

std::string ReportJson(const StoreReport& report) {
  std::string out;
  base::JsonWriter json(out);
  json.BeginObject();
  json.Member("kind", report.kind);
  json.Member("schema_version", report.schema_version);
  json.Key("tables");
  json.BeginObject();
  for (const TableCount& table : report.tables) json.Member(table.table, table.records);
  json.EndObject();
  for (const auto& [key, sentences] : {std::pair("findings", &report.findings), std::pair("risks", &report.risks)}) {
    json.Key(key);
    json.BeginArray();
    for (const std::string& sentence : *sentences) json.String(sentence);
    json.EndArray();
  }
  json.EndObject();
  return out;
}

absl::StatusOr<config::v1::NodeConfig> LoadConfig(const StoreRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<ConfigOverride> overrides, AllOverrides(request.set));
  return LoadNodeConfig(request.config, overrides);
}

int RunMigrate(const config::v1::NodeConfig& config, const StoreTools& tools, const Console& console) {
  const absl::StatusOr<Migration> migration = tools.migrate(config);
  if (!migration.ok()) return Refuse(migration.status(), console);
  if (migration->from == migration->to) {
    console.out << "The store has schema " << migration->to << " already.\n";
  } else if (migration->from == 0) {
    console.out << "The store was made, with schema " << migration->to << ".\n";
  } else {
    console.out << "The store went from schema " << migration->from << " to " << migration->to << ".\n";
  }
  return kExitDone;
}

int RunCheck(const config::v1::NodeConfig& config, bool json, const StoreTools& tools, const Console& console) {
  const absl::StatusOr<StoreReport> report = tools.check(config);
  if (!json || !report.ok()) return PrintReport(report, "The store is whole.", console);
  console.out << ReportJson(*report) << "\n";
  return IsWhole(*report) ? kExitDone : kExitRefused;
}

// The two files say each for itself where the store is; an override would make them the same.
absl::StatusOr<StoreReport> Copy(const StoreRequest& request, const StoreTools& tools) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig source, LoadNodeConfig(request.from, {}));
  ASSIGN_OR_RETURN(const config::v1::NodeConfig target, LoadNodeConfig(request.to, {}));
  if (source.node() != target.node()) {
    return base::Problem(base::Reason::kConfigInvalid, absl::StrCat(request.to, ": node"),
                         "a store belongs to one node, and this is another one");
  }
  return tools.copy(source, target);
}

}  // namespace

CLI::App* StoreGrammar::AddWithConfig(const std::string& name, const std::string& description) {
  CLI::App* command = store_->add_subcommand(name, description);
  command->add_option("--config", request_.config, "Configuration of the node, YAML")->required();
  command->add_option("--set", request_.set, "A key in the place of the file's and the environment's")
      ->allow_extra_args(false);
  return command;
}

void StoreGrammar::AddTo(CLI::App* store) {
  store_ = store;
  AddWithConfig("migrate", "Makes the store, or brings it up to date.");
  CLI::App* check = AddWithConfig("check", "Reads everything in the store; a running node may go on.");
  check->add_flag("--json", request_.json, "As JSON");
  CLI::App* copy = store->add_subcommand("copy", "Copies a store into an empty one; the node must be stopped.");
  copy->add_option("--from", request_.from, "Configuration of the node with the store to copy, YAML")->required();
  copy->add_option("--to", request_.to, "The same with the store to copy into")->required();
  CLI::App* back_up = AddWithConfig("backup", "Copies a store in SQLite into a file, while the node runs or not.");
  back_up->add_option("--to", request_.to, "New file to write to")->required();
  CLI::App* restore = AddWithConfig("restore", "Puts a backup in the place of the store of a stopped node.");
  restore->add_option("--from", request_.from, "File of a backup")->required();
  store->require_subcommand(1);
}

int StoreGrammar::Run(const StoreTools& tools, const Console& console) const {
  const std::string name = store_->get_subcommands().front()->get_name();
  if (name == "copy") return PrintReport(Copy(request_, tools), "Every record is there, byte for byte.", console);
  const absl::StatusOr<config::v1::NodeConfig> config = LoadConfig(request_);
  if (!config.ok()) return Refuse(config.status(), console);
  if (name == "migrate") return RunMigrate(*config, tools, console);
  if (name == "check") return RunCheck(*config, request_.json, tools, console);
  if (name == "backup") {
    return PrintReport(tools.back_up(*config, request_.to), "The backup is whole: " + request_.to, console);
  }
  return PrintReport(tools.restore(*config, request_.from), "The store holds what the backup held.", console);
}

}  // namespace passerelle::gateway
