#include "gateway/cli/command_line.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "adapters/registry.h"
#include "core/base/one_line.h"
#include "core/base/problem.h"
#include "core/document/score.h"
#include "core/elm/labels/labels.h"
#include "core/recognition/clocks.h"
#include "gateway/cli/case_grammar.h"
#include "gateway/cli/catalogue_grammar.h"
#include "gateway/cli/conformance_command.h"
#include "gateway/cli/demo.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/evidence_grammar.h"
#include "gateway/cli/federation_grammar.h"
#include "gateway/cli/grade_command.h"
#include "gateway/cli/issue_grammar.h"
#include "gateway/cli/key_grammar.h"
#include "gateway/cli/pathway_command.h"
#include "gateway/cli/recognition_commands.h"
#include "gateway/cli/statistics_command.h"
#include "gateway/cli/store_commands.h"
#include "gateway/cli/trust_grammar.h"
#include "gateway/cli/verify_grammar.h"

namespace passerelle::gateway {
namespace {

// A command: how it is written, and what it does once its arguments are understood. `run` throws CLI::ParseError for
// arguments that are well-formed but make no sense; it never leaves RunCommandLine.
struct Command {
  std::string usage;
  std::function<int()> run;
  int unwritten = kExitRefused;  // the exit code when the result could not be written
};

// The program's grammar. One object for one command line.
class Grammar {
 public:
  Grammar(const Console& console, const StoreTools& stores)
      : console_(console), stores_(stores), registry_(adapters::MakeRegistry()) {
    app_.set_version_flag("--version", std::string("passerelle ") + PASSERELLE_VERSION);
    AddDemo();
    AddServe();
    AddFormats();
    AddDetect();
    AddTranslate();
    AddCheck();
    AddVerify();
    AddConformance();
    AddRecognition();
    AddPathway();
    AddStatistics();
    AddCatalogue();
    AddTrust();
    AddFederation();
    AddKeys();
    AddStore();
    AddEvidence();
    AddVersion();
  }

  int Run(int argc, const char* const* argv);

 private:
  CLI::App* Add(const std::string& name, const std::string& description, const std::string& arguments) {
    CLI::App* command = app_.add_subcommand(name, description);
    commands_[command].usage = absl::StrCat("passerelle ", name, arguments.empty() ? "" : " ", arguments);
    return command;
  }

  void AddDemo();
  void AddServe();
  void AddFormats();
  void AddDetect();
  void AddTranslate();
  void AddCheck();
  void AddVerify();
  void AddConformance();
  void AddRecognition();
  void AddPathway();
  void AddStatistics();
  void AddCatalogue();
  void AddTrust();
  void AddFederation();
  void AddKeys();
  void AddStore();
  void AddEvidence();
  void AddVersion();
  int UsageError(const CLI::ParseError& error);
  // Ids of the formats that can be read, or written.
  std::string FormatsTo(absl::string_view direction) const;

  const Console& console_;
  const StoreTools& stores_;
  const document::Registry registry_;
  CLI::App app_{"Exchanges micro-credentials between national qualification systems.", "passerelle"};
  std::map<const CLI::App*, Command> commands_;

