#include "core/recognition/policy_rules.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "core/elm/annex_one.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/vocabulary.h"

namespace passerelle::recognition {
namespace {

using elm::Placed;
using elm::Reading;
using elm::v3::LearningAchievement;

constexpr absl::string_view kNoAchievement = "The credential states no learning achievement of the learner.";

v1::RuleResult Result(absl::string_view rule, v1::RuleOutcome outcome, absl::string_view required,
                      absl::string_view found, absl::string_view explanation) {
  v1::RuleResult result;
  result.set_rule(std::string(rule));
  result.set_outcome(outcome);
  result.set_required(std::string(required));
  result.set_found(std::string(found));
  result.set_explanation(std::string(explanation));
  return result;
}

// The achievements, each once: a claim that points at one that stands elsewhere adds nothing.
std::vector<const LearningAchievement*> AchievementsOf(const Reading& reading) {
  std::vector<const LearningAchievement*> achievements;
  absl::flat_hash_set<const LearningAchievement*> seen;
  for (const Placed<LearningAchievement>& placed : reading.Achievements()) {
    if (seen.insert(placed.node).second) achievements.push_back(placed.node);
  }
  return achievements;
}

// The level of an achievement, and what it states instead where it states none.
struct Level {
  std::optional<int> eqf;
  std::string instead;
};

Level LevelOf(const LearningAchievement& achievement, const Reading& reading) {
  const auto qualification = reading.SpecificationAs<elm::v3::Qualification>(achievement.specified_by());
  if (!qualification.has_value()) return {std::nullopt, "no qualification and so no level"};
  const elm::v3::Qualification& node = *qualification->node;
  if (node.has_eqf_level()) {
    const std::optional<std::string> code =
        elm::CodeOf(elm::Vocabulary::kEqf, reading.Place(node.eqf_level()).node->id());
    // Codes of the vocabulary that are no level, such as the framework itself, state none.
    if (code.has_value() && code->size() == 1 && (*code)[0] >= '1' && (*code)[0] <= '8') return {(*code)[0] - '0', ""};
    return {std::nullopt, "a level that is not of the European vocabulary"};
  }
  return {std::nullopt, node.nqf_level().empty() ? "no level" : "a national level only"};
}

// The ECTS credits of an achievement, and what it states instead where they cannot be told.
struct Credits {
  std::optional<base::Decimal> ects;
  std::string instead;
};

Credits CountCredits(const google::protobuf::RepeatedPtrField<elm::v3::CreditPoint>& stated, const Reading& reading) {
  Credits credits{std::nullopt, "no credits"};
  for (const elm::v3::CreditPoint& entry : stated) {
    const elm::v3::CreditPoint& point = *reading.Place(entry).node;
    if (!point.has_framework() || reading.CreditSystem(point.framework()) != "ECTS") {
      if (!credits.ects.has_value()) credits.instead = "credits of another system than ECTS only";
      continue;
    }
    const std::optional<base::Decimal> number = base::Decimal::Parse(point.point());
    if (!number.has_value()) return {std::nullopt, "credits that are no decimal number"};
    if (credits.ects.has_value() && *credits.ects != *number) return {std::nullopt, "two different numbers of credits"};
    credits.ects = number;
  }
  return credits;
}

Credits CreditsOf(const LearningAchievement& achievement, const Reading& reading) {
  // What the learner received goes before what such an achievement usually earns.
  if (!achievement.credit_received().empty()) return CountCredits(achievement.credit_received(), reading);
  if (const auto node = reading.SpecificationAs<elm::v3::Qualification>(achievement.specified_by())) {
    return CountCredits(node->node->credit_point(), reading);
  }
  if (const auto node =
          reading.SpecificationAs<elm::v3::LearningAchievementSpecification>(achievement.specified_by())) {
    return CountCredits(node->node->credit_point(), reading);
  }
  return {std::nullopt, "no credits"};
}

}  // namespace

absl::string_view ElementName(absl::string_view element) {
  for (const elm::AnnexOneName& name : elm::kAnnexOne) {
    if (element == name.id) return name.name;
  }
  return "";
}

v1::RuleResult RequiredElement(const std::string& element, const document::v1::AnnexOneReport& annex_one) {
  document::v1::ElementStatus status = document::v1::ELEMENT_STATUS_MISSING;
  for (const auto& entry : annex_one.elements()) {
    if (entry.element() == element) status = entry.status();
  }
  const std::string name(ElementName(element));
  const std::string rule = absl::StrCat(kRequiredElementRule, element);
  const std::string required = absl::StrCat(name, " (", element, ")");
  const absl::string_view found = document::StatusWord(status);
  const auto result = [&](v1::RuleOutcome outcome, absl::string_view explanation) {
    return Result(rule, outcome, required, found, absl::StrCat(name, ": ", explanation));
  };
  switch (status) {
    case document::v1::ELEMENT_STATUS_STATED:
      return result(v1::RULE_OUTCOME_MET, "the credential states it.");
    case document::v1::ELEMENT_STATUS_DERIVED:
      return result(v1::RULE_OUTCOME_MET, "it follows from what the document states.");
    case document::v1::ELEMENT_STATUS_TEXT:
      return result(v1::RULE_OUTCOME_MET, "the credential states it, as text that only a person can judge.");
    case document::v1::ELEMENT_STATUS_WITHHELD:
      return result(v1::RULE_OUTCOME_UNKNOWN, "the holder has not disclosed it.");
    case document::v1::ELEMENT_STATUS_BY_REFERENCE:
      return result(v1::RULE_OUTCOME_UNKNOWN, "the document points to it elsewhere, which was not looked up.");
    default:
      return result(v1::RULE_OUTCOME_UNKNOWN, "the credential does not state it.");
  }
}

v1::RuleResult MinimumLevel(uint32_t level, const elm::v3::EuropeanDigitalCredential& credential) {
  const Reading reading(credential);
  const std::string required = absl::StrCat("level ", level, " of the European Qualifications Framework or higher");
  std::vector<std::string> found;
  std::vector<std::string> unknown;
  bool below = false;
  for (const LearningAchievement* achievement : AchievementsOf(reading)) {
    const Level stated = LevelOf(*achievement, reading);
    found.push_back(stated.eqf.has_value() ? absl::StrCat("level ", *stated.eqf) : stated.instead);
    if (!stated.eqf.has_value()) unknown.push_back(stated.instead);
    below = below || (stated.eqf.has_value() && *stated.eqf < static_cast<int>(level));
  }
  const std::string words = absl::StrJoin(found, ", ");
  if (found.empty()) return Result(kLevelRule, v1::RULE_OUTCOME_UNKNOWN, required, "", kNoAchievement);
  if (below) {
    return Result(kLevelRule, v1::RULE_OUTCOME_NOT_MET, required, words,
                  absl::StrCat("A learning achievement stands below level ", level, "."));
  }
  if (!unknown.empty()) {
    return Result(kLevelRule, v1::RULE_OUTCOME_UNKNOWN, required, words,
                  absl::StrCat("A learning achievement states ", unknown.front(),
                               ", so its level in the European framework is not known."));
  }
  return Result(kLevelRule, v1::RULE_OUTCOME_MET, required, words,
                absl::StrCat("Every learning achievement stands at level ", level, " or higher."));
}

v1::RuleResult MinimumCredits(base::Decimal credits, const elm::v3::EuropeanDigitalCredential& credential) {
  const Reading reading(credential);
  const std::string required = absl::StrCat(credits.ToString(), " ECTS credits or more");
  std::vector<std::string> found;
  std::vector<std::string> unknown;
  base::Decimal sum;
  for (const LearningAchievement* achievement : AchievementsOf(reading)) {
    const Credits stated = CreditsOf(*achievement, reading);
    const std::optional<base::Decimal> total = stated.ects.has_value() ? sum.Plus(*stated.ects) : std::nullopt;
    if (total.has_value()) sum = *total;
    found.push_back(stated.ects.has_value() ? absl::StrCat(stated.ects->ToString(), " ECTS") : stated.instead);
    if (!total.has_value()) unknown.push_back(found.back());
  }
  if (found.empty()) return Result(kCreditsRule, v1::RULE_OUTCOME_UNKNOWN, required, "", kNoAchievement);
  const std::string words = absl::StrJoin(found, ", ");
  const std::string together = absl::StrCat(sum.ToString(), " ECTS credits");
  if (!(sum < credits)) {
    return Result(kCreditsRule, v1::RULE_OUTCOME_MET, required, words,
                  absl::StrCat("The learning achievements earned ", together, "."));
  }
  if (!unknown.empty()) {
    return Result(kCreditsRule, v1::RULE_OUTCOME_UNKNOWN, required, words,
                  absl::StrCat("A learning achievement states ", unknown.front(),
                               ", so it is not known how many ECTS credits were earned."));
  }
  return Result(
      kCreditsRule, v1::RULE_OUTCOME_NOT_MET, required, words,
      absl::StrCat("The learning achievements earned ", together, ", which is less than ", credits.ToString(), "."));
}

v1::RuleResult Authenticity(const authenticity::v1::AuthenticityVerdict& verdict) {
  constexpr absl::string_view kRequired = "the issuing side confirms the document, or its seal proves the issuer";
  std::vector<std::string> failed;
  std::string open = std::string(base::Catalogue(base::Reason::kNoEvidence).meaning);
  bool confirmed = false;
  for (const authenticity::v1::Check& check : verdict.checks()) {
    const std::optional<base::Reason> reason = base::ReasonByName(check.reason());
    const std::string meaning = reason.has_value() ? std::string(base::Catalogue(*reason).meaning) : check.reason();
    if (check.outcome() == authenticity::v1::CHECK_OUTCOME_FAIL) failed.push_back(meaning);
    const bool passed = check.outcome() == authenticity::v1::CHECK_OUTCOME_PASS;
    if (check.name() == "register") confirmed = passed;
    // What is open is what the register says, or whether what it confirms was in force.
    if (!passed && (check.name() == "register" || (check.name() == "status" && confirmed))) open = meaning;
  }
  switch (verdict.verdict()) {
    case authenticity::v1::VERDICT_AUTHENTIC:
      return Result(kAuthenticityRule, v1::RULE_OUTCOME_MET, kRequired, "confirmed",
                    confirmed ? "The issuing side's register confirms the document as issued and in force."
                              : "The document bears the intact seal of a signer who may speak for its issuer, and is "
                                "in force.");
    case authenticity::v1::VERDICT_NOT_AUTHENTIC:
      return Result(kAuthenticityRule, v1::RULE_OUTCOME_NOT_MET, kRequired, "not authentic",
                    absl::StrJoin(failed, " "));
    default:
      return Result(kAuthenticityRule, v1::RULE_OUTCOME_UNKNOWN, kRequired, "not established",
                    absl::StrCat("Whether the document is genuine could not be established: ", open));
  }
}

}  // namespace passerelle::recognition
