#include "gateway/cli/store_commands.h"

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/node_config.h"

namespace passerelle::gateway {
namespace {

int Refuse(const absl::Status& problem, const Console& console) {
  PrintProblem(problem, console);
  return kExitRefused;
}

int PrintReport(const StoreReport& report, absl::string_view verb, const Console& console) {
  console.out << report.kind << ", schema " << report.schema_version << "\n";
  for (const TableCount& table : report.tables) console.out << table.table << "  " << table.records << "\n";
  for (const std::string& finding : report.findings) console.out << finding << "\n";
  if (report.findings.empty()) console.out << verb << "\n";
  return report.findings.empty() ? kExitDone : kExitRefused;
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

int RunMigrate(const std::string& path, const StoreTools& tools, const Console& console) {
  const auto config = LoadNodeConfig(path);
  if (!config.ok()) return Refuse(config.status(), console);
  const absl::StatusOr<Migration> migration = tools.migrate(*config);
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

int RunCheck(const std::string& path, bool json, const StoreTools& tools, const Console& console) {
  const auto config = LoadNodeConfig(path);
  if (!config.ok()) return Refuse(config.status(), console);
  const absl::StatusOr<StoreReport> report = tools.check(*config);
  if (!report.ok()) return Refuse(report.status(), console);
  if (!json) return PrintReport(*report, "Nothing is wrong with it.", console);
  console.out << ReportJson(*report) << "\n";
  return report->findings.empty() ? kExitDone : kExitRefused;
}

int RunCopy(const std::string& from, const std::string& to, const StoreTools& tools, const Console& console) {
  const auto source = LoadNodeConfig(from);
  if (!source.ok()) return Refuse(source.status(), console);
  const auto target = LoadNodeConfig(to);
  if (!target.ok()) return Refuse(target.status(), console);
  if (source->node() != target->node()) {
    return Refuse(base::Problem(base::Reason::kConfigInvalid, absl::StrCat(to, ": node"),
                                "a store belongs to one node, and this is another one"),
                  console);
  }
  const absl::StatusOr<StoreReport> report = tools.copy(*source, *target);
  if (!report.ok()) return Refuse(report.status(), console);
  return PrintReport(*report, "Every record is there, byte for byte.", console);
}

}  // namespace

void StoreGrammar::AddTo(CLI::App* store) {
  store_ = store;
  constexpr char kConfig[] = "Configuration of the node, YAML";
  CLI::App* migrate = store->add_subcommand("migrate", "Makes the store, or brings it up to date.");
  migrate->add_option("--config", config_, kConfig)->required();
  CLI::App* check = store->add_subcommand("check", "Reads everything in the store; a running node may go on.");
  check->add_option("--config", config_, kConfig)->required();
  check->add_flag("--json", json_, "As JSON");
  CLI::App* copy = store->add_subcommand("copy", "Copies a store into an empty one; the node must be stopped.");
  copy->add_option("--from", from_, "Configuration of the node with the store to copy, YAML")->required();
  copy->add_option("--to", to_, "The same with the store to copy into")->required();
  store->require_subcommand(1);
}

int StoreGrammar::Run(const StoreTools& tools, const Console& console) const {
  const std::string name = store_->get_subcommands().front()->get_name();
  if (name == "migrate") return RunMigrate(config_, tools, console);
  if (name == "check") return RunCheck(config_, json_, tools, console);
  return RunCopy(from_, to_, tools, console);
}

}  // namespace passerelle::gateway
