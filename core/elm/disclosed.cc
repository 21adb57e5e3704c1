#include "core/elm/disclosed.h"

#include <iterator>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/elm/annex_one.h"

namespace passerelle::elm {
namespace {

using base::Problem;
using base::Reason;

constexpr Elements Mandatory(int number) { return Elements{1} << (number - 1); }
constexpr Elements Optional(int number) { return Elements{1} << (number + 10); }

constexpr Elements kAll = kEveryElement;
constexpr Elements kLearner = Mandatory(1);
constexpr Elements kDate = Mandatory(5);
constexpr Elements kOutcomes = Mandatory(6);
constexpr Elements kWorkload = Mandatory(7);
constexpr Elements kLevel = Mandatory(8);
constexpr Elements kAssessment = Mandatory(9);
constexpr Elements kParticipation = Mandatory(10);
constexpr Elements kQuality = Mandatory(11);
constexpr Elements kPrerequisites = Optional(1);
constexpr Elements kSupervision = Optional(2);
constexpr Elements kGrade = Optional(3);
constexpr Elements kStacking = Optional(4);
constexpr Elements kFurther = Optional(5);
constexpr Elements kAlways = Mandatory(2) | Mandatory(3) | Mandatory(4);

// The properties that are disclosed, in classes that are named with a blank between them; what is not here is not.
// Dates of the document, its identifiers, seals, pictures and what is embedded in it tell of the whole, and never go.
// An end of validity always does: without it, something would pass for what it is no longer.
struct DisclosedProperty {
  absl::string_view classes;
  absl::string_view properties;
  Elements elements;
};
constexpr DisclosedProperty kDisclosed[] = {
    {"EuropeanDigitalCredential", "credentialSubject issuer validUntil expirationDate", kAll},
    {"EuropeanDigitalCredential", "evidence", kQuality},
    {"Evidence", "dcType accreditation", kQuality},

    {"Learner", "hasClaim", kAll},
    {"Learner", "fullName givenName familyName birthName patronymicName dateOfBirth nationalID identifier contactPoint",
     kLearner},
    {"ContactPoint", "emailAddress", kLearner},
    {"Person", "fullName givenName familyName", kAll},

    {"LearningAchievement", "title dcType awardedBy specifiedBy", kAll},
    {"LearningAchievement", "creditReceived", kWorkload},
    {"LearningAchievement", "influencedBy", kParticipation | kWorkload},
    {"LearningAchievement", "provenBy", kGrade},
    {"LearningAchievement", "hasPart isPartOf entitlesTo", kStacking},
    {"LearningAchievement", "learningOpportunity", kPrerequisites | kParticipation},
    {"LearningAchievement", "description additionalNote supplementaryDocument", kNothingWithheld},
    {"AwardingProcess", "awardingBody", kAll},
    {"AwardingProcess", "awardingDate", kDate},

    {"LearningAchievementSpecification Qualification", "title dcType", kAll},
    {"LearningAchievementSpecification Qualification", "learningOutcome learningOutcomeSummary", kOutcomes},
    {"LearningAchievementSpecification Qualification", "creditPoint volumeOfLearning", kWorkload},
    {"LearningAchievementSpecification Qualification", "educationLevel", kLevel},
    {"Qualification", "eqfLevel nqfLevel", kLevel},
    {"LearningAchievementSpecification Qualification", "provenBy", kAssessment},
    {"LearningAchievementSpecification Qualification", "mode", kParticipation},
    {"LearningAchievementSpecification Qualification", "influencedBy", kParticipation | kWorkload},
    {"Qualification", "accreditation", kQuality},
    {"LearningAchievementSpecification Qualification", "entryRequirement targetGroup", kPrerequisites},
    {"LearningAchievementSpecification Qualification", "hasPart isPartOf entitlesTo", kStacking},
    {"Qualification", "isPartialQualification", kStacking},
    {"LearningAchievementSpecification Qualification", "description additionalNote supplementaryDocument",
     kNothingWithheld},
    {"LearningAchievementSpecification Qualification",
     "homepage category educationSubject thematicArea language learningSetting", kFurther},
    {"Qualification", "qualificationCode", kFurther},
    {"LearningOutcome", "title dcType relatedESCOSkill relatedSkill reusabilityLevel", kAll},
    {"LearningOutcome", "additionalNote", kNothingWithheld},
    {"CreditPoint", "framework point", kAll},

    {"LearningActivity", "title dcType awardedBy specifiedBy", kAll},
    {"LearningActivity", "workload", kWorkload},
    {"LearningActivity", "additionalNote supplementaryDocument", kNothingWithheld},
    {"LearningActivitySpecification", "title dcType", kAll},
    {"LearningActivitySpecification", "volumeOfLearning contactHour", kWorkload},
    {"LearningActivitySpecification", "mode", kParticipation},

    {"LearningAssessment", "title awardedBy specifiedBy", kAll},
    {"LearningAssessment LearningAssessmentSpecification", "dcType", kAssessment},
    {"LearningAssessment", "idVerification", kSupervision},
    {"LearningAssessment", "grade gradeStatus", kGrade},
    {"LearningAssessment", "additionalNote supplementaryDocument", kNothingWithheld},
    {"LearningAssessmentSpecification", "title", kAll},
    {"LearningAssessmentSpecification", "mode", kParticipation},
    {"LearningAssessmentSpecification", "gradingScheme", kGrade},
    {"GradingScheme", "title description supplementaryDocument", kAll},

    {"LearningEntitlement", "title dcType awardedBy specifiedBy expiryDate", kAll},
    {"LearningEntitlementSpecification", "title dcType entitlementStatus status", kAll},
    {"LearningOpportunity", "title providedBy learningAchievementSpecification", kAll},
    {"LearningOpportunity", "admissionProcedure", kPrerequisites},
    {"LearningOpportunity", "mode", kParticipation},
    {"LearningOpportunity", "homepage", kFurther},

    {"Organisation", "legalName altLabel identifier registration eIDASIdentifier vatIdentifier taxIdentifier location",
     kAll},
    {"Organisation", "accreditation", kQuality},
    {"Organisation", "homepage", kFurther},
    {"Organisation", "additionalNote", kNothingWithheld},
    {"Agent", "prefLabel altLabel identifier location", kAll},
    {"Group", "prefLabel altLabel location", kAll},
    {"Location", "address geographicName spatialCode", kAll},
    {"Address", "countryCode fullAddress", kAll},
    {"Accreditation",
     "title dcType description identifier dateIssued valid accreditingAgent organisation decision expiryDate "
     "reviewDate status landingPage homepage report limitCredentialType limitEQFLevel limitField limitJurisdiction "
     "limitQualification supplementaryDocument",
     kAll},

    {"Concept", "prefLabel altLabel definition notation inScheme", kAll},
    {"Identifier LegalIdentifier", "notation dcType schemeId schemeName schemeVersion schemeAgency creator dateIssued",
     kAll},
    {"LegalIdentifier", "spatial", kAll},
    {"Note", "noteLiteral noteFormat subject", kAll},
    {"WebResource", "title language contentURL", kAll},
};

// Classes whose nodes go with some elements only, wherever they stand.
constexpr std::pair<absl::string_view, Elements> kDisclosedNodes[] = {
    {"LearningActivity", kParticipation | kWorkload},
    {"LearningAssessment", kGrade},
    {"LearningEntitlement", kStacking},
};

using DisclosedTable = absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, Elements>;

DisclosedTable MakeDisclosedTable() {
  DisclosedTable table;
  for (const DisclosedProperty& row : kDisclosed) {
    for (const absl::string_view class_name : absl::StrSplit(row.classes, ' ')) {
      for (const absl::string_view property : absl::StrSplit(row.properties, ' ')) {
        table[{class_name, property}] = row.elements;
      }
    }
  }
  return table;
}

}  // namespace

absl::StatusOr<Elements> ElementsNamed(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  Elements elements = 0;
  for (int i = 0; i < ids.size(); ++i) {
    Elements element = 0;
    for (size_t known = 0; known < std::size(kAnnexOne); ++known) {
      if (ids.Get(i) == kAnnexOne[known].id) element = Elements{1} << known;
    }
    const std::string place = absl::StrCat("[", i, "]");
    if (element == 0) return Problem(Reason::kFieldInvalid, place, "it is no element of Annex I, such as A1-M05");
    if ((elements & element) != 0) return Problem(Reason::kFieldInvalid, place, "it is named twice");
    elements |= element;
  }
  return elements;
}

absl::Status CheckDisclosable(Elements elements) {
  if ((elements & kAlways) != kAlways) {
    return Problem(Reason::kFieldInvalid, "", "A1-M02, A1-M03 and A1-M04 are in every credential: name them");
  }
  if ((elements & kSupervision) != 0 && (elements & kGrade) == 0) {
    return Problem(Reason::kFieldInvalid, "", "A1-O02 is stated beside a grade only: name A1-O03");
  }
  return absl::OkStatus();
}

Elements DisclosedWith(absl::string_view class_name, absl::string_view property) {
  static const auto* const kTable = new DisclosedTable(MakeDisclosedTable());
  const auto entry = kTable->find({class_name, property});
  return entry == kTable->end() ? 0 : entry->second;
}

Elements NodesDisclosedWith(absl::string_view class_name) {
  for (const auto& [name, elements] : kDisclosedNodes) {
    if (name == class_name) return elements;
  }
  return kEveryElement;
}

}  // namespace passerelle::elm
