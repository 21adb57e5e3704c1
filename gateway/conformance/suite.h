// Judging whole suites of cases with the production code, and telling the differences.
//
// Thread-safety: free functions on values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace passerelle::gateway {

struct Difference {
  std::string case_id;
  std::string expected;  // "crypto/gateway"
  std::string got;
  std::string why;
};

struct SuiteOutcome {
  std::string suite;  // name of the folder
  int judged = 0;
  std::map<std::string, int> skipped;  // by kind: rows that no judge takes
  int crypto_agree = 0;
  int gateway_agree = 0;
  std::vector<Difference> differences;
};

// Judges every row of every cases.tsv below the folders, in the order of their paths. "n/a" and "ambiguous" for crypto,
// and "n/a" for gateway, agree with any answer. Problems: kInputNotReadable for a folder without any cases.tsv, and
// those of ReadCases.
absl::StatusOr<std::vector<SuiteOutcome>> JudgeSuites(const std::vector<std::string>& folders);

// {"suites":[{"suite","judged","skipped","crypto_agree","gateway_agree","differences":[{"case","expected","got","why"}]}]}
std::string SuitesJson(const std::vector<SuiteOutcome>& suites);
// One line per suite, then its differences and what no judge took.
std::string SuitesText(const std::vector<SuiteOutcome>& suites);

}  // namespace passerelle::gateway
