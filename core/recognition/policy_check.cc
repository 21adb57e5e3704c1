#include "core/recognition/policy_check.h"

#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/decimal.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"
#include "core/recognition/decisions.h"
#include "core/recognition/policy.h"
#include "core/recognition/policy_report.h"
#include "core/recognition/routes.h"
#include "core/recognition/rules/evaluate.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

constexpr uint32_t kPolicyLevelMax = 8;  // of the European Qualifications Framework
constexpr char kNotADay[] = "it is no day such as 2026-01-31";
constexpr char kNotANumber[] = "it is no decimal number such as 7.5";

// Without these, a decision by rule alone would be taken on nothing: purpose, agreement, kind of credential,
// authenticity, awarding body, level, quality assurance.
constexpr absl::string_view kIndispensable[] = {"R-A01", "R-A02", "R-A03", "R-A04", "R-A05", "R-A06", "R-A07"};

absl::Status InvalidPolicy(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, place, detail);
}

absl::Status CheckDays(absl::string_view prefix, absl::string_view from_name, absl::string_view from,
                       absl::string_view until_name, absl::string_view until) {
  const std::optional<absl::CivilDay> first = ParseDay(from);
  const std::optional<absl::CivilDay> last = ParseDay(until);
  if (!from.empty() && !first.has_value()) return InvalidPolicy(absl::StrCat(prefix, from_name), kNotADay);
  if (!until.empty() && !last.has_value()) return InvalidPolicy(absl::StrCat(prefix, until_name), kNotADay);
  if (first.has_value() && last.has_value() && *last < *first) {
    return InvalidPolicy(absl::StrCat(prefix, until_name), "it is before the first day");
  }
  return absl::OkStatus();
}

absl::Status CheckCountry(absl::string_view place, absl::string_view country) {
  const bool letters = country.size() == 2 && absl::ascii_isupper(country[0]) && absl::ascii_isupper(country[1]);
  return letters ? absl::OkStatus() : InvalidPolicy(place, "it is no code of ISO 3166-1 such as BG");
}

absl::Status CheckProcedure(const v1::Procedure& procedure) {
  if (procedure.version().empty()) return InvalidPolicy("procedure.version", "it is missing");
  if (procedure.limit_months() > kDecisionMonthsMax) {
    return InvalidPolicy("procedure.limit_months", "a decision may take four months at most");
  }
  for (int i = 0; i < procedure.appeal_limits_size(); ++i) {
    const v1::AppealLimit& limit = procedure.appeal_limits(i);
    const std::string place = absl::StrCat("procedure.appeal_limits[", i, "].");
    RETURN_IF_ERROR(CheckCountry(place + "country", limit.country()));
    if ((limit.months() == 0) == (limit.days() == 0))
      return InvalidPolicy(place + "months", "months or days, one of both");
    if (limit.months() > 120 || limit.days() > 3660)
      return InvalidPolicy(place + "months", "it is longer than ten years");
    RETURN_IF_ERROR(CheckDays(place, "from", limit.from(), "until", limit.until()));
  }
  return absl::OkStatus();
}

absl::Status CheckAgreements(const v1::RecognitionPolicy& policy) {
  if (policy.agreements_size() > kPolicyAgreementsMax) return InvalidPolicy("agreements", "there are too many");
  absl::flat_hash_set<absl::string_view> ids;
  for (int i = 0; i < policy.agreements_size(); ++i) {
    const v1::Agreement& agreement = policy.agreements(i);
    const std::string place = absl::StrCat("agreements[", i, "].");
    if (agreement.id().empty()) return InvalidPolicy(place + "id", "it is missing");
    if (!ids.insert(agreement.id()).second) return InvalidPolicy(place + "id", "it is there twice");
    if (agreement.title().empty()) return InvalidPolicy(place + "title", "it is missing");
    if (agreement.parties_size() < 2) return InvalidPolicy(place + "parties", "an agreement has two parties at least");
    for (int j = 0; j < agreement.parties_size(); ++j) {
      RETURN_IF_ERROR(CheckCountry(absl::StrCat(place, "parties[", j, "]"), agreement.parties(j)));
    }
    if (agreement.kinds().empty()) return InvalidPolicy(place + "kinds", "it is about one kind of credential at least");
    if (agreement.scope() == v1::AGREEMENT_SCOPE_UNSPECIFIED) return InvalidPolicy(place + "scope", "it is missing");
    if (agreement.from().empty()) return InvalidPolicy(place + "from", "it is missing");
    RETURN_IF_ERROR(CheckDays(place, "from", agreement.from(), "until", agreement.until()));
  }
  return absl::OkStatus();
}

absl::Status CheckBelievedNodes(const v1::AutomaticRules& automatic) {
  absl::flat_hash_set<absl::string_view> nodes;
  for (int i = 0; i < automatic.applicant_identified_by_nodes_size(); ++i) {
    const std::string& node = automatic.applicant_identified_by_nodes(i);
    const std::string place = absl::StrCat("automatic.applicant_identified_by_nodes[", i, "]");
    if (node.empty() || node.size() > base::kIdBytesMax)
      return InvalidPolicy(place, "it is no id of a node, such as LT");
    if (!nodes.insert(node).second) return InvalidPolicy(place, "it is there twice");
  }
  return absl::OkStatus();
}

