#include "gateway/cli/catalogue_grammar.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/catalogue/open_offers.h"

namespace passerelle::gateway {
namespace {

// An enum value by its short name in any case. Throws CLI::ValidationError with the option.
template <typename Enum>
Enum ValueOf(const std::string& word, const std::string& prefix, const std::string& option) {
  const auto* const type = google::protobuf::GetEnumDescriptor<Enum>();
  const auto* const value = type->FindValueByName(absl::StrCat(prefix, absl::AsciiStrToUpper(word)));
  if (value != nullptr && value->number() != 0) return static_cast<Enum>(value->number());
  std::string names;
  for (int i = 1; i < type->value_count(); ++i) {
    absl::StrAppend(&names, i == 1 ? "" : ", ", absl::AsciiStrToLower(type->value(i)->name().substr(prefix.size())));
  }
  throw CLI::ValidationError(option, "must be one of " + names);
}

constexpr char kIndexHelp[] = "Where offers are kept: a file, made where there is none, or postgresql://...";

// A file that is there, or any database.
CLI::Validator ExistingIndex() {
  return CLI::Validator([](std::string& name) { return IsOfferFile(name) ? CLI::ExistingFile(name) : ""; }, "INDEX");
}

}  // namespace

void CatalogueGrammar::AddTo(CLI::App* catalogue) {
  catalogue_ = catalogue;
  CLI::App* harvest = catalogue->add_subcommand("harvest", "Takes the whole catalogue of a source.");
  harvest->add_option("--index", harvest_.index, kIndexHelp)->required();
  harvest->add_option("--source", harvest_.source, "Who publishes, YAML")->required();
  harvest->add_option("CATALOGUE", harvest_.paths, "The whole catalogue: files, or folders of them")->required();
  harvest->add_option("--skills", harvest_.skills, "Collection of skills from which tags of offers follow, YAML")
      ->allow_extra_args(false);
  harvest->add_option("--at", day_, "Day of the harvest, such as 2026-01-31; today when not given");
  harvest->add_flag("--allow-shrinking", harvest_.allow_shrinking, "Also when more than half of the offers are gone");
  harvest->add_flag("--read-all", harvest_.read_all, "Also files that have not changed since the harvest before");
  CLI::App* search = catalogue->add_subcommand("search", "Finds offers.");
  search->add_option("--index", search_.index, kIndexHelp)->required()->check(ExistingIndex());
  search->add_option("WORDS", search_.query.text, "Words that the offer has, in any of its languages");
  search->add_option("--country", search_.query.country, "Country of the provider, such as NO");
  search->add_option("--provider-type", search_.query.provider_type, "Type of provider");
  search->add_option("--field", search_.query.field, "Field of ISCED-F, and all below it");
  search->add_option("--language", search_.query.language, "Language of the learning, such as nb");
  search->add_option("--mode", search_.query.mode, "Mode of learning, by the code of the European vocabulary");
  search->add_option("--co-designed-by", search_.query.co_designed_by,
                     "Kind of those who designed it with the provider: SOCIAL_PARTNER, EMPLOYERS, WORKERS or OTHER");
  search->add_option("--co-designer", search_.query.co_designer, "One of those, by its identifier");
  search->add_option("--tag", search_.query.tag, "Tag that follows from its skills: DIGITAL or GREEN");
  search->add_option("--level", search_.query.least_level, "Least level of the European Qualifications Framework");
  search->add_option("--level-most", search_.query.most_level, "Highest level");
  search->add_option("--credits", search_.query.least_credits, "Least ECTS credits");
  search->add_option("--credits-most", search_.query.most_credits, "Most ECTS credits");
  search->add_option("--after", search_.query.after, "Id of the last offer of the page before");
  search->add_option("--limit", search_.query.limit, "Offers of a page; 20");
  search->add_flag("--json", search_.json, "As JSON");
  CLI::App* changes = catalogue->add_subcommand("changes", "Lists what has changed, as JSON lines.");
  changes->add_option("--index", search_.index, kIndexHelp)->required()->check(ExistingIndex());
  changes->add_option("--after", after_, "Number of the last change that you have");
  CLI::App* checklist = catalogue->add_subcommand("checklist", "The ten principles of Annex II of a provider.");
  checklist->add_option("PROFILE", profile_, "What the provider states, YAML")->required();
  checklist->add_option("--at", day_, "Day to judge for; today when not given");
  AddAccepts(catalogue);
  AddEligible(catalogue);
  catalogue->require_subcommand(1);
}

void CatalogueGrammar::AddAccepts(CLI::App* catalogue) {
  CLI::App* accepts = catalogue->add_subcommand("accepts", "Who accepts a credential, by published policies.");
  catalogue::PolicyQuestion& question = accepts_.question;
  accepts->add_option("--providers", accepts_.providers, "Providers and their policies, YAML")->required();
  accepts->add_option("--for", purpose_, "What for: credit, access or exemption; credit when not given");
  accepts->add_option("--level", question.eqf_level, "Level of the European Qualifications Framework");
  accepts->add_option("--credits", question.credits, "ECTS credits");
  accepts->add_option("--field", question.field, "Field of ISCED-F");
  accepts->add_option("--quality", quality_, "Kind of quality assurance that covers the award, such as esg")
      ->allow_extra_args(false);
  accepts->add_option("--awarded", question.awarded, "Day of the award");
  accepts->add_option("--country", question.country, "Country of the providers; all when not given");
  accepts->add_option("--at", day_, "Day on which the credential is brought; today when not given");
  accepts->add_flag("--json", accepts_.json, "As JSON");
}

void CatalogueGrammar::AddEligible(CLI::App* catalogue) {
  CLI::App* eligible = catalogue->add_subcommand("eligible", "Whether a learning account pays for an offer.");
  eligible->add_option("OFFER", eligible_.offer, "The offer, by its id")->required();
  eligible->add_option("--register", eligible_.account_register, "What accounts pay for, YAML")->required();
  eligible->add_option("--at", day_, "Day to judge for; today when not given");
}

int CatalogueGrammar::RunAcceptsCommand(const Console& console) {
  catalogue::PolicyQuestion& question = accepts_.question;
  question.day = day_;
  question.purpose = ValueOf<catalogue::v1::AcceptancePurpose>(purpose_, "ACCEPTANCE_PURPOSE_", "--for");
  for (const std::string& scheme : quality_) {
    question.quality_schemes.push_back(
        ValueOf<catalogue::v1::QualityAssuranceScheme>(scheme, "QUALITY_ASSURANCE_SCHEME_", "--quality"));
  }
  return RunAccepts(accepts_, console);
}

int CatalogueGrammar::Run(const document::Registry& registry, const Console& console) {
  const std::string name = catalogue_->get_subcommands().front()->get_name();
  if (day_.empty()) day_ = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  harvest_.day = day_;
  if (name == "harvest") return RunHarvest(registry, harvest_, console);
  if (name == "search") return RunSearch(search_, console);
  if (name == "changes") return RunChanges(search_.index, after_, console);
  if (name == "accepts") return RunAcceptsCommand(console);
  if (name == "eligible") {
    eligible_.day = day_;
    return RunEligible(eligible_, console);
  }
  return RunChecklist(profile_, day_, console);
}

}  // namespace passerelle::gateway
