#include "core/statistics/indicators.h"

#include "absl/strings/str_split.h"

namespace passerelle::statistics {
namespace {

// What offers and awards can be broken down by.
constexpr absl::string_view kLearning =
    "country,provider_type,setting,level,basis,field,credits,mode,language,assessment_type,quality_assurance,"
    "stackable,nqf,tag,workload";

struct Written {
  absl::string_view id;
  absl::string_view title;
  Unit unit;
  Population population;
  absl::string_view condition;
  absl::string_view dimensions;
  absl::string_view usual_dimensions;
};

constexpr Written kWritten[] = {
    {"I01", "Offers on the reference day", Unit::kPublic, Population::kOffers, "", kLearning,
     "country,provider_type,level,field"},
    {"I02", "Micro-credentials issued", Unit::kPersons, Population::kAwards, "", kLearning,
     "country,provider_type,level"},
    {"I03", "Distinct holders, in this node alone", Unit::kPersons, Population::kHolders, "", "country,level,field",
     "country,level"},
    {"I04", "Offers by whether they state all mandatory elements of Annex I", Unit::kPublic, Population::kOffers, "",
     "provider_type,complete,country", "provider_type,complete"},
    {"I04E", "Mandatory elements of Annex I that offers lack", Unit::kPublic, Population::kOfferElements, "",
     "provider_type,element,country", "provider_type,element"},
    {"I05", "Providers by type and quality assurance", Unit::kProviders, Population::kProviders, "",
     "country,provider_type,status,external_qa,deqar", "provider_type,external_qa,deqar"},
    {"I06", "Providers with a published recognition policy", Unit::kProviders, Population::kProviders, "",
     "country,provider_type,recognition_policy", "provider_type,recognition_policy"},
    {"I07", "Micro-credentials included in a national qualifications framework", Unit::kPersons, Population::kAwards,
     "", "country,level,nqf", "country,level,nqf"},
    {"I08", "Recognition requests", Unit::kPersons, Population::kCases, "", "from,to,purpose,provider_type,route,state",
     "from,to,purpose,state"},
    {"I09", "Outcomes of recognition", Unit::kPersons, Population::kCases, "state=CLOSED",
     "from,to,purpose,provider_type,route,outcome", "from,to,outcome"},
    {"I10", "Reasons given", Unit::kPersons, Population::kReasons, "", "outcome,reason", "outcome,reason"},
    {"I11", "Time to decision, in days", Unit::kPersons, Population::kCases, "state=CLOSED",
     "authority,days,days_incomplete,over_limit", "authority,days,over_limit"},
    {"I12", "Rules of automatic recognition that were not met", Unit::kPersons, Population::kFailedRules, "",
     "from,to,rule", "from,to,rule"},
    {"I13", "Appeals", Unit::kPersons, Population::kCases, "state=CLOSED", "authority,appeal", "authority,appeal"},
    {"I14", "Evaluations of pathways", Unit::kPersons, Population::kStacks, "", "pathway_owner,level,outcome,gap",
     "pathway_owner,outcome,gap"},
    {"I15", "Authenticity questions across borders", Unit::kPersons, Population::kVerifications, "",
     "from,to,result,format", "from,to,result"},
    {"I16", "Sharing acts of holders", Unit::kPersons, Population::kSharing, "", "purpose,result", "purpose,result"},
    {"I17", "Offers eligible for individual learning accounts", Unit::kPublic, Population::kOffers, "",
     "country,account", "country,account"},
    {"I18", "Offers by group of skills", Unit::kPublic, Population::kOfferSkills, "", "country,skill,tag",
     "country,skill"},
    {"I18A", "Awards by group of skills", Unit::kPersons, Population::kAwardSkills, "", "country,skill,tag",
     "country,skill"},
    {"I19", "Offers of catalogues that were not updated in time, and estimated workloads", Unit::kPublic,
     Population::kOffers, "", "stale,workload", "stale,workload"},
    {"I19P", "Providers whose identity could not be resolved", Unit::kProviders, Population::kProviders, "",
     "resolved,country", "resolved"},
};

std::vector<absl::string_view> Names(absl::string_view text) { return absl::StrSplit(text, ','); }

}  // namespace

Population DrawnFrom(Population population) {
  switch (population) {
    case Population::kAwardSkills:
    case Population::kHolders:
      return Population::kAwards;
    case Population::kReasons:
    case Population::kFailedRules:
      return Population::kCases;
    default:
      return population;
  }
}

const std::vector<Indicator>& Indicators() {
  static const auto* const indicators = [] {
    auto* const all = new std::vector<Indicator>();
    for (const Written& row : kWritten) {
      all->push_back({row.id, row.title, row.unit, row.population, row.condition, Names(row.dimensions),
                      Names(row.usual_dimensions)});
    }
    return all;
  }();
  return *indicators;
}

const Indicator* FindIndicator(absl::string_view id) {
  for (const Indicator& indicator : Indicators()) {
    if (indicator.id == id) return &indicator;
  }
  return nullptr;
}

}  // namespace passerelle::statistics
