#include "core/recognition/facts/profile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/recognition/facts/outcomes.h"

namespace passerelle::recognition {
namespace {

constexpr char kLetters[] = "QVLOWTI";

// A step and what stands behind it.
struct Step {
  int step = kNotKnown;
  std::string value;
  std::string source = "credential";
};

Step QualityAssuranceOf(const FactSheet& sheet) {
  const v1::QualityFacts& quality = sheet.facts.quality();
  const std::string source = quality.report().empty() ? "no report" : quality.report();
  const bool own = quality.scheme() == v1::QUALITY_SCHEME_LABEL || quality.scheme() == v1::QUALITY_SCHEME_INTERNAL;
  if (quality.coverage() == v1::QUALITY_COVERAGE_NEGATIVE) return {0, "a negative decision", source};
  if (own) return {1, "a label, or the provider's own", source};
  if (quality.coverage() != v1::QUALITY_COVERAGE_COVERED &&
      quality.coverage() != v1::QUALITY_COVERAGE_WITH_CONDITIONS) {
    return {kNotKnown, "nothing that covers the award was found", source};
  }
  if (quality.course_covered() == v1::KNOWN_YES) return {3, "the course is covered", source};
  if (sheet.credits.has_value()) return {2, "the provider is covered and the course bears credit", source};
  return {1, "the provider is covered", source};
}

Step Verification(const FactSheet& sheet) {
  if (sheet.facts.credential().mode() == v1::PARTICIPATION_MODE_ON_SITE) return {kNotApplicable, "on site"};
  const v1::AuthenticityFacts& facts = sheet.facts.authenticity();
  if (facts.integrity() == v1::KNOWN_NO || facts.issuer() == v1::KNOWN_NO || facts.in_force() == v1::KNOWN_NO) {
    return {0, "the document was altered, is of another issuer, or is no longer in force", facts.source()};
  }
  const bool whole = facts.integrity() == v1::KNOWN_YES;
  const bool issuer = facts.issuer() == v1::KNOWN_YES;
  if (!whole && !issuer) return {kNotKnown, "nothing was verified", facts.source()};
  if (whole && issuer && facts.in_force() == v1::KNOWN_YES) return {3, "document, issuer and standing", facts.source()};
  if (whole && issuer) return {2, "document and issuer", facts.source()};
  return {1, whole ? "the document" : "the issuer", facts.source()};
}

Step Level(const FactSheet& sheet) {
  const v1::LevelFacts& level = sheet.facts.credential().level();
  switch (sheet.level.standing) {
    case LevelStanding::kRegistered:
    case LevelStanding::kUnchecked:
      return {3, "in the national register", level.register_entry()};
    case LevelStanding::kClaimed:
      if (level.basis() == v1::LEVEL_BASIS_MAPPED) return {2, "mapped"};
      return {1, "the provider's claim"};
    default:
      return {kNotKnown, std::string(sheet.level.reason)};
  }
}

Step Outcomes(const FactSheet& sheet) {
  const auto& outcomes = sheet.facts.credential().outcomes();
  if (outcomes.empty()) return {kNotKnown, "not stated"};
  const auto coded =
      std::count_if(outcomes.begin(), outcomes.end(), [](const auto& outcome) { return !outcome.uri().empty(); });
  if (coded == outcomes.size()) return {3, "all coded"};
  return coded > 0 ? Step{2, "some coded"} : Step{1, "as text"};
}

Step Workload(const FactSheet& sheet) {
  if (!sheet.credits.has_value()) return {kNotKnown, "not stated"};
  if (sheet.credits_declared) return {3, "ECTS credits"};
  return sheet.credits->estimate ? Step{1, "hours alone"} : Step{2, "hours with their factor"};
}

Step Testing(const FactSheet& sheet) {
  const v1::AssessmentFacts& assessment = sheet.facts.credential().assessment();
  if (assessment.assessed() == v1::KNOWN_NO) return {0, "attendance"};
  if (assessment.assessed() != v1::KNOWN_YES) return {kNotKnown, "not stated"};
  const bool criteria = assessment.criteria_published() == v1::KNOWN_YES;
  const bool supervised = assessment.supervision() >= v1::ASSESSMENT_SUPERVISION_SUPERVISED;
  if (criteria && supervised) return {3, "against published criteria, supervised"};
  if (criteria) return {2, "against published criteria"};
  return supervised ? Step{2, "supervised"} : Step{1, "tested"};
}

Step Identification(const FactSheet& sheet) {
  if (sheet.facts.credential().mode() == v1::PARTICIPATION_MODE_ON_SITE) return {kNotApplicable, "on site"};
  switch (sheet.facts.credential().assessment().supervision()) {
    case v1::ASSESSMENT_SUPERVISION_IDENTITY_VERIFIED:
      return {3, "identity verified"};
    case v1::ASSESSMENT_SUPERVISION_SUPERVISED:
      return {1, "supervised, without a check of identity"};
    case v1::ASSESSMENT_SUPERVISION_NONE:
      return {0, "neither supervised nor identified"};
    default:
      return {kNotKnown, "not stated"};
  }
}

}  // namespace

std::string Profile::Text() const {
  std::string text;
  for (size_t i = 0; i < steps.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " ", absl::string_view(&kLetters[i], 1));
    if (steps[i] == kNotApplicable) {
      absl::StrAppend(&text, "-");
    } else if (steps[i] == kNotKnown) {
      absl::StrAppend(&text, "?");
    } else {
      absl::StrAppend(&text, steps[i]);
    }
  }
  return text;
}

Profile MakeProfile(const FactSheet& sheet) {
  Profile profile;
  const std::array<Step, 7> steps = {QualityAssuranceOf(sheet), Verification(sheet), Level(sheet),
                                     Outcomes(sheet),           Workload(sheet),     Testing(sheet),
                                     Identification(sheet)};
  for (size_t i = 0; i < steps.size(); ++i) {
    profile.steps[i] = steps[i].step;
    v1::RuleInput evidence;
    evidence.set_name(std::string(1, kLetters[i]));
    evidence.set_value(steps[i].value);
    evidence.set_source(steps[i].source.empty() ? "not stated" : steps[i].source);
    profile.evidence.push_back(std::move(evidence));
  }
  return profile;
}

}  // namespace passerelle::recognition
