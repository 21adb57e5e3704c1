#include "gateway/cli/federation_grammar.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/date_time.h"
#include "core/federation/node_map_check.h"
#include "core/federation/route.h"

namespace passerelle::gateway {
namespace {

constexpr char kAtHelp[] = "Point in time to judge for: 2026-01-31 or 2026-01-31T12:00:00Z";

absl::Time TimeOf(const std::string& option, const std::string& text) {
  const std::optional<absl::Time> time = base::ParseDateTime(text);
  if (!time) throw CLI::ValidationError(option, "must be a date or a date and time, such as 2026-01-31T12:00:00Z");
  return *time;
}

federation::v1::RoutePurpose PurposeOf(const std::string& option, const std::string& word) {
  const auto purpose = federation::PurposeByWord(word);
  if (purpose) return *purpose;
  throw CLI::ValidationError(option, "must be one of recognition, further-learning, employment, authenticity");
}

void CheckCountry(const std::string& country) {
  if (!federation::IsCountry(country))
    throw CLI::ValidationError("--country", "must be two capital letters such as NO");
}

void CheckField(const std::string& field) {
  if (!federation::IsField(field)) throw CLI::ValidationError("--field", "must be two to four digits of ISCED-F 2013");
}

// "6" or "5-8".
std::pair<uint32_t, uint32_t> LevelsOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '-');
  uint32_t low = 0;
  uint32_t high = 0;
  const bool read = parts.size() <= 2 && absl::SimpleAtoi(parts.front(), &low) && absl::SimpleAtoi(parts.back(), &high);
  if (!read || low < 1 || high > 8 || low > high) {
    throw CLI::ValidationError("--levels", "must be a level from 1 to 8, or two such as 5-8");
  }
  return {low, high};
}

}  // namespace

CLI::App* FederationGrammar::Add(const std::string& name, const std::string& description) {
  CLI::App* command = federation_->add_subcommand(name, description);
  command->add_flag("--json", json_, "As JSON");
  return command;
}

void FederationGrammar::AddTo(CLI::App* federation) {
  federation_ = federation;
  AddDraftCommands();
  AddSigningCommands();
  AddReadingCommands();
  federation->require_subcommand(1);
}

void FederationGrammar::AddDraftCommands() {
  CLI::App* init = Add("init", "Begins a federation: writes a draft with its first root.");
  init->add_option("--name", init_.name, "Name of the federation")->required();
  init->add_option("--authority", init_.authorities, "NAME=FILE: an authority and its public key, PEM")->required();
  init->add_option("--threshold", init_.threshold, "Signatures that a map needs")->required();
  init->add_option("--out", init_.out, "File to write the draft to")->required();
  CLI::App* add = Add("add", "Adds a node to a draft, or keys and a competence to a node of it.");
  add->add_option("DRAFT", add_.draft, "The draft, YAML")->required();
  add->add_option("--node", add_.node, "Id of the node")->required();
  add->add_option("--country", add_.country, "Country, ISO 3166-1 alpha-2");
  add->add_option("--authority", add_.authority, "Name of the competent authority");
  add->add_option("--endpoint", add_.endpoint, "Host and port for other nodes");
  add->add_option("--tls", add_.tls_certificates, "TLS certificates, PEM");
  add->add_option("--message-key", add_.message_keys, "Public keys of messages, PEM");
  add->add_option("--seal-key", add_.seal_keys, "Public keys or certificates of seals, PEM");
  add->add_option("--encryption-key", add_.encryption_keys, "Public keys that payloads are encrypted to, PEM");
  add->add_option("--from", from_, "From when these keys are active");
  add->add_option("--to", to_, "Until when these keys are active");
  add->add_option("--answers", answers_, "Purposes: recognition, further-learning, employment, authenticity");
  add->add_option("--levels", levels_, "Levels of the European Qualifications Framework: 6 or 5-8");
  add->add_option("--field", add_.fields, "Fields, ISCED-F 2013");
  CLI::App* propose = Add("propose", "Dates and numbers a draft, and writes what is to be signed.");
  propose->add_option("DRAFT", propose_.draft, "The draft, YAML")->required();
  propose->add_option("--present", propose_.present, "The signed map in force");
  propose->add_option("--out", propose_.out, "File to write to")->required();
  propose->add_option("--life", propose_.life_days, "Days that the map is current; 90")->check(CLI::Range(1, 366));
  propose->add_option("--grace", propose_.grace_days, "Days of grace after it; 14")->check(CLI::Range(0, 31));
  propose->add_option("--at", at_, "When it is issued, if not now");
}

void FederationGrammar::AddSigningCommands() {
  CLI::App* sign = Add("sign", "Adds a signature to a proposal.");
  sign->add_option("FILE", sign_.file, "The proposal")->required();
  sign->add_option("--key", sign_.key, "Private key of the authority: a PEM file, or a PKCS#11 URI")->required();
  sign->add_option("--out", sign_.out, "File to write to; the proposal itself when not given");
  CLI::App* combine = Add("combine", "Brings the signatures of several copies together.");
  combine->add_option("FILE", combine_.files, "The copies")->required();
  combine->add_option("--out", combine_.out, "File to write to")->required();
  CLI::App* publish = Add("publish", "Puts a signed map where a node reads it, if the node would take it.");
  publish->add_option("FILE", publish_.file, "The signed map")->required();
  publish->add_option("--root", publish_.root, "The federation root, YAML")->required();
  publish->add_option("--to", publish_.to, "The file that nodes read")->required();
  publish->add_option("--at", at_, kAtHelp);
}

