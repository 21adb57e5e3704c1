#include "gateway/cli/catalogue_grammar.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace passerelle::gateway {

void CatalogueGrammar::AddTo(CLI::App* catalogue) {
  catalogue_ = catalogue;
  CLI::App* harvest = catalogue->add_subcommand("harvest", "Takes the whole catalogue of a source.");
  harvest->add_option("--index", harvest_.index, "File in which offers are kept; made where there is none")->required();
  harvest->add_option("--source", harvest_.source, "Who publishes, YAML")->required();
  harvest->add_option("CATALOGUE", harvest_.files, "The catalogue, in one file or several")->required();
  harvest->add_option("--at", day_, "Day of the harvest, such as 2026-01-31; today when not given");
  harvest->add_flag("--allow-shrinking", harvest_.allow_shrinking, "Also when more than half of the offers are gone");
  CLI::App* search = catalogue->add_subcommand("search", "Finds offers.");
  search->add_option("--index", search_.index, "File in which offers are kept")->required()->check(CLI::ExistingFile);
  search->add_option("WORDS", search_.query.text, "Words that the offer has, in any of its languages");
  search->add_option("--country", search_.query.country, "Country of the provider, such as NO");
  search->add_option("--provider-type", search_.query.provider_type, "Type of provider");
  search->add_option("--field", search_.query.field, "Field of ISCED-F, and all below it");
  search->add_option("--language", search_.query.language, "Language of the learning, such as nb");
  search->add_option("--mode", search_.query.mode, "Mode of learning, by the code of the European vocabulary");
  search->add_option("--level", search_.query.least_level, "Least level of the European Qualifications Framework");
  search->add_option("--level-most", search_.query.most_level, "Highest level");
  search->add_option("--credits", search_.query.least_credits, "Least ECTS credits");
  search->add_option("--credits-most", search_.query.most_credits, "Most ECTS credits");
  search->add_option("--after", search_.query.after, "Id of the last offer of the page before");
  search->add_option("--limit", search_.query.limit, "Offers of a page; 20");
  search->add_flag("--json", search_.json, "As JSON");
  CLI::App* changes = catalogue->add_subcommand("changes", "Lists what has changed, as JSON lines.");
  changes->add_option("--index", search_.index, "File in which offers are kept")->required()->check(CLI::ExistingFile);
  changes->add_option("--after", after_, "Number of the last change that you have");
  CLI::App* checklist = catalogue->add_subcommand("checklist", "The ten principles of Annex II of a provider.");
  checklist->add_option("PROFILE", profile_, "What the provider states, YAML")->required();
  checklist->add_option("--at", day_, "Day to judge for; today when not given");
  catalogue->require_subcommand(1);
}

int CatalogueGrammar::Run(const document::Registry& registry, const Console& console) {
  const std::string name = catalogue_->get_subcommands().front()->get_name();
  if (day_.empty()) day_ = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  harvest_.day = day_;
  if (name == "harvest") return RunHarvest(registry, harvest_, console);
  if (name == "search") return RunSearch(search_, console);
  if (name == "changes") return RunChanges(search_.index, after_, console);
  return RunChecklist(profile_, day_, console);
}

}  // namespace passerelle::gateway