  // Where the parser puts what it finds; at most one command runs.
  std::string file_;
  std::vector<std::string> files_;
  bool json_ = false;
  TranslateRequest translate_;
  CheckRequest check_;
  std::optional<size_t> report_index_;
  std::string to_ = "elm";
  ServeRequest serve_;
  EvaluateRequest evaluate_;
  std::string evaluate_day_;
  std::string grade_comparison_;
  IssueGrammar issue_;
  CaseGrammar case_;
  PathwayRequest pathway_;
  StatisticsRequest statistics_;
  std::vector<std::string> cuts_;
  CatalogueGrammar catalogue_;
  std::string keep_;
  TrustGrammar trust_;
  FederationGrammar federation_;
  KeyGrammar keys_;
  StoreGrammar store_;
  EvidenceGrammar evidence_;
  VerifyGrammar verify_;
};

bool Can(const document::Adapter& adapter, absl::string_view direction) {
  const std::vector<std::string>& directions = adapter.Info().directions;
  return std::find(directions.begin(), directions.end(), direction) != directions.end();
}

std::string Grammar::FormatsTo(absl::string_view direction) const {
  std::vector<std::string> ids;
  if (direction == "write") ids.emplace_back("elm");
  for (const auto& adapter : registry_.adapters()) {
    if (Can(*adapter, direction) && adapter->Info().id != "elm") ids.push_back(adapter->Info().id);
  }
  if (direction == "read") ids.emplace_back("elm");
  return absl::StrJoin(ids, ", ");
}

void Grammar::AddDemo() {
  CLI::App* command = Add("demo", "Takes one micro-credential through three countries on this machine.",
                          "[--file FILE] [--keep FOLDER]");
  command->add_option("--file", file_, "A document of yours instead of the built-in one");
  command->add_option("--keep", keep_, "New folder in which everything is left to look at");
  commands_[command].run = [this] {
    DemoRequest request;
    if (!file_.empty()) request.file = file_;
    request.keep = keep_;
    request.colours = isatty(STDOUT_FILENO) != 0;
    return RunDemo(registry_, request, console_);
  };
}

void Grammar::AddServe() {
  CLI::App* command = Add("serve", "Runs a node until it is told to stop.",
                          "--config FILE [--set KEY=VALUE] [--check-config] [--print-config] [--stop-with-stdin]");
  command->add_option("--config", serve_.config, "Configuration of the node, YAML")->required();
  command
      ->add_option("--set", serve_.set,
                   "A key in the place of the file's and the environment's, client_port.listen=...")
      ->allow_extra_args(false);
  command->add_flag("--print-config", serve_.print, "Only print the configuration as it counts, without secrets");
  command->add_flag("--check-config", serve_.check_only, "Only check everything that the configuration names");
  command->add_flag("--stop-with-stdin", serve_.stop_with_stdin, "Stop when standard input ends");
  commands_[command].run = [this] { return RunServe(adapters::MakeRegistry(), serve_, stores_, console_); };
}

void Grammar::AddFormats() {
  CLI::App* command = Add("formats", "Lists the formats that can be read.", "[--json]");
  command->add_flag("--json", json_, "As JSON");
  commands_[command].run = [this] { return RunFormats(registry_, json_, console_); };
}

void Grammar::AddDetect() {
  CLI::App* command = Add("detect", "Says which format files are in.", "FILE... [--json]");
  command->add_option("FILE", files_, "Files; - for standard input")->required();
  command->add_flag("--json", json_, "As JSON");
  commands_[command].run = [this] { return RunDetect(registry_, files_, json_, console_); };
}

void AddSealOptions(CLI::App* command, SealRequest& seal) {
  CLI::Option* const key = command->add_option(
      "--seal", seal.key, "Private key to seal the translation with: a PEM file, or a PKCS#11 URI (RFC 7512)");
  command
      ->add_option("--certificate", seal.certificate, "PEM file with the certificate of that key, and those above it")
      ->needs(key);
  command->add_option("--time-stamps", seal.time_stamps, "URL of an authority for time-stamps (RFC 3161)")->needs(key);
}

void CheckSealOptions(const TranslateRequest& request, const std::string& to) {
  if (request.seal.key.empty()) return;
  if (request.seal.certificate.empty()) throw CLI::ValidationError("--seal", "needs --certificate");
  if (to != "elm" && to != "elmo") throw CLI::ValidationError("--seal", "seals elm and elmo only");
  if (request.pretty) throw CLI::ValidationError("--seal", "cannot be combined with --pretty");
  if (!request.seal.time_stamps.empty() && to != "elm") throw CLI::ValidationError("--time-stamps", "is for elm only");
}

void Grammar::AddTranslate() {
  CLI::App* command =
      Add("translate", "Translates a document into the European Learning Model, or into another format.",
          "FILE [--from ID] [--to ID] [--report REPORT] [--refuse-loss level,...] [--report-index N] [--pretty] "
          "[--explain] [--seal KEY --certificate CERTIFICATE [--time-stamps URL]]");
  command->add_option("FILE", translate_.file, "The document; - for standard input")->required();
  command->add_option("--from", translate_.options.from, "Format of the document; found out when not given");
  command->add_option("--to", to_, "Format to translate into; elm when not given");
  command->add_option("--report", translate_.report_file, "File to write the account of the translation to, as JSON");
  command
      ->add_option("--refuse-loss", translate_.options.refuse_loss,
                   "Elements of Annex I without which there is to be no translation: A1-M08 and the like, outcomes, "
                   "workload, level, assessment, quality-assurance, or decision for these five")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--report-index", report_index_, "Which of several reports in one document to take, from 0")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--pretty", translate_.pretty, "Indented");
  command->add_flag("--explain", translate_.explain, "The whole account of the translation on standard error");
  AddSealOptions(command, translate_.seal);
  commands_[command].run = [this] {
    const document::Adapter* const target = registry_.Find(to_);
    if (target == nullptr || (to_ != "elm" && !Can(*target, "write"))) {
      throw CLI::ValidationError("--to", "must be one of " + FormatsTo("write"));
    }
    translate_.options.to = to_;
    translate_.options.catalogues = true;
    if (!translate_.options.from.empty() && registry_.Find(translate_.options.from) == nullptr) {
      throw CLI::ValidationError("--from", "must be one of " + FormatsTo("read"));
    }
    const auto elements = document::ElementsOf(translate_.options.refuse_loss);
    if (!elements.ok()) throw CLI::ValidationError("--refuse-loss", base::DetailOf(elements.status()));
    translate_.options.import.list_mapped = !translate_.report_file.empty();
    translate_.options.import.report_index = report_index_;
    translate_.options.import.translation_time = absl::Now();
    CheckSealOptions(translate_, to_);
    translate_.seal.at = absl::Now();
    return RunTranslate(registry_, translate_, console_);
  };
}

void Grammar::AddCheck() {
  CLI::App* command = Add("check", "Checks a document against the European Learning Model and Annex I.",
                          "FILE [--json] [--lang CODE] [--skills FILE]...");
  command->add_option("FILE", check_.file, "The document; - for standard input")->required();
  command->add_flag("--json", check_.json, "As JSON");
  command->add_option("--lang", check_.language, "An official language of the Union, such as bg; en when not given");
  command->add_option("--skills", check_.skills, "Collection of skills from which tags follow, YAML")
      ->allow_extra_args(false);
  commands_[command].run = [this] {
    if (!check_.language.empty() && !elm::IsLabelLanguage(check_.language)) {
      throw CLI::ValidationError("--lang", "must be one of " + absl::StrJoin(elm::LabelLanguages(), ", "));
    }
    return RunCheck(registry_, check_, console_);
  };
}

void Grammar::AddVerify() {
  CLI::App* command =
      Add("verify", "Judges whether a document is genuine, from what is at hand.", VerifyGrammar::kUsage);
  verify_.AddTo(command);
  commands_[command].run = [this] { return verify_.Run(registry_, console_); };
  // No answer is never a no.
  commands_[command].unwritten = kExitNotEstablished;
}

void Grammar::AddConformance() {
  CLI::App* command = Add("conformance", "Judges suites of test vectors with this program.", "FOLDER... [--json]");
  command->add_option("FOLDER", files_, "Folders with a cases.tsv in or below them")->required();
  command->add_flag("--json", json_, "As JSON");
  commands_[command].run = [this] { return RunConformance(files_, json_, console_); };
}

void Grammar::AddRecognition() {
  CLI::App* command =
      Add("recognition", "Recognition policies, and the cases of a node.",
          absl::StrCat(
              "check POLICY... [--json] | evaluate --policy POLICY --case FILE [--register-facts FILE]... [--at DAY] "
              "[--json] | grade FILE [--json] | ",
              IssueGrammar::kUsage, " | ", CaseGrammar::kUsage));
  CLI::App* check = command->add_subcommand("check", "Whether policies can go live: puts them to their own tests.");
  check->add_option("POLICY", files_, "Policies, YAML")->required();
  check->add_flag("--json", json_, "As JSON");
  CLI::App* evaluate = command->add_subcommand("evaluate", "A dry run of a policy over a case, rule by rule.");
  evaluate->add_option("--policy", evaluate_.policy, "The policy, YAML")->required();
  evaluate->add_option("--case", evaluate_.case_file, "A document, - for standard input; or a case file, .yaml")
      ->required();
  evaluate
      ->add_option("--register-facts", evaluate_.register_facts,
                   "Snapshots of registers of qualifications and awarding bodies, YAML")
      ->allow_extra_args(false);
  evaluate->add_option("--at", evaluate_day_, "Day to judge for, where the case names none; today when not given");
  evaluate->add_flag("--json", evaluate_.json, "As JSON");
  CLI::App* grade = command->add_subcommand("grade", "A grade in the grades of another system, by two grading tables.");
  grade->add_option("FILE", grade_comparison_, "The grade and the two tables, YAML")->required();
  grade->add_flag("--json", json_, "As JSON");
  issue_.AddTo(command);
  case_.AddTo(command);
  commands_[command].run = [this, command, check, grade] {
    if (command->get_subcommands().empty()) {
      throw CLI::RequiredError("check, evaluate, grade, issue, letter, status, list, show or step");
    }
    if (issue_.parsed()) return issue_.Run(registry_, console_);
    if (case_.parsed()) return case_.Run(console_);
    if (check->parsed()) return RunRecognitionCheck(files_, json_, console_);
    if (grade->parsed()) return RunGrade(grade_comparison_, json_, console_);
    evaluate_.at = absl::Now();
    if (!evaluate_day_.empty()) {
      const auto day = recognition::ParseDay(evaluate_day_);
      if (!day.has_value()) throw CLI::ValidationError("--at", "must be a day such as 2026-01-31");
      evaluate_.at = absl::FromCivil(*day, absl::UTCTimeZone());
    }
    return RunEvaluate(registry_, evaluate_, console_);
  };
}

void Grammar::AddPathway() {
  CLI::App* command = Add("pathway", "Pathways, by which micro-credentials stack up.",
                          "evaluate --pathway PATHWAY FILE... [--items ITEMS] [--facts FACTS] [--at DAY] [--lang CODE] "
                          "[--json]");
  CLI::App* evaluate = command->add_subcommand("evaluate", "What a pathway makes of credentials, rule by rule.");
  evaluate->add_option("--pathway", pathway_.pathway, "The pathway, YAML")->required();
  evaluate->add_option("FILE", pathway_.files, "Credentials of any format; - for standard input");
  evaluate->add_option("--items", pathway_.items, "Achievements that stand in no document, YAML");
  evaluate->add_option("--facts", pathway_.facts, "What is known of the achievements besides, YAML");
  evaluate->add_option("--at", pathway_.day, "Day of the evaluation, such as 2026-01-31; today when not given");
  evaluate->add_option("--lang", pathway_.language, "Official language of the Union for the notice, such as bg");
  evaluate->add_flag("--json", pathway_.json, "As JSON");
  commands_[command].run = [this, command] {
    if (command->get_subcommands().empty()) throw CLI::RequiredError("evaluate");
    if (pathway_.files.empty() && pathway_.items.empty()) throw CLI::RequiredError("FILE");
    if (!pathway_.language.empty() && !elm::IsLabelLanguage(pathway_.language)) {
      throw CLI::ValidationError("--lang", "must be one of " + absl::StrJoin(elm::LabelLanguages(), ", "));
    }
    if (pathway_.day.empty()) pathway_.day = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
    return RunPathway(registry_, pathway_, console_);
  };
}

void Grammar::AddStatistics() {
  CLI::App* command = Add("statistics", "Statistics that tell nothing about a person.",
                          "publish --events FILE... --node ID --year YEAR --out FOLDER [--cube I02=country,level]... "
                          "[--rounded]");
  CLI::App* publish = command->add_subcommand("publish", "Makes the cubes of a year from events.");
  statistics::PublishRequest& request = statistics_.publish;
  publish->add_option("--events", statistics_.events, "Events, one a line as JSON; - for standard input")->required();
  publish->add_option("--node", request.node, "Node that publishes, such as NO")->required();
  publish->add_option("--year", request.period, "Year, such as 2026")->required();
  publish->add_option("--out", statistics_.out, "Folder to write the cubes to")->required();
  publish->add_option("--cube", cuts_, "An indicator with its dimensions, at most four; all indicators when not given");
  publish->add_flag("--rounded", request.rounded, "Round the counts that are not confidential");
  commands_[command].run = [this, command] {
    if (command->get_subcommands().empty()) throw CLI::RequiredError("publish");
    if (cuts_.empty()) statistics_.publish.cuts = statistics::UsualCuts();
    for (const std::string& text : cuts_) {
      const absl::StatusOr<statistics::Cut> cut = statistics::ParseCut(text);
      if (!cut.ok()) throw CLI::ValidationError("--cube", base::DetailOf(cut.status()));
      statistics_.publish.cuts.push_back(*cut);
    }
    return RunStatistics(statistics_, console_);
  };
}

void Grammar::AddCatalogue() {
  CLI::App* command = Add("catalogue", "Keeps and searches offers of micro-credentials.", CatalogueGrammar::kUsage);
  catalogue_.AddTo(command);
  commands_[command].run = [this] { return catalogue_.Run(registry_, console_); };
}

void Grammar::AddTrust() {
  CLI::App* command = Add("trust", "Makes, signs, shows and checks trust bundles.", TrustGrammar::kUsage);
  trust_.AddTo(command);
  commands_[command].run = [this] { return trust_.Run(console_); };
}

void Grammar::AddEvidence() {
  CLI::App* command = Add("evidence", "Shows what was sent, received and answered.", EvidenceGrammar::kUsage);
  evidence_.AddTo(command);
  commands_[command].run = [this] { return evidence_.Run(stores_, console_); };
}

void Grammar::AddFederation() {
  CLI::App* command = Add("federation", "Makes, signs, shows and asks the node map.", FederationGrammar::kUsage);
  federation_.AddTo(command);
  commands_[command].run = [this] { return federation_.Run(console_); };
}

void Grammar::AddKeys() {
  CLI::App* command = Add("keys", "Makes, shows and replaces the keys of a node.", KeyGrammar::kUsage);
  keys_.AddTo(command);
  commands_[command].run = [this] { return keys_.Run(console_); };
}

void Grammar::AddStore() {
  CLI::App* command =
      Add("store", "Makes, checks, copies, backs up and restores the store of a node.", StoreGrammar::kUsage);
  store_.AddTo(command);
  commands_[command].run = [this] { return store_.Run(stores_, console_); };
}

void Grammar::AddVersion() {
  CLI::App* command = Add("version", "Names the version of this program.", "");
  commands_[command].run = [this] {
    console_.out << "passerelle " << PASSERELLE_VERSION << "\n";
    return kExitDone;
  };
}

// The usage of a command with commands of its own (alternatives, with a legend after a semicolon): of the chosen one
// alone.
std::string UsageOf(const std::string& usage, const CLI::App& command) {
  const std::vector<CLI::App*> chosen = command.get_subcommands();
  if (chosen.empty()) return usage;
  const std::string head = absl::StrCat("passerelle ", command.get_name(), " ");
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(absl::StripPrefix(usage, head), absl::MaxSplits("; ", 1));
  std::vector<std::string> kept = absl::StrSplit(parts.first, " | ");
  const std::string name = absl::StrCat(chosen.front()->get_name(), " ");
  kept.erase(std::remove_if(kept.begin(), kept.end(),
                            [&](const std::string& other) { return !absl::StartsWith(other, name); }),
             kept.end());
  if (kept.empty()) return usage;
  const std::string alone = absl::StrCat(head, absl::StrJoin(kept, " | "));
  // A legend tells of a word of the usage, or of all commands.
  const std::string word = parts.second.substr(0, parts.second.find(' '));
  const bool told = word == "all" || (!word.empty() && absl::StrContains(alone, word));
  return told ? absl::StrCat(alone, "; ", parts.second) : alone;
}

// One line: what is wrong, and what to write.
int Grammar::UsageError(const CLI::ParseError& error) {
  const std::string what = base::OneLine(absl::StrReplaceAll(error.what(), {{"\n", " "}}));
  const std::vector<CLI::App*> chosen = app_.get_subcommands();
  if (!chosen.empty()) {
    console_.err << "passerelle " << chosen.front()->get_name() << ": " << absl::StripAsciiWhitespace(what)
                 << "; write: " << UsageOf(commands_[chosen.front()].usage, *chosen.front()) << "\n";
    return kExitUsage;
  }
  const std::string names = absl::StrJoin(app_.get_subcommands(nullptr), ", ", [](std::string* out, CLI::App* command) {
    out->append(command->get_name());
  });
  console_.err << "passerelle: " << absl::StripAsciiWhitespace(what) << "; write: passerelle COMMAND, one of " << names
               << "; passerelle COMMAND --help tells more\n";
  return kExitUsage;
}

int Grammar::Run(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
    const std::vector<CLI::App*> chosen = app_.get_subcommands();
    if (chosen.empty()) throw CLI::RequiredError("A command");
    const Command& command = commands_[chosen.front()];
    const int code = command.run();
    console_.out.flush();
    if (console_.out) return code;
    console_.err << "OUTPUT_NOT_WRITABLE at standard output: the result could not be written\n";
    return command.unwritten;
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> chosen = app_.get_subcommands();
    console_.out << (chosen.empty() ? app_.help() : chosen.front()->help());
    return kExitDone;
  } catch (const CLI::CallForVersion& version) {
    console_.out << version.what() << "\n";
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    return UsageError(error);
  }
}

}  // namespace

int RunCommandLine(int argc, const char* const* argv, const StoreTools& stores, const Console& console) {
  return std::make_unique<Grammar>(console, stores)->Run(argc, argv);
}

}  // namespace passerelle::gateway
