// R-C01 to R-C07: is there a substantial difference for the stated purpose? One function a rule. A difference has to be
// shown: what is not known is UNKNOWN, and leads to a question.
#include "absl/time/civil_time.h"
#include "core/recognition/clocks.h"
#include "core/recognition/facts/outcomes.h"
#include "core/recognition/rules/rule_book.h"

namespace passerelle::recognition {
namespace {

Finding Minor(absl::string_view code, absl::string_view text) { return {v1::RULE_OUTCOME_NON_SUBSTANTIAL, code, text}; }
Finding Substantial(absl::string_view code, absl::string_view text) {
  return {v1::RULE_OUTCOME_SUBSTANTIAL, code, text};
}

Finding Level(const RuleBook& book, const FactSheet& sheet) {
  const int target = static_cast<int>(book.policy().comparison().eqf_level());
  if (target == 0) return NotApplicable("The target has no level.");
  if (!sheet.level.eqf.has_value()) return Unknown(sheet.level.reason);
  if (*sheet.level.eqf < target) return Substantial("SD-LEVEL", "The level is lower than the target needs.");
  if (sheet.level.standing == LevelStanding::kRegistered) return Met("The level is equal to the target's, or higher.");
  return Minor("ND-LEVEL", "The level is equal or higher on another basis than a national register.");
}

Finding Workload(const RuleBook& book, const BookRule& rule, const FactSheet& sheet) {
  const std::optional<base::Decimal>& needed = book.credits_needed();
  if (!needed.has_value()) return NotApplicable("The target states no credits.");
  if (!sheet.credits.has_value()) return Unknown("No workload is stated.");
  if (!(sheet.credits->low < *needed)) return Met("The workload is as large as the target's, or larger.");
  const base::Decimal spare = book.tolerance().value_or(base::Decimal());
  const std::optional<base::Decimal> low = sheet.credits->low.Plus(spare);
  if (low.has_value() && !(*low < *needed)) {
    return Minor("ND-WORKLOAD", "The shortfall is within what the authority tolerates.");
  }
  const std::optional<base::Decimal> high = sheet.credits->high.Plus(spare);
  if (!high.has_value() || !(*high < *needed)) {
    return Unknown("The workload is estimated from hours, and the estimate lies on both sides of the limit.");
  }
  if (!rule.essential) return Minor("ND-WORKLOAD", "The workload is smaller, which is not essential for this purpose.");
  return Substantial("SD-WORKLOAD", "The workload is smaller than the purpose needs.");
}

Finding Quality(const FactSheet& sheet) {
  if (sheet.facts.provider().mill() == v1::KNOWN_YES) {
    return Substantial("MILL", "The awarding body is known to sell credentials.");
  }
  const v1::QualityFacts& quality = sheet.facts.quality();
  const bool own = quality.scheme() == v1::QUALITY_SCHEME_LABEL || quality.scheme() == v1::QUALITY_SCHEME_INTERNAL;
  switch (quality.coverage()) {
    case v1::QUALITY_COVERAGE_NEGATIVE:
      return Substantial("SD-QUALITY", "A negative decision covers the award.");
    case v1::QUALITY_COVERAGE_NOT_COVERED:
      return Unknown("Reports were found, and none of them covers the award; that shows nothing against it.");
    case v1::QUALITY_COVERAGE_UNSPECIFIED:
      if (own) return Minor("ND-QUALITY", "The quality is assured by a label or by the provider itself.");
      return Unknown("No report was found; that is no statement about the provider.");
    default:
      break;
  }
  if (quality.flagged() == v1::KNOWN_YES) return Unknown("The register has flagged the report; a person looks at it.");
  if (own) return Minor("ND-QUALITY", "The quality is assured by a label or by the provider itself.");
  if (quality.coverage() == v1::QUALITY_COVERAGE_WITH_CONDITIONS) {
    return Met("The award is covered by external quality assurance, by a positive decision with conditions.");
  }
  return Met("The award is covered by external quality assurance.");
}

Finding ProfileDifference(const RuleBook& book, const FactSheet& sheet) {
  const v1::Comparison& comparison = book.policy().comparison();
  if (comparison.orientation() == v1::ORIENTATION_UNSPECIFIED)
    return NotApplicable("The target asks for no orientation.");
  const v1::Orientation stated = sheet.facts.credential().orientation();
  if (stated == v1::ORIENTATION_UNSPECIFIED) return Unknown("The orientation is not stated.");
  if (stated == comparison.orientation()) return Met("The orientation is the target's.");
  if (!comparison.orientation_essential()) {
    return Minor("ND-PROFILE", "The orientation is another, which does not matter for this purpose.");
  }
  return Substantial("SD-PROFILE", "The orientation gives no basis for the target.");
}

Finding Outcomes(const BookRule& rule, const FactSheet& sheet) {
  const auto& outcomes = sheet.facts.credential().outcomes();
  if (rule.unit->outcomes().empty()) return NotApplicable("The unit states no learning outcomes.");
  if (outcomes.empty()) return Unknown("No learning outcomes are stated.");
  const OutcomeCount count = CountOutcomes(outcomes, rule.unit->outcomes());
  const bool uncoded = HasUncodedOutcome(outcomes);
  if (count.essential_gaps > 0 && !uncoded) {
    return Substantial("SD-OUTCOMES", "An essential learning outcome of the unit is missing.");
  }
  if (count.essential_gaps > 0) {
    return Unknown(
        "Some learning outcomes are stated as text only; whether they cover what is essential is for a person.");
  }
  if (count.hints > 0) {
    return Unknown(
        "An essential learning outcome is there in a broader or narrower form only, which a person has to judge.");
  }
  if (count.other_gaps > 0) return Minor("ND-OUTCOMES", "Only learning outcomes are missing that are not essential.");
  return Met("Every learning outcome of the unit is covered.");
}

Finding Assessment(const FactSheet& sheet) {
  const v1::CredentialFacts& credential = sheet.facts.credential();
  switch (credential.assessment().assessed()) {
    case v1::KNOWN_NO:
      return Substantial("NOT-ASSESSED", "The document certifies attendance and no assessed learning.");
    case v1::KNOWN_UNSPECIFIED:
      return Unknown("Whether the learning was assessed is not stated.");
    default:
      break;
  }
  const v1::AssessmentSupervision supervision = credential.assessment().supervision();
  if (credential.mode() == v1::PARTICIPATION_MODE_ON_SITE ||
      supervision == v1::ASSESSMENT_SUPERVISION_IDENTITY_VERIFIED) {
    return Met("The learning was tested, and the identity of who was tested is certain.");
  }
  if (supervision == v1::ASSESSMENT_SUPERVISION_UNSPECIFIED)
    return Unknown("The supervision of the test is not stated.");
  return Minor("ND-QUALITY", "The learning was tested with weaker supervision.");
}

Finding Currency(const RuleBook& book, const FactSheet& sheet) {
  const int years = static_cast<int>(book.policy().comparison().age_years_max());
  if (years == 0) return NotApplicable("The authority sets no limit of age for this field.");
  if (!sheet.award.has_value() || !sheet.decision.has_value()) return Unknown("The day of the award is not known.");
  if (!(AddMonths(*sheet.award, 12 * years) < *sheet.decision)) return Met("The credential is current.");
  return Substantial("SD-OUTCOMES",
                     "The credential is older than the field allows, so that its outcomes are outdated.");
}

}  // namespace

Finding JudgeComparison(const RuleBook& book, const BookRule& rule, const FactSheet& sheet) {
  switch (rule.kind) {
    case RuleKind::kC01:
      return Level(book, sheet);
    case RuleKind::kC02:
      return Workload(book, rule, sheet);
    case RuleKind::kC03:
      return Quality(sheet);
    case RuleKind::kC04:
      return ProfileDifference(book, sheet);
    case RuleKind::kC05:
      return Outcomes(rule, sheet);
    case RuleKind::kC06:
      return Assessment(sheet);
    default:
      return Currency(book, sheet);
  }
}

}  // namespace passerelle::recognition
