#include "core/elm/constraints_profile.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace passerelle::elm {
namespace {

enum Extras : uint32_t { kNone = 0, kAccredited = 1, kConverted = 2, kMandate = 4, kSupplement = 8 };

struct Extra {
  uint32_t profiles;
  absl::string_view class_name;
  absl::string_view term;
  Bounds bounds;
};

// The shapes of the profiles target classes, so that they hold for every node of the class in the file.
constexpr Extra kExtras[] = {
    {kAccredited | kConverted | kMandate | kSupplement, "EuropeanDigitalCredential", "evidence", {1, 0}},
    {kAccredited | kSupplement, "Evidence", "accreditation", {1, 1}},
    {kAccredited | kSupplement, "Person", "hasClaim", {1, 1}},
    {kConverted, "Evidence", "embeddedEvidence", {1, 0}},
    {kMandate, "Evidence", "evidenceStatement", {1, 1}},
    {kSupplement, "Person", "fullName", {1, 1}},
    {kSupplement, "Person", "dateOfBirth", {1, 1}},
    {kSupplement, "LearningAchievement", "creditReceived", {1, 1}},
    {kSupplement, "LearningAchievement", "provenBy", {1, 1}},
    {kSupplement, "Qualification", "thematicArea", {1, 0}},
    {kSupplement, "Qualification", "awardingOpportunity", {1, 0}},
    {kSupplement, "Qualification", "language", {1, 0}},
    {kSupplement, "Qualification", "nqfLevel", {1, 0}},
    {kSupplement, "Qualification", "mode", {1, 0}},
    {kSupplement, "Qualification", "learningOutcome", {1, 0}},
    {kSupplement, "Qualification", "hasPart", {1, 0}},
    {kSupplement, "Qualification", "maximumDuration", {1, 1}},
};

constexpr Profile kProfiles[] = {
    {"edc-generic-full", true, false, kNone},         {"edc-generic-no-cv", false, false, kNone},
    {"edc-accredited", true, true, kAccredited},      {"edc-converted", true, false, kConverted},
    {"edc-issued-by-mandate", true, false, kMandate}, {"edc-diploma-supplement", true, true, kSupplement},
};

// The profiles whose files the EU also names without hyphens.
constexpr std::pair<absl::string_view, absl::string_view> kOtherNames[] = {
    {"edc-issuedByMandate", "edc-issued-by-mandate"},
    {"edc-diplomaSupplement", "edc-diploma-supplement"},
};

// Bases of profile IRIs: models 3.1 and 3.2, and model 3.3.
constexpr absl::string_view kBases[] = {"http://data.europa.eu/snb/model/ap/",
                                        "http://data.europa.eu/snb/model/application-profile/"};

}  // namespace

bool Profile::AddsTo(const ClassTable& table) const {
  if (extras == kNone) return false;
  return std::any_of(std::begin(kExtras), std::end(kExtras), [&](const Extra& extra) {
    return (extra.profiles & extras) != 0 && extra.class_name == table.name;
  });
}

Bounds Profile::BoundsOf(const ClassTable& table, const PropertyTable& property) const {
  Bounds bounds{OptionsOf(property).min(), OptionsOf(property).max()};
  if (extras == kNone) return bounds;
  for (const Extra& extra : kExtras) {
    if ((extra.profiles & extras) == 0 || extra.class_name != table.name || extra.term != property.name) {
      continue;
    }
    bounds.min = std::max(bounds.min, extra.bounds.min);
    if (extra.bounds.max > 0 && (bounds.max == 0 || extra.bounds.max < bounds.max)) bounds.max = extra.bounds.max;
  }
  return bounds;
}

const Profile& ProfileOf(const v3::EuropeanDigitalCredential& credential, std::string& stated) {
  for (const v3::ShaclValidator2017& schema : credential.credential_schema()) {
    absl::string_view name = schema.id();
    for (absl::string_view base : kBases) absl::ConsumePrefix(&name, base);
    while (absl::ConsumeSuffix(&name, "/")) {
    }
    for (const auto& [other, usual] : kOtherNames) {
      if (name == other) name = usual;
    }
    for (const Profile& profile : kProfiles) {
      if (profile.name != name) continue;
      stated = std::string(name);
      return profile;
    }
  }
  return kProfiles[0];
}

}  // namespace passerelle::elm
