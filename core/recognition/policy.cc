#include "core/recognition/policy.h"

#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/decimal.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/facts/assessor_warnings.h"
#include "core/recognition/policy_check.h"
#include "core/recognition/policy_rules.h"
#include "core/recognition/rules/evaluate.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

constexpr uint32_t kLevelMax = 8;  // of the European Qualifications Framework

absl::Status Invalid(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, place, detail);
}

// The state that follows from the rules' outcomes.
v1::CaseState StateOf(const v1::Evaluation& evaluation) {
  bool unknown = false;
  for (const v1::RuleResult& rule : evaluation.rules()) {
    if (rule.outcome() == v1::RULE_OUTCOME_NOT_MET) return v1::CASE_STATE_EVALUATION;
    unknown = unknown || rule.outcome() != v1::RULE_OUTCOME_MET;
  }
  return unknown ? v1::CASE_STATE_INCOMPLETE : v1::CASE_STATE_DECIDED;
}

absl::string_view Summary(const v1::Evaluation& evaluation) {
  switch (evaluation.proposed_state()) {
    case v1::CASE_STATE_DECIDED:
      if (evaluation.proposed_kind() == v1::DECISION_KIND_AUTO_LEVEL) {
        return "Every automatic rule is met: the level is recognised, or access to further learning, and nothing "
               "beyond it.";
      }
      return "Every requirement is met: the micro-credential is recognised in full for the stated purpose.";
    case v1::CASE_STATE_INCOMPLETE:
      return "Something that the requirements ask for is missing or could not be found out. Nothing is refused for "
             "that; everything that is needed is listed.";
    case v1::CASE_STATE_OUT_OF_SCOPE:
    case v1::CASE_STATE_DRAFT:
    case v1::CASE_STATE_ROUTED_RPL:
      return evaluation.route_reason();
    case v1::CASE_STATE_FRAUD_SUSPENDED:
      return "There is a suspicion of fraud. The case is held until a person has heard the holder; nothing is decided "
             "by a suspicion.";
    default:
      if (evaluation.route() != v1::RECOGNITION_ROUTE_UNSPECIFIED) {
        return "An evaluator looks at the case. What the rules found is the evaluator's list; nothing is decided by "
               "it.";
      }
      return "A requirement is not met. An evaluator looks at the case, and for recognition in another form, before "
             "anything is decided.";
  }
}

}  // namespace

absl::Status CheckPolicy(const v1::RecognitionPolicy& policy) {
  if (policy.id().empty()) return Invalid("id", "it is missing");
  if (policy.version().empty()) return Invalid("version", "it is missing");
  if (policy.competent_authority().empty()) return Invalid("competent_authority", "it is missing");
  if (policy.purposes().empty()) return Invalid("purposes", "a policy is for one purpose at least");
  for (int i = 0; i < policy.purposes_size(); ++i) {
    const int purpose = policy.purposes(i);
    if (purpose == sharing::v1::PURPOSE_UNSPECIFIED || !sharing::v1::Purpose_IsValid(purpose)) {
      return Invalid(absl::StrCat("purposes[", i, "]"), "this purpose is not known");
    }
  }
  if (HasRuleBook(policy) && (policy.minimum_eqf_level() > 0 || !policy.minimum_ects().empty())) {
    return Invalid("minimum_eqf_level", "a policy with rules states levels and credits in its comparison");
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < policy.required_elements_size(); ++i) {
    const std::string& element = policy.required_elements(i);
    const std::string place = absl::StrCat("required_elements[", i, "]");
    if (ElementName(element).empty()) return Invalid(place, "it is none of A1-M01 to A1-M11 and A1-O01 to A1-O05");
    if (!seen.insert(element).second) return Invalid(place, "it is named twice");
  }
  if (policy.minimum_eqf_level() > kLevelMax) return Invalid("minimum_eqf_level", "levels go from 1 to 8");
  if (!policy.minimum_ects().empty() && !base::Decimal::Parse(policy.minimum_ects()).has_value()) {
    return Invalid("minimum_ects", "it is no decimal number such as 7.5");
  }
  if (policy.required_elements().empty() && policy.minimum_eqf_level() == 0 && policy.minimum_ects().empty() &&
      !policy.authenticity_required() && !HasRuleBook(policy)) {
    return Invalid("required_elements", "the policy asks for nothing and would recognise everything");
  }
  return CheckPolicyRules(policy);
}

