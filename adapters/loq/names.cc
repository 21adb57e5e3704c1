#include "adapters/loq/names.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace passerelle::adapters::loq {
namespace {

// What every specification begins with.
constexpr char kSpecification[] =
    "identifier title skos:altLabel description additionalNote homepage supplementaryDocument category status modified "
    "publisher ";
constexpr char kRelations[] = " hasPart specialisationOf isPartOf generalisationOf";
constexpr char kAchievement[] =
    "type+ learningOutcomeSummary ISCEDFCode educationSubject+ volumeOfLearning creditPoint educationLevel+ language "
    "mode learningSetting maximumDuration targetGroup entryRequirement learningOutcome influencedBy provenBy "
    "entitlesTo";
constexpr char kIdentifier[] =
    "skos:notation dc:creator@ schemeAgency issued schemeName schemeVersion schemeId dc:type+";

// A class and its elements, in the order of the schema. "+" stands behind concepts that may be of a national list, "@"
// behind nodes that are named by their IRI.
std::vector<std::pair<const char*, std::string>> Rows() {
  return {
      {"LearningOpportunity",
       "identifier title description type additionalNote homepage supplementaryDocument temporal duration mode grant "
       "learningSchedule scheduleInformation admissionProcedure applicationDeadline priceDetail providedBy location "
       "learningAchievementSpecification learningActivitySpecification hasPart isPartOf bannerImage defaultLanguage "
       "status modified publisher"},
      {"LearningAchievementSpecification",
       absl::StrCat(kSpecification, kAchievement, kRelations, " awardingOpportunity")},
      {"Qualification", absl::StrCat(kSpecification, kAchievement, kRelations,
                                     " awardingOpportunity isPartialQualification EQFLevel NQFLevel "
                                     "qualificationCode+ accreditation")},
      {"LearningActivitySpecification",
       absl::StrCat(kSpecification, "type contactHour volumeOfLearning language mode influences", kRelations)},
      {"LearningAssessmentSpecification",
       absl::StrCat(kSpecification, "type language mode gradingScheme proves", kRelations)},
      {"LearningEntitlementSpecification",
       absl::StrCat(kSpecification,
                    "type entitlementStatus limitOrganisation limitJurisdiction limitOccupation+ "
                    "limitNationalOccupation+ entitledBy",
                    kRelations)},
      {"LearningOutcome", "identifier title type additionalNote reusabilityLevel relatedSkill+ relatedESCOSkill+"},
      {"Agent",
       "identifier skos:prefLabel skos:altLabel additionalNote location contactPoint groupMemberOf status modified "
       "publisher"},
      {"Organisation",
       "skos:altLabel legalName type+ identifier eidasLegalIdentifier registration vatIdentifier taxIdentifier "
       "homepage additionalNote accreditation location contactPoint hasSubOrganization subOrganizationOf logo "
       "groupMemberOf status modified publisher"},
      {"Group", "skos:prefLabel skos:altLabel dc:type+ additionalNote location contactPoint member"},
      {"Accreditation",
       "identifier type title description decision+ report organisation limitQualification limitField limitEQFLevel "
       "limitJurisdiction accreditingAgent issued reviewDate expiryDate valid additionalNote homepage landingPage "
       "supplementaryDocument status modified publisher"},
      {"GradingScheme", "identifier title description supplementaryDocument"},
      {"Location", "identifier geographicName spatialCode description address locn:geometry"},
      {"Address", "identifier fullAddress countryCode"},
      {"Amount", "unit value"},
      {"AwardingOpportunity", "identifier awardingBody location temporal learningAchievementSpecification"},
      {"Concept", "skos:prefLabel skos:altLabel skos:notation skos:inScheme@"},
      {"ContactPoint", "additionalNote description address phone emailAddress@ contactForm"},
      {"CreditPoint", "framework point"},
      {"Geometry", "clv:longitude clv:latitude"},
      {"Grant", "title description dc:type+ supplementaryDocument contentUrl"},
      {"Identifier", kIdentifier},
      {"LegalIdentifier", absl::StrCat(kIdentifier, " spatial")},
      {"MediaObject", "title description contentType attachmentType+ contentEncoding contentSize content"},
      {"Note", "dc:subject+ noteFormat+ noteLiteral"},
      {"PeriodOfTime", "skos:prefLabel startDate endDate"},
      {"Phone", "phoneNumber countryDialing areaDialing dialNumber"},
      {"PriceDetail", "identifier amount skos:prefLabel description additionalNote"},
      {"WebResource", "title language contentUrl"},
  };
}

// Elements whose name is not that of the property.
constexpr std::pair<absl::string_view, absl::string_view> kOtherNames[] = {
    {"type", "dcType"},
    {"issued", "dateIssued"},
    {"modified", "dateModified"},
    {"contentUrl", "contentURL"},
    {"ISCEDFCode", "thematicArea"},
    {"eidasLegalIdentifier", "eIDASIdentifier"},
    {"EQFLevel", "eqfLevel"},
    {"NQFLevel", "nqfLevel"},
    {"value", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"},
};

absl::string_view PropertyOf(absl::string_view element) {
  for (const auto& [name, property] : kOtherNames) {
    if (name == element) return property;
  }
  return element;
}

using ByClass = absl::flat_hash_map<std::string, std::vector<Element>>;

std::vector<Element> MakeElements(const elm::ClassTable& table, absl::string_view row) {
  std::vector<Element> elements;
  for (absl::string_view token : absl::StrSplit(row, ' ', absl::SkipEmpty())) {
    Element element;
    element.labelled = absl::ConsumeSuffix(&token, "+");
    element.by_iri = absl::ConsumeSuffix(&token, "@");
    const size_t colon = token.find(':');
    if (colon != absl::string_view::npos) element.prefix = std::string(token.substr(0, colon + 1));
    element.name = std::string(colon == absl::string_view::npos ? token : token.substr(colon + 1));
    const elm::MemberTable* const member = table.Find(PropertyOf(element.name));
    if (member == nullptr || member->property == nullptr) continue;
    element.property = member->property;
    elements.push_back(std::move(element));
  }
  return elements;
}

const ByClass& Elements() {
  static const ByClass* const elements = [] {
    auto* const made = new ByClass();
    for (const auto& [name, row] : Rows()) {
      const elm::TypeTable* const type = elm::FindType(name);
      if (type != nullptr && type->table != nullptr) (*made)[name] = MakeElements(*type->table, row);
    }
    return made;
  }();
  return *elements;
}

}  // namespace

const std::vector<Element>& ElementsOf(absl::string_view class_name) {
  static const std::vector<Element>* const none = new std::vector<Element>();
  const auto found = Elements().find(class_name);
  return found == Elements().end() ? *none : found->second;
}

const Element* FindElement(absl::string_view class_name, absl::string_view name) {
  // Until version 3.1 of the model.
  if (class_name == "ContactPoint" && name == "mailbox") name = "emailAddress";
  for (const Element& element : ElementsOf(class_name)) {
    if (element.name == name) return &element;
  }
  return nullptr;
}

const std::vector<Section>& Sections() {
  static const std::vector<Section>* const sections = new std::vector<Section>{
      {"learningOpportunityReferences", {"LearningOpportunity"}},
      {"learningAchievementSpecificationReferences", {"LearningAchievementSpecification", "Qualification"}},
      {"learningOutcomeReferences", {"LearningOutcome"}},
      {"learningActivitySpecificationReferences", {"LearningActivitySpecification"}},
      {"learningAssessmentSpecificationReferences", {"LearningAssessmentSpecification"}},
      {"learningEntitlementSpecificationReferences", {"LearningEntitlementSpecification"}},
      {"agentReferences", {"Agent", "Organisation"}},
      {"groupReferences", {"Group"}},
      {"accreditationReferences", {"Accreditation"}},
      {"gradingSchemeReferences", {"GradingScheme"}},
      {"locationReferences", {"Location"}},
  };
  return *sections;
}

bool IsListed(absl::string_view class_name) {
  return std::any_of(Sections().begin(), Sections().end(), [class_name](const Section& section) {
    return std::find(section.classes.begin(), section.classes.end(), class_name) != section.classes.end();
  });
}

std::string ElementOfClass(absl::string_view class_name) {
  std::string name(class_name);
  if (!name.empty()) name[0] = absl::ascii_tolower(static_cast<unsigned char>(name[0]));
  return name;
}

std::string ClassOfElement(absl::string_view name) {
  std::string class_name(name);
  if (!class_name.empty()) class_name[0] = absl::ascii_toupper(static_cast<unsigned char>(class_name[0]));
  return class_name;
}

}  // namespace passerelle::adapters::loq
