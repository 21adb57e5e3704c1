// Whether the procedure, the agreements and the rules of a policy can be used, and whether its own tests pass. A policy
// goes live only when both is so.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "passerelle/recognition/v1/policy.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Bounds of one policy: what people can still read, and what a node can still judge in no time.
inline constexpr int kPolicyUnitsMax = 64;
inline constexpr int kPolicyOutcomesMax = 200;  // of one unit
inline constexpr int kPolicyAgreementsMax = 100;
inline constexpr int kPolicyTestsMax = 500;

// Whether a policy has automatic or comparability rules, and so a procedure.
bool HasRuleBook(const v1::RecognitionPolicy& policy);

// Checks all that CheckPolicy leaves to it: country, days, limits, agreements, rules, units, legal base. A policy
// without rules passes. kConfigInvalid with the field.
absl::Status CheckPolicyRules(const v1::RecognitionPolicy& policy);

// A test of a policy, as it came out. `differences` is empty when it passed.
struct TestedCase {
  std::string name;
  std::vector<std::string> differences;
  v1::Evaluation evaluation;
};
// kConfigInvalid when the policy itself cannot be used.
absl::StatusOr<std::vector<TestedCase>> RunPolicyTests(const v1::RecognitionPolicy& policy);

// What an evaluation has otherwise than expected, in words. What is not expected may be anything.
std::vector<std::string> DifferencesFrom(const v1::ExpectedResult& expected, const v1::Evaluation& evaluation);

// Everything at once, for those who put a policy into use: kPolicyTestFailed at "tests[n]" for the first that fails.
absl::Status CheckGoesLive(const v1::RecognitionPolicy& policy);

}  // namespace passerelle::recognition