v1::Evaluation Evaluate(const v1::RecognitionPolicy& policy, const Facts& facts) {
  if (HasRuleBook(policy)) {
    const absl::StatusOr<RuleBook> book = RuleBook::Make(policy);
    if (!book.ok()) return EvaluateUnreadable(policy, book.status());
    v1::Evaluation by_book = EvaluateFacts(*book, facts.about);
    AddAssessorWarnings(facts.about, &by_book);
    return by_book;
  }
  v1::Evaluation evaluation;
  evaluation.set_policy_id(policy.id());
  evaluation.set_policy_version(policy.version());
  for (const std::string& element : policy.required_elements()) {
    *evaluation.add_rules() = RequiredElement(element, facts.annex_one);
  }
  if (policy.minimum_eqf_level() > 0) {
    *evaluation.add_rules() = MinimumLevel(policy.minimum_eqf_level(), facts.credential);
  }
  const std::optional<base::Decimal> credits = base::Decimal::Parse(policy.minimum_ects());
  if (credits.has_value()) *evaluation.add_rules() = MinimumCredits(*credits, facts.credential);
  if (policy.authenticity_required()) *evaluation.add_rules() = Authenticity(facts.verdict);
  evaluation.set_proposed_state(StateOf(evaluation));
  AddAssessorWarnings(facts.about, &evaluation);
  return evaluation;
}

v1::Evaluation EvaluateUnreadable(const v1::RecognitionPolicy& policy, const absl::Status& problem) {
  v1::Evaluation evaluation;
  evaluation.set_policy_id(policy.id());
  evaluation.set_policy_version(policy.version());
  v1::RuleResult* rule = evaluation.add_rules();
  rule->set_rule(std::string(kReadableRule));
  rule->set_outcome(v1::RULE_OUTCOME_UNKNOWN);
  rule->set_required("a document that the competent authority's node can read");
  const base::CatalogueEntry& entry = base::Catalogue(base::ReasonOf(problem));
  rule->set_found(std::string(entry.name));
  rule->set_explanation(absl::StrCat("The document could not be read, so no requirement was judged: ", entry.meaning));
  evaluation.set_proposed_state(v1::CASE_STATE_INCOMPLETE);
  return evaluation;
}

v1::RecognitionOutcome MakeOutcome(const v1::RecognitionPolicy& policy, const v1::Evaluation& evaluation) {
  v1::RecognitionOutcome outcome;
  outcome.set_state(evaluation.proposed_state());
  if (outcome.state() == v1::CASE_STATE_DECIDED) {
    const bool by_rule = evaluation.proposed_kind() != v1::DECISION_KIND_UNSPECIFIED;
    outcome.set_decision(by_rule ? evaluation.proposed_kind() : v1::DECISION_KIND_FULL);
  }
  *outcome.mutable_evaluation() = evaluation;
  outcome.add_reasons(std::string(Summary(evaluation)));
  for (const v1::RuleResult& rule : evaluation.rules()) {
    outcome.add_reasons(rule.explanation());
    // Everything at once, so that nobody has to ask the applicant twice.
    if (rule.outcome() == v1::RULE_OUTCOME_UNKNOWN && (rule.essential() || !HasRuleBook(policy))) {
      outcome.add_missing(absl::StrCat(rule.required(), ": ", rule.explanation()));
    }
  }
  outcome.set_competent_authority(policy.competent_authority());
  outcome.set_legal_base(policy.legal_base());
  outcome.set_appeal(policy.appeal());
  return outcome;
}

}  // namespace passerelle::recognition