absl::Status CheckAutomatic(const v1::AutomaticRules& automatic) {
  absl::flat_hash_set<absl::string_view> rules;
  for (int i = 0; i < automatic.rules_size(); ++i) {
    if (!rules.insert(automatic.rules(i)).second) {
      return InvalidPolicy(absl::StrCat("automatic.rules[", i, "]"), "it is there twice");
    }
  }
  for (const absl::string_view rule : kIndispensable) {
    if (!rules.contains(rule)) {
      return InvalidPolicy("automatic.rules",
                           absl::StrCat(rule, " is missing; nothing is recognised by rule without it"));
    }
  }
  if (automatic.required_eqf_level() > kPolicyLevelMax) {
    return InvalidPolicy("automatic.required_eqf_level", "levels go from 1 to 8");
  }
  return CheckBelievedNodes(automatic);
}

absl::Status CheckUnit(const v1::TargetUnit& unit, const std::string& place) {
  if (unit.title().empty()) return InvalidPolicy(place + "title", "it is missing");
  if (!base::Decimal::Parse(unit.ects()).has_value()) return InvalidPolicy(place + "ects", kNotANumber);
  if (unit.outcomes_size() > kPolicyOutcomesMax) return InvalidPolicy(place + "outcomes", "there are too many");
  absl::flat_hash_set<absl::string_view> uris;
  for (int i = 0; i < unit.outcomes_size(); ++i) {
    const std::string inner = absl::StrCat(place, "outcomes[", i, "].");
    if (unit.outcomes(i).uri().empty()) return InvalidPolicy(inner + "uri", "it is missing");
    if (unit.outcomes(i).title().empty()) return InvalidPolicy(inner + "title", "it is missing");
    if (!uris.insert(unit.outcomes(i).uri()).second) return InvalidPolicy(inner + "uri", "it is there twice");
  }
  return absl::OkStatus();
}

absl::Status CheckRules(const v1::Comparison& comparison) {
  absl::flat_hash_set<absl::string_view> rules;
  bool made_good = false;
  for (int i = 0; i < comparison.rules_size(); ++i) {
    const v1::ComparisonRule& rule = comparison.rules(i);
    if (!rules.insert(rule.rule()).second) {
      return InvalidPolicy(absl::StrCat("comparison.rules[", i, "].rule"), "it is there twice");
    }
    made_good = made_good || rule.can_be_made_good();
  }
  if (rules.contains("R-C05") && comparison.units().empty()) {
    return InvalidPolicy("comparison.units", "R-C05 compares with units, and there is none");
  }
  const v1::DecisionCondition& condition = comparison.condition();
  if (made_good && (condition.condition().empty() || condition.checked_by().empty() || condition.if_met().empty() ||
                    condition.if_unmet().empty())) {
    return InvalidPolicy("comparison.condition",
                         "a difference can be made good, and it is not said how, nor who checks it");
  }
  return absl::OkStatus();
}

absl::Status CheckComparison(const v1::Comparison& comparison) {
  if (comparison.target().empty()) return InvalidPolicy("comparison.target", "it is missing");
  if (comparison.rules().empty()) return InvalidPolicy("comparison.rules", "there is no rule");
  if (comparison.eqf_level() > kPolicyLevelMax) return InvalidPolicy("comparison.eqf_level", "levels go from 1 to 8");
  if (comparison.units_size() > kPolicyUnitsMax) return InvalidPolicy("comparison.units", "there are too many");
  if (!comparison.workload_tolerance().empty() && !base::Decimal::Parse(comparison.workload_tolerance()).has_value()) {
    return InvalidPolicy("comparison.workload_tolerance", kNotANumber);
  }
  if (comparison.age_years_max() > 100) return InvalidPolicy("comparison.age_years_max", "it is longer than a life");
  absl::flat_hash_set<absl::string_view> ids;
  for (int i = 0; i < comparison.units_size(); ++i) {
    const std::string place = absl::StrCat("comparison.units[", i, "].");
    if (comparison.units(i).id().empty()) return InvalidPolicy(place + "id", "it is missing");
    if (!ids.insert(comparison.units(i).id()).second) return InvalidPolicy(place + "id", "it is there twice");
    RETURN_IF_ERROR(CheckUnit(comparison.units(i), place));
  }
  for (int i = 0; i < comparison.alternatives_size(); ++i) {
    const v1::AlternativeTarget& target = comparison.alternatives(i);
    const std::string place = absl::StrCat("comparison.alternatives[", i, "].");
    if (target.title().empty()) return InvalidPolicy(place + "title", "it is missing");
    if (target.bridging_offer().empty()) return InvalidPolicy(place + "bridging_offer", "it is missing");
    if (target.eqf_level() == 0 || target.eqf_level() > kPolicyLevelMax) {
      return InvalidPolicy(place + "eqf_level", "levels go from 1 to 8");
    }
  }
  return CheckRules(comparison);
}

