#include "gateway/cli/store_commands.h"

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/node_config.h"
#include "gateway/config/overrides.h"

namespace passerelle::gateway {
namespace {

int Refuse(const absl::Status& problem, const Console& console) {
  PrintProblem(problem, console);
  return kExitRefused;
}

int PrintReport(const absl::StatusOr<StoreReport>& report, absl::string_view whole, const Console& console) {
  if (!report.ok()) return Refuse(report.status(), console);
  console.out << "schema " << report->schema_version << "\n";
  for (const TableCount& table : report->tables) console.out << table.table << "  " << table.records << "\n";
  for (const std::string& finding : report->findings) console.out << finding << "\n";
  if (!report->findings.empty()) return kExitRefused;
  console.out << whole << "\n";
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
  json.Key("findings");
  json.BeginArray();
  for (const std::string& finding : report.findings) json.String(finding);
  json.EndArray();
  json.EndObject();
  return out;
}

}  // namespace

void StoreGrammar::AddTo(CLI::App* store) {
  store_ = store;
  CLI::App* migrate = store->add_subcommand("migrate", "Makes the store, or brings it up to date.");
  CLI::App* check = store->add_subcommand("check", "Reads all of the store and says what it holds.");
  check->add_flag("--json", json_, "As JSON");
  CLI::App* back_up = store->add_subcommand("backup", "Copies the store into a file, while the node runs or not.");
  back_up->add_option("--to", file_, "New file to write to")->required();
  CLI::App* restore = store->add_subcommand("restore", "Puts a backup in the place of the store of a stopped node.");
  restore->add_option("--from", file_, "File of a backup")->required();
  for (CLI::App* each : {migrate, check, back_up, restore}) {
    each->add_option("--config", config_, "Configuration of the node, YAML")->required();
    each->add_option("--set", set_, "A key in the place of the file's and the environment's")->allow_extra_args(false);
  }
  CLI::App* copy = store->add_subcommand("copy", "Copies the store of a stopped node into an empty one.");
  copy->add_option("--from", from_, "Configuration of the node with the store to copy, YAML")->required();
  copy->add_option("--to", to_, "The same with the store to copy into")->required();
  store->require_subcommand(1);
}

int StoreGrammar::Migrate(const config::v1::NodeConfig& config, const StoreTools& tools, const Console& console) const {
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

int StoreGrammar::Check(const config::v1::NodeConfig& config, const StoreTools& tools, const Console& console) const {
  const absl::StatusOr<StoreReport> report = tools.check(config);
  if (!json_ || !report.ok()) return PrintReport(report, "The store is whole.", console);
  console.out << ReportJson(*report) << "\n";
  return report->findings.empty() ? kExitDone : kExitRefused;
}

int StoreGrammar::Copy(const StoreTools& tools, const Console& console) const {
  const auto from = LoadNodeConfig(from_);
  if (!from.ok()) return Refuse(from.status(), console);
  const auto to = LoadNodeConfig(to_);
  if (!to.ok()) return Refuse(to.status(), console);
  if (from->node() != to->node()) {
    return Refuse(base::Problem(base::Reason::kConfigInvalid, absl::StrCat(to_, ": node"),
                                "a store belongs to one node, and this is another one"),
                  console);
  }
  return PrintReport(tools.copy(*from, *to), "Every record is there, byte for byte.", console);
}

int StoreGrammar::Run(const StoreTools& tools, const Console& console) const {
  const std::string name = store_->get_subcommands().front()->get_name();
  if (name == "copy") return Copy(tools, console);
  const auto overrides = AllOverrides(set_);
  if (!overrides.ok()) return Refuse(overrides.status(), console);
  const auto config = LoadNodeConfig(config_, *overrides);
  if (!config.ok()) return Refuse(config.status(), console);
  if (name == "migrate") return Migrate(*config, tools, console);
  if (name == "check") return Check(*config, tools, console);
  if (name == "backup") return PrintReport(tools.back_up(*config, file_), "The backup is whole: " + file_, console);
  return PrintReport(tools.restore(*config, file_), "The store holds what the backup held.", console);
}

}  // namespace passerelle::gateway
