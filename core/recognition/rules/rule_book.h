// A policy made ready for judging: every rule with its parameters parsed. Judging gives one short finding for a rule;
// explanations are made from findings afterwards (explain.h), so that those who only count need not pay for words.
//
// Rules, in this order: required elements of Annex I, R-A01 to R-A11 as the policy lists them, R-C01 to R-C07 as it
// lists them, with R-C05 once for each unit of the target ("R-C05/unit-1" where there are several).
//
// Thread-safety: const after construction; Judge may be called by many threads. Ownership: owns its copy of the policy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/decimal.h"
#include "core/recognition/rules/fact_sheet.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

enum class RuleKind {
  kElement,
  kA01,
  kA02,
  kA03,
  kA04,
  kA05,
  kA06,
  kA07,
  kA08,
  kA09,
  kA10,
  kA11,
  kC01,
  kC02,
  kC03,
  kC04,
  kC05,
  kC06,
  kC07,
};
inline bool IsAutomatic(RuleKind kind) { return kind >= RuleKind::kA01 && kind <= RuleKind::kA11; }
inline bool IsComparison(RuleKind kind) { return kind >= RuleKind::kC01; }

// What a rule came to. The texts live for ever.
struct Finding {
  v1::RuleOutcome outcome = v1::RULE_OUTCOME_UNKNOWN;
  absl::string_view code;  // reason code; empty when there is nothing to say
  absl::string_view text;  // why, in words
};

inline Finding Met(absl::string_view text) { return {v1::RULE_OUTCOME_MET, "", text}; }
inline Finding NotApplicable(absl::string_view text) { return {v1::RULE_OUTCOME_NOT_APPLICABLE, "", text}; }
inline Finding Unknown(absl::string_view text) { return {v1::RULE_OUTCOME_UNKNOWN, "INFO-MISSING", text}; }

struct BookRule {
  RuleKind kind;
  std::string id;
  bool essential = false;
  bool can_be_made_good = false;
  int element = -1;                      // of kElement
  const v1::TargetUnit* unit = nullptr;  // of kC05
};

// An agreement with its days parsed.
struct BookAgreement {
  const v1::Agreement* agreement;
  std::vector<std::string> parties;
  std::optional<absl::CivilDay> from;
  std::optional<absl::CivilDay> until;

  bool Covers(const FactSheet& sheet) const;  // both countries, on the day of the decision
  bool HasKind(v1::CredentialKind kind) const;
};

class RuleBook {
 public:
  // Takes a policy that CheckPolicy has passed. kConfigInvalid for what that does not look at.
  static absl::StatusOr<RuleBook> Make(const v1::RecognitionPolicy& policy);

  const v1::RecognitionPolicy& policy() const { return *policy_; }
  const std::vector<BookRule>& rules() const { return rules_; }
  const std::vector<BookAgreement>& agreements() const { return agreements_; }
  // Credits that the target needs in all, and without what may be missing.
  const std::optional<base::Decimal>& credits_needed() const { return credits_needed_; }
  const std::optional<base::Decimal>& tolerance() const { return tolerance_; }

  // One finding for each of rules().
  std::vector<Finding> Judge(const FactSheet& sheet) const;

 private:
  RuleBook() = default;
  absl::Status AddRules();

  std::shared_ptr<const v1::RecognitionPolicy> policy_;
  std::vector<BookRule> rules_;
  std::vector<BookAgreement> agreements_;
  std::optional<base::Decimal> credits_needed_;
  std::optional<base::Decimal> tolerance_;
};

// automatic.cc and comparability.cc
Finding JudgeAutomatic(const RuleBook& book, const BookRule& rule, const FactSheet& sheet);
Finding JudgeComparison(const RuleBook& book, const BookRule& rule, const FactSheet& sheet);

}  // namespace passerelle::recognition
