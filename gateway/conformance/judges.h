// The judges: one per kind of case. Each asks the production code and says what it answered, in the words of cases.tsv.
//
// A judge holds no rule of its own: what it would have to decide belongs into core/proof or core/authenticity.
//
// Thread-safety: judges are functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/proof/finding.h"
#include "gateway/conformance/case.h"

namespace passerelle::gateway {

// What the production code answered.
struct Judgement {
  std::string crypto;   // valid, invalid, ambiguous, n/a, or per-test
  std::string gateway;  // accept, reject, legacy, n/a, or per-test
  std::string why;      // reason and place; for suites within a file, the tests that differ
};

// The columns that an answer in two halves stands for.
Judgement JudgementOf(bool verified, const proof::Findings& findings);
// Of a row that could not be judged at all: a file is missing, its parameters are no JSON.
Judgement Unjudged(const absl::Status& status);

using Judge = Judgement (*)(const ConformanceCase&);

// The judge of a kind; null when there is none.
Judge FindJudge(absl::string_view kind);

}  // namespace passerelle::gateway