void FederationGrammar::AddReadingCommands() {
  CLI::App* verify = Add("verify", "Says whether a node with this root takes the map.");
  verify->add_option("FILE", verify_.file, "The signed map; - for standard input")->required();
  verify->add_option("--root", verify_.root, "The federation root, YAML")->required();
  verify->add_option("--present", verify_.present, "The map in force, which this one is to replace");
  verify->add_option("--at", at_, kAtHelp);
  CLI::App* show = Add("show", "Shows what a map says, whoever signed it.");
  show->add_option("FILE", show_.file, "The map; - for standard input")->required();
  CLI::Option* yaml = show->add_flag("--yaml", yaml_, "Everything, as the draft for the next one");
  show->add_flag("--root", root_, "The federation root, as nodes are given it")->excludes(yaml);
  CLI::App* diff = Add("diff", "Shows what changes from one map or draft to another.");
  diff->add_option("BEFORE", before_, "The map before")->required();
  diff->add_option("AFTER", after_, "The map after")->required();
  CLI::App* route = Add("route", "Says which authority answers, and why.");
  route->add_option("--map", route_.map, "The signed map, or a draft")->required();
  route->add_option("--root", route_.root, "The federation root; without it the map is believed whoever signed it");
  route->add_option("--purpose", purpose_, "recognition, further-learning, employment or authenticity")->required();
  route->add_option("--country", country_, "Country, ISO 3166-1 alpha-2")->required();
  route->add_option("--level", level_, "Level of the European Qualifications Framework")->check(CLI::Range(1, 8));
  route->add_option("--field", field_, "Field, ISCED-F 2013");
  route->add_option("--at", at_, kAtHelp);
}

absl::Time FederationGrammar::At() const { return at_.empty() ? absl::Now() : TimeOf("--at", at_); }

int FederationGrammar::RunInit(const Console& console) {
  for (const std::string& authority : init_.authorities) {
    const size_t equals = authority.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == authority.size()) {
      throw CLI::ValidationError("--authority", "must be a name, \"=\" and a file");
    }
  }
  init_.json = json_;
  return RunFederationInit(init_, console);
}

int FederationGrammar::RunAdd(const Console& console) {
  if (!add_.country.empty()) CheckCountry(add_.country);
  if (!from_.empty()) add_.from = TimeOf("--from", from_);
  if (!to_.empty()) add_.to = TimeOf("--to", to_);
  for (const std::string& word : answers_) add_.answers.push_back(PurposeOf("--answers", word));
  for (const std::string& field : add_.fields) CheckField(field);
  if (!levels_.empty()) std::tie(add_.level_min, add_.level_max) = LevelsOf(levels_);
  if (add_.answers.empty() && !(levels_.empty() && add_.fields.empty())) {
    throw CLI::ValidationError("--answers", "is needed with --levels and --field");
  }
  add_.json = json_;
  return RunFederationAdd(add_, console);
}

int FederationGrammar::RunShow(const Console& console) {
  using Form = FederationShowRequest::Form;
  show_.form = yaml_ ? Form::kYaml : root_ ? Form::kRoot : json_ ? Form::kJson : Form::kText;
  return RunFederationShow(show_, console);
}

int FederationGrammar::RunRoute(const Console& console) {
  route_.question.set_purpose(PurposeOf("--purpose", purpose_));
  CheckCountry(country_);
  if (!field_.empty()) CheckField(field_);
  route_.question.set_country(country_);
  route_.question.set_level(level_);
  route_.question.set_field(field_);
  route_.at = At();
  route_.json = json_;
  return RunFederationRoute(route_, console);
}

int FederationGrammar::Run(const Console& console) {
  const std::string name = federation_->get_subcommands().front()->get_name();
  if (name == "init") return RunInit(console);
  if (name == "add") return RunAdd(console);
  if (name == "show") return RunShow(console);
  if (name == "route") return RunRoute(console);
  if (name == "diff") return RunFederationDiff(before_, after_, json_, console);
  if (name == "propose") {
    propose_.now = At();
    propose_.json = json_;
    return RunFederationPropose(propose_, console);
  }
  if (name == "sign") {
    sign_.json = json_;
    return RunFederationSign(sign_, console);
  }
  if (name == "combine") {
    combine_.json = json_;
    return RunFederationCombine(combine_, console);
  }
  if (name == "publish") {
    publish_.at = At();
    publish_.json = json_;
    return RunFederationPublish(publish_, console);
  }
  verify_.at = At();
  verify_.json = json_;
  return RunFederationVerify(verify_, console);
}

}  // namespace passerelle::gateway
