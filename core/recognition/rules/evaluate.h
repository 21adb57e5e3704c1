// A case judged by a policy: route, rules, and what the rules propose. A pure function; the same facts under the same
// version give the same bytes.
//
// A proposal binds nobody: an evaluator may depart from it with a reason. What is unknown and essential leads to a
// question, never to a proposal against the applicant. No person, and no suspicion, is judged by rule.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "core/recognition/rules/rule_book.h"

namespace passerelle::recognition {

// What follows from findings. `agreement` carries an automatic decision; null for others.
struct Proposal {
  v1::CaseState state = v1::CASE_STATE_UNSPECIFIED;
  v1::DecisionKind kind = v1::DECISION_KIND_UNSPECIFIED;
  const BookAgreement* agreement = nullptr;
  std::vector<v1::ConsideredKind> considered;
};

// The proposal matrix. No substantial difference: FULL. Only in workload or in some units: PARTIAL. All can be made
// good during study: CONDITIONAL. Fits another target: ALTERNATIVE. Otherwise REFUSED, with what was considered before.
Proposal Propose(const RuleBook& book, v1::RecognitionRoute route, const FactSheet& sheet,
                 const std::vector<Finding>& findings);

v1::Evaluation EvaluateFacts(const RuleBook& book, const v1::CaseFacts& facts);

}  // namespace passerelle::recognition