absl::Status CheckLegalBase(const v1::RecognitionPolicy& policy) {
  if (policy.legal_base().empty()) return InvalidPolicy("legal_base", "it is missing");
  const std::optional<absl::CivilDay> day = ParseDay(policy.in_force_from());
  if (!day.has_value()) return InvalidPolicy("in_force_from", kNotADay);
  if (CitesLisbon(policy.legal_base()) && IsLisbonParty(policy.country(), *day) == false) {
    return InvalidPolicy("legal_base", "the country is no party to the Lisbon Recognition Convention on that day");
  }
  return absl::OkStatus();
}

template <typename Value>
void Compare(absl::string_view what, Value expected, Value found, absl::string_view expected_word,
             absl::string_view found_word, std::vector<std::string>* differences) {
  if (expected == found) return;
  differences->push_back(absl::StrCat(what, ": expected ", expected_word, ", found ", found_word));
}

}  // namespace

bool HasRuleBook(const v1::RecognitionPolicy& policy) {
  return policy.has_automatic() || policy.has_comparison() || policy.has_procedure();
}

absl::Status CheckPolicyRules(const v1::RecognitionPolicy& policy) {
  if (!HasRuleBook(policy)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckCountry("country", policy.country()));
  RETURN_IF_ERROR(CheckDays("", "in_force_from", policy.in_force_from(), "in_force_until", policy.in_force_until()));
  RETURN_IF_ERROR(CheckLegalBase(policy));
  RETURN_IF_ERROR(CheckProcedure(policy.procedure()));
  if (policy.procedure().kind() != v1::CASE_KIND_ADVICE && policy.appeal().empty()) {
    return InvalidPolicy("appeal", "it is missing");
  }
  RETURN_IF_ERROR(CheckAgreements(policy));
  if (policy.has_automatic()) RETURN_IF_ERROR(CheckAutomatic(policy.automatic()));
  if (policy.has_comparison()) RETURN_IF_ERROR(CheckComparison(policy.comparison()));
  if (policy.tests().empty()) return InvalidPolicy("tests", "a policy with rules has tests of its own");
  if (policy.tests_size() > kPolicyTestsMax) return InvalidPolicy("tests", "there are too many");
  return RuleBook::Make(policy).status();
}

std::vector<std::string> DifferencesFrom(const v1::ExpectedResult& expected, const v1::Evaluation& evaluation) {
  std::vector<std::string> differences;
  Compare("route", expected.route(), evaluation.route(), RouteWord(expected.route()), RouteWord(evaluation.route()),
          &differences);
  Compare("state", expected.state(), evaluation.proposed_state(), StateWord(expected.state()),
          StateWord(evaluation.proposed_state()), &differences);
  Compare("kind", expected.kind(), evaluation.proposed_kind(), KindWord(expected.kind()),
          KindWord(evaluation.proposed_kind()), &differences);
  for (const v1::ExpectedRule& rule : expected.rules()) {
    const v1::RuleResult* found = nullptr;
    for (const v1::RuleResult& result : evaluation.rules()) {
      if (result.rule() == rule.rule()) found = &result;
    }
    if (found == nullptr) {
      differences.push_back(absl::StrCat(rule.rule(), ": expected ", RuleWord(rule.outcome()), ", was not judged"));
      continue;
    }
    Compare(rule.rule(), rule.outcome(), found->outcome(), RuleWord(rule.outcome()), RuleWord(found->outcome()),
            &differences);
    if (!rule.reason_code().empty()) {
      Compare(rule.rule(), rule.reason_code(), found->reason_code(), rule.reason_code(), found->reason_code(),
              &differences);
    }
  }
  if (!expected.profile().empty()) {
    Compare("profile", expected.profile(), evaluation.profile(), expected.profile(), evaluation.profile(),
            &differences);
  }
  return differences;
}

absl::StatusOr<std::vector<TestedCase>> RunPolicyTests(const v1::RecognitionPolicy& policy) {
  RETURN_IF_ERROR(CheckPolicy(policy));
  std::vector<TestedCase> tested;
  if (!HasRuleBook(policy)) return tested;
  ASSIGN_OR_RETURN(const RuleBook book, RuleBook::Make(policy));
  for (const v1::PolicyTest& test : policy.tests()) {
    TestedCase result;
    result.name = test.name();
    result.evaluation = EvaluateFacts(book, test.facts());
    result.differences = DifferencesFrom(test.expected(), result.evaluation);
    tested.push_back(std::move(result));
  }
  return tested;
}

absl::Status CheckGoesLive(const v1::RecognitionPolicy& policy) {
  ASSIGN_OR_RETURN(const std::vector<TestedCase> tested, RunPolicyTests(policy));
  for (size_t i = 0; i < tested.size(); ++i) {
    if (!tested[i].differences.empty()) {
      return Problem(Reason::kPolicyTestFailed, absl::StrCat("tests[", i, "]"),
                     absl::StrJoin(tested[i].differences, "; "));
    }
  }
  return absl::OkStatus();
}

}  // namespace passerelle::recognition
