#include "adapters/elm_xml/names.h"

namespace passerelle::adapters::elm_xml {
namespace {

struct Row {
  absl::string_view v3_class;  // empty: any
  absl::string_view element;
  Place place;
};

constexpr Row kRows[] = {
    {"EuropeanDigitalCredential", "type", {"", "profile of the original; the translation states its own"}},
    {"EuropeanDigitalCredential", "title", {"displayParameter/title", ""}},
    {"EuropeanDigitalCredential", "description", {"displayParameter/description", ""}},
    {"EuropeanDigitalCredential", "primaryLanguage", {"displayParameter/primaryLanguage", ""}},
    {"EuropeanDigitalCredential", "language", {"displayParameter/language", ""}},
    {"EuropeanDigitalCredential", "availableLanguages", {"displayParameter/language", ""}},
    {"EuropeanDigitalCredential", "displayParameters", {"", "layout of the original, which stays with it"}},
    {"EuropeanDigitalCredential", "proof", {"", "the signature covers the original, which is embedded"}},
    {"EuropeanDigitalCredential", "issuer", {"", "issuer of the original; who seals the translation issues it"}},
    {"EuropeanDigitalCredential", "issued", {"", "date of the original; the seal states that of the translation"}},
    {"EuropeanDigitalCredential",
     "issuanceDate",
     {"", "date of the original; the seal states that of the translation"}},
    {"Person", "nationalId", {"nationalID", ""}},
    {"Person", "givenNames", {"givenName", ""}},
    {"Person", "hasLocation", {"location", ""}},
    {"Person", "achievements", {"hasClaim", ""}},
    {"Person", "activities", {"hasClaim", ""}},
    {"Person", "assessments", {"hasClaim", ""}},
    {"Person", "entitlements", {"hasClaim", ""}},
    {"ContactPoint", "mailBox", {"emailAddress", ""}},
    {"ContactPoint", "email", {"emailAddress", ""}},
    {"ContactPoint", "note", {"additionalNote", ""}},
    {"ContactPoint", "webresource", {"contactForm", ""}},
    {"ContactPoint", "postalAddress", {"address", ""}},
    {"ContactPoint", "walletAddress", {"", "address of a wallet, which v3 lacks"}},
    {"Address", "country", {"countryCode", ""}},
    {"Location", "name", {"geographicName", ""}},
    {"Location", "hasAddress", {"address", ""}},
    {"Organisation", "prefLabel", {"legalName", ""}},
    {"Organisation", "preferredName", {"legalName", ""}},
    {"Organisation", "alternativeName", {"altLabel", ""}},
    {"Organisation", "legalIdentifier", {"identifier", ""}},
    {"Organisation", "hasLocation", {"location", ""}},
    {"Organisation", "unitOf", {"subOrganizationOf", ""}},
    {"Organisation", "hasUnit", {"hasSubOrganization", ""}},
    {"Accreditation", "organization", {"organisation", ""}},
    {"Accreditation", "landingpage", {"landingPage", ""}},
    {"MediaObject", "contentUrl", {"contentURL", ""}},
    {"LearningAchievement", "wasDerivedFrom", {"provenBy", ""}},
    {"LearningAchievement", "wasInfluencedBy", {"influencedBy", ""}},
    {"LearningAchievement", "hasECTSCreditPoints", {"creditReceived", ""}},
    {"LearningAchievement", "hasCreditPoints", {"creditReceived", ""}},
    {"LearningActivity", "usedLearningOpportunity", {"learningOpportunity", ""}},
    {"LearningActivity", "startedAtTime", {"temporal/startDate", ""}},
    {"LearningActivity", "endedAtTime", {"temporal/endDate", ""}},
    {"LearningAssessment", "idVerificationMethod", {"idVerification", ""}},
    {"ResultDistribution", "category", {"resultCategory", ""}},
    {"ResultCategory", "minScore", {"minimumScore", ""}},
    {"ResultCategory", "maxScore", {"maximumScore", ""}},
    {"LearningOpportunity", "startedAtDate", {"temporal/startDate", ""}},
    {"LearningOpportunity", "endedAtDate", {"temporal/endDate", ""}},
    {"LearningOpportunity", "duration", {"duration", ""}},
    {"LearningOpportunity", "learningSpecification", {"learningAchievementSpecification", ""}},
    {"AwardingOpportunity", "organization", {"awardingBody", ""}},
    {"AwardingOpportunity", "startedAtTime", {"temporal/startDate", ""}},
    {"AwardingOpportunity", "endedAtTime", {"temporal/endDate", ""}},
    {"AwardingOpportunity", "learningSpecification", {"learningAchievementSpecification", ""}},
    {"LearningOutcome", "prefLabel", {"title", ""}},
    {"LearningOutcome", "description", {"additionalNote", ""}},
    {"LearningOutcome", "learningOutcomeType", {"dcType", ""}},
    {"LearningOutcome", "relatedEscoSkill", {"relatedESCOSkill", ""}},
    {"LearningActivitySpecification", "workload", {"volumeOfLearning", ""}},
    {"LearningEntitlementSpecification", "status", {"entitlementStatus", ""}},
    {"LearningEntitlementSpecification", "limitOrganization", {"limitOrganisation", ""}},
    {"AwardingProcess", "date", {"awardingDate", ""}},
    {"", "wasAwardedBy", {"awardedBy", ""}},
    {"", "issuedDate", {"dateIssued", ""}},
    {"", "type", {"dcType", ""}},
    {"", "supplementaryDoc", {"supplementaryDocument", ""}},
    {"", "hasISCED-FCode", {"thematicArea", ""}},
    {"", "hasECTSCreditPoints", {"creditPoint", ""}},
    {"", "hasCreditPoints", {"creditPoint", ""}},
    {"", "hasAccreditation", {"accreditation", ""}},
    {"", "hasEducationLevel", {"educationLevel", ""}},
    {"", "hasEducationSubject", {"educationSubject", ""}},
    {"", "awardingOpportunities", {"awardingOpportunity", ""}},
    {"", "learningSettingType", {"learningSetting", ""}},
    {"", "entryRequirementsNote", {"entryRequirement", ""}},
    {"", "learningOutcomes", {"learningOutcome", ""}},
    {"", "duration", {"maximumDuration", ""}},
};

struct ClassRow {
  absl::string_view element;
  absl::string_view v3_class;
};

constexpr ClassRow kClasses[] = {
    {"learningAchievement", "LearningAchievement"},
    {"activity", "LearningActivity"},
    {"learningActivity", "LearningActivity"},
    {"assessment", "LearningAssessment"},
    {"entitlement", "LearningEntitlement"},
    {"learningSpecification", "LearningAchievementSpecification"},
    {"qualification", "Qualification"},
    {"learningOutcome", "LearningOutcome"},
    {"learningActivitySpecification", "LearningActivitySpecification"},
    {"assessmentSpecification", "LearningAssessmentSpecification"},
    {"entitlementSpecification", "LearningEntitlementSpecification"},
    {"learningOpportunity", "LearningOpportunity"},
    {"awardingOpportunity", "AwardingOpportunity"},
    {"accreditation", "Accreditation"},
    {"scoringScheme", "GradingScheme"},
    {"awardingProcess", "AwardingProcess"},
    {"organization", "Organisation"},
    {"organisation", "Organisation"},
    {"person", "Person"},
    {"credentialSubject", "Person"},
};

}  // namespace

Place PlaceOf(absl::string_view v3_class, absl::string_view element) {
  for (const Row& row : kRows) {
    if (row.element == element && (row.v3_class.empty() || row.v3_class == v3_class)) return row.place;
  }
  return {element, ""};
}

absl::string_view ClassNamed(absl::string_view element) {
  for (const ClassRow& row : kClasses) {
    if (row.element == element) return row.v3_class;
  }
  return "";
}

}  // namespace passerelle::adapters::elm_xml
