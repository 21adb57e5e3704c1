#include "core/recognition/rules/rule_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"
#include "core/recognition/policy_rules.h"
#include "core/recognition/routes.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

struct NamedRule {
  absl::string_view id;
  RuleKind kind;
};
constexpr NamedRule kAutomaticRules[] = {
    {"R-A01", RuleKind::kA01}, {"R-A02", RuleKind::kA02}, {"R-A03", RuleKind::kA03}, {"R-A04", RuleKind::kA04},
    {"R-A05", RuleKind::kA05}, {"R-A06", RuleKind::kA06}, {"R-A07", RuleKind::kA07}, {"R-A08", RuleKind::kA08},
    {"R-A09", RuleKind::kA09}, {"R-A10", RuleKind::kA10}, {"R-A11", RuleKind::kA11}};
constexpr NamedRule kComparisonRules[] = {
    {"R-C01", RuleKind::kC01}, {"R-C02", RuleKind::kC02}, {"R-C03", RuleKind::kC03}, {"R-C04", RuleKind::kC04},
    {"R-C05", RuleKind::kC05}, {"R-C06", RuleKind::kC06}, {"R-C07", RuleKind::kC07}};

template <size_t kCount>
std::optional<RuleKind> KindOf(const NamedRule (&rules)[kCount], absl::string_view id) {
  for (const NamedRule& rule : rules) {
    if (rule.id == id) return rule.kind;
  }
  return std::nullopt;
}

absl::Status NoSuchRule(absl::string_view place) {
  return Problem(Reason::kConfigInvalid, place, "there is no such rule");
}

}  // namespace

bool BookAgreement::Covers(const FactSheet& sheet) const {
  const auto party = [&](const std::string& country) {
    return std::find(parties.begin(), parties.end(), country) != parties.end();
  };
  return sheet.decision.has_value() && party(sheet.award_country) && party(sheet.receiver_country) &&
         (!from.has_value() || *from <= *sheet.decision) && (!until.has_value() || *sheet.decision <= *until);
}

bool BookAgreement::HasKind(v1::CredentialKind kind) const {
  return std::find(agreement->kinds().begin(), agreement->kinds().end(), kind) != agreement->kinds().end();
}

absl::Status RuleBook::AddRules() {
  for (const std::string& element : policy_->required_elements()) {
    const int index = ElementIndex(element);
    if (index < 0) return Problem(Reason::kConfigInvalid, "required_elements", "it is no element of Annex I");
    rules_.push_back({RuleKind::kElement, absl::StrCat(kRequiredElementRule, element), true, false, index});
  }
  for (int i = 0; i < policy_->automatic().rules_size(); ++i) {
    const std::string& id = policy_->automatic().rules(i);
    const std::optional<RuleKind> kind = KindOf(kAutomaticRules, id);
    if (!kind.has_value()) return NoSuchRule(absl::StrCat("automatic.rules[", i, "]"));
    rules_.push_back({*kind, id});
  }
  const auto& units = policy_->comparison().units();
  for (int i = 0; i < policy_->comparison().rules_size(); ++i) {
    const v1::ComparisonRule& asked = policy_->comparison().rules(i);
    const std::optional<RuleKind> kind = KindOf(kComparisonRules, asked.rule());
    if (!kind.has_value()) return NoSuchRule(absl::StrCat("comparison.rules[", i, "].rule"));
    if (*kind != RuleKind::kC05) {
      rules_.push_back({*kind, asked.rule(), asked.essential(), asked.can_be_made_good()});
      continue;
    }
    for (const v1::TargetUnit& unit : units) {
      rules_.push_back({*kind, units.size() == 1 ? asked.rule() : absl::StrCat(asked.rule(), "/", unit.id()),
                        asked.essential(), asked.can_be_made_good(), -1, &unit});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RuleBook> RuleBook::Make(const v1::RecognitionPolicy& policy) {
  RuleBook book;
  book.policy_ = std::make_shared<const v1::RecognitionPolicy>(policy);
  RETURN_IF_ERROR(book.AddRules());
  for (const v1::Agreement& agreement : book.policy_->agreements()) {
    BookAgreement entry{&agreement, {}, ParseDay(agreement.from()), ParseDay(agreement.until())};
    for (const std::string& party : agreement.parties()) entry.parties.push_back(CountryCode(party));
    book.agreements_.push_back(std::move(entry));
  }
  base::Decimal sum;
  for (const v1::TargetUnit& unit : book.policy_->comparison().units()) {
    const std::optional<base::Decimal> credits = base::Decimal::Parse(unit.ects());
    const std::optional<base::Decimal> total = credits.has_value() ? sum.Plus(*credits) : std::nullopt;
    if (!total.has_value()) return Problem(Reason::kConfigInvalid, "comparison.units", "ects is no number of credits");
    sum = *total;
  }
  if (!sum.IsZero()) book.credits_needed_ = sum;
  book.tolerance_ = base::Decimal::Parse(policy.comparison().workload_tolerance());
  return book;
}

std::vector<Finding> RuleBook::Judge(const FactSheet& sheet) const {
  std::vector<Finding> findings;
  findings.reserve(rules_.size());
  for (const BookRule& rule : rules_) {
    if (rule.kind == RuleKind::kElement) {
      const bool stated = (sheet.elements >> static_cast<unsigned>(rule.element) & 1U) != 0;
      findings.push_back(stated ? Finding{v1::RULE_OUTCOME_MET, "", "The document states it."}
                                : Finding{v1::RULE_OUTCOME_UNKNOWN, "INFO-MISSING", "The document does not state it."});
    } else if (IsAutomatic(rule.kind)) {
      findings.push_back(JudgeAutomatic(*this, rule, sheet));
    } else {
      findings.push_back(JudgeComparison(*this, rule, sheet));
    }
  }
  return findings;
}

}  // namespace passerelle::recognition
