#include "core/recognition/rules/evaluate.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/proto_bytes.h"
#include "core/recognition/facts/profile.h"
#include "core/recognition/missing_items.h"
#include "core/recognition/routes.h"
#include "core/recognition/rules/explain.h"

namespace passerelle::recognition {
namespace {

// The findings of the comparison, counted by what the matrix asks.
struct Differences {
  int substantial = 0;
  int in_parts = 0;       // substantial, in the workload or in the outcomes of a unit
  int made_good = 0;      // substantial, and can be made good during study
  int of_substance = 0;   // substantial, in quality or assessment: no target fits
  int units_fitting = 0;  // units without a substantial difference
  int units_failing = 0;
  int compared = 0;
  bool essential_unknown = false;
};

Differences Count(const RuleBook& book, const std::vector<Finding>& findings) {
  Differences differences;
  for (size_t i = 0; i < findings.size(); ++i) {
    const BookRule& rule = book.rules()[i];
    if (!IsComparison(rule.kind)) continue;
    ++differences.compared;
    const v1::RuleOutcome outcome = findings[i].outcome;
    if (rule.essential && outcome == v1::RULE_OUTCOME_UNKNOWN) differences.essential_unknown = true;
    const bool unit_fits = outcome == v1::RULE_OUTCOME_MET || outcome == v1::RULE_OUTCOME_NON_SUBSTANTIAL;
    if (rule.kind == RuleKind::kC05 && unit_fits) ++differences.units_fitting;
    if (outcome != v1::RULE_OUTCOME_SUBSTANTIAL) continue;
    ++differences.substantial;
    if (rule.kind == RuleKind::kC05) ++differences.units_failing;
    if (rule.kind == RuleKind::kC05 || rule.kind == RuleKind::kC02) ++differences.in_parts;
    if (rule.kind == RuleKind::kC03 || rule.kind == RuleKind::kC06) ++differences.of_substance;
    if (rule.can_be_made_good) ++differences.made_good;
  }
  return differences;
}

bool AutomaticRulesMet(const RuleBook& book, const std::vector<Finding>& findings) {
  int met = 0;
  for (size_t i = 0; i < findings.size(); ++i) {
    if (!IsAutomatic(book.rules()[i].kind) || findings[i].outcome == v1::RULE_OUTCOME_NOT_APPLICABLE) continue;
    if (findings[i].outcome != v1::RULE_OUTCOME_MET) return false;
    ++met;
  }
  return met > 0;
}

const BookAgreement* CarryingAgreement(const RuleBook& book, const FactSheet& sheet) {
  for (const BookAgreement& agreement : book.agreements()) {
    if (agreement.Covers(sheet) && agreement.HasKind(sheet.facts.credential().kind())) return &agreement;
  }
  return nullptr;
}

const v1::AlternativeTarget* FittingAlternative(const RuleBook& book, const FactSheet& sheet) {
  if (!sheet.level.eqf.has_value()) return nullptr;
  for (const v1::AlternativeTarget& target : book.policy().comparison().alternatives()) {
    if (*sheet.level.eqf >= static_cast<int>(target.eqf_level())) return &target;
  }
  return nullptr;
}

void Consider(v1::DecisionKind kind, absl::string_view reason, Proposal* proposal) {
  v1::ConsideredKind considered;
  considered.set_kind(kind);
  considered.set_reason(std::string(reason));
  proposal->considered.push_back(std::move(considered));
}

// The matrix, for a case in which nothing essential is unknown.
void ProposeByMatrix(const RuleBook& book, const FactSheet& sheet, const Differences& differences, Proposal* proposal) {
  if (differences.substantial == 0) {
    proposal->kind = v1::DECISION_KIND_FULL;
    return;
  }
  const bool only_parts = differences.in_parts == differences.substantial;
  if (only_parts && (differences.units_failing == 0 || differences.units_fitting > 0)) {
    proposal->kind = v1::DECISION_KIND_PARTIAL;
    return;
  }
  Consider(v1::DECISION_KIND_PARTIAL,
           only_parts ? "No unit of the target is covered." : "The difference concerns the credential as a whole.",
           proposal);
  if (differences.made_good == differences.substantial) {
    proposal->kind = v1::DECISION_KIND_CONDITIONAL;
    return;
  }
  Consider(v1::DECISION_KIND_CONDITIONAL, "A substantial difference cannot be made good during study.", proposal);
  if (differences.of_substance == 0 && FittingAlternative(book, sheet) != nullptr) {
    proposal->kind = v1::DECISION_KIND_ALTERNATIVE;
    return;
  }
  Consider(v1::DECISION_KIND_ALTERNATIVE, "No other target of the authority fits the credential.", proposal);
  proposal->kind = v1::DECISION_KIND_REFUSED;
}

// The state of a route on which no rule is judged; unspecified for the others.
v1::CaseState StateWithoutRules(v1::RecognitionRoute route) {
  switch (route) {
    case v1::RECOGNITION_ROUTE_UNSPECIFIED:
      return v1::CASE_STATE_INCOMPLETE;
    case v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36:
      return v1::CASE_STATE_OUT_OF_SCOPE;
    case v1::RECOGNITION_ROUTE_BLOCKED_CONSENT:
      return v1::CASE_STATE_DRAFT;
    case v1::RECOGNITION_ROUTE_RPL_VALIDATION:
      return v1::CASE_STATE_ROUTED_RPL;
    default:
      return v1::CASE_STATE_UNSPECIFIED;
  }
}

bool ElementMissing(const RuleBook& book, const std::vector<Finding>& findings) {
  for (size_t i = 0; i < findings.size(); ++i) {
    if (book.rules()[i].kind == RuleKind::kElement && findings[i].outcome != v1::RULE_OUTCOME_MET) return true;
  }
  return false;
}

}  // namespace

Proposal Propose(const RuleBook& book, v1::RecognitionRoute route, const FactSheet& sheet,
                 const std::vector<Finding>& findings) {
  Proposal proposal;
  proposal.state = StateWithoutRules(route);
  if (proposal.state != v1::CASE_STATE_UNSPECIFIED) return proposal;
  if (sheet.facts.authenticity().fraud_suspected()) {
    proposal.state = v1::CASE_STATE_FRAUD_SUSPENDED;
    return proposal;
  }
  if (ElementMissing(book, findings)) {
    proposal.state = v1::CASE_STATE_INCOMPLETE;
    return proposal;
  }
  const bool advice = book.policy().procedure().kind() == v1::CASE_KIND_ADVICE;
  if (!advice && HasAutomaticRules(route) && AutomaticRulesMet(book, findings)) {
    proposal.state = v1::CASE_STATE_DECIDED;
    proposal.kind = v1::DECISION_KIND_AUTO_LEVEL;
    proposal.agreement = CarryingAgreement(book, sheet);
    return proposal;
  }
  proposal.state = v1::CASE_STATE_EVALUATION;
  const Differences differences = Count(book, findings);
  if (advice || route == v1::RECOGNITION_ROUTE_EMPLOYMENT) {
    proposal.kind = v1::DECISION_KIND_STATEMENT;
  } else if (route != v1::RECOGNITION_ROUTE_RPL_WITH_EVIDENCE && differences.compared > 0 &&
             !differences.essential_unknown) {
    ProposeByMatrix(book, sheet, differences, &proposal);
  }
  return proposal;
}

v1::Evaluation EvaluateFacts(const RuleBook& book, const v1::CaseFacts& facts) {
  v1::Evaluation evaluation;
  evaluation.set_policy_id(book.policy().id());
  evaluation.set_policy_version(book.policy().version());
  evaluation.set_facts_sha256(base::Sha256Hex(base::DeterministicBytes(facts)));
  const RouteChoice choice = ChooseRoute(facts);
  evaluation.set_route(choice.route);
  evaluation.set_route_reason(std::string(choice.reason));
  const FactSheet sheet(facts);
  std::vector<Finding> findings;
  if (StateWithoutRules(choice.route) == v1::CASE_STATE_UNSPECIFIED) {
    findings = book.Judge(sheet);
    for (size_t i = 0; i < findings.size(); ++i) {
      *evaluation.add_rules() = Explain(book, book.rules()[i], findings[i], sheet);
    }
    const Profile profile = MakeProfile(sheet);
    evaluation.set_profile(profile.Text());
    for (const v1::RuleInput& evidence : profile.evidence) *evaluation.add_profile_evidence() = evidence;
  }
  for (const absl::string_view input : choice.missing) {
    *evaluation.add_rules() = RouteInputMissing(input);
  }
  Proposal proposal = Propose(book, choice.route, sheet, findings);
  evaluation.set_proposed_state(proposal.state);
  evaluation.set_proposed_kind(proposal.kind);
  if (proposal.agreement != nullptr) evaluation.set_agreement(proposal.agreement->agreement->id());
  for (v1::ConsideredKind& considered : proposal.considered) *evaluation.add_considered() = std::move(considered);
  return evaluation;
}

}  // namespace passerelle::recognition
