// Pathways applied to what a holder presents: a pure function of the two and of a day.
//
// Evaluation order: authenticity and eligibility of each item, duplicates and overlaps, assignment of items to places,
// totals, gaps. The result explains itself: every item and every rule has a line, and every number in the summary can
// be recomputed from the lines. It never creates an entitlement; who decides is the owner of the pathway.
//
// Thread-safety: free functions on values. The same set of items gives the same bytes in whatever order they come.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// Offers that one gap names. Test: tests/unit/core/pathway/evaluate_test.cc.
inline constexpr int kSuggestionsMax = 10;

struct Question {
  std::vector<v1::Item> items;
  std::string day;               // of the evaluation or of the application, yyyy-mm-dd
  std::string language;          // of the notice that nothing is entitled to; English when empty or unknown
  std::vector<v1::Item> offers;  // of catalogues, in the form of the items that they would give
};

// Problems: those of CheckPathway and CheckItems; kFieldInvalid for "day"; kPathwayWithdrawn for "status";
// kPathwayNotInForce for "valid_from" and "valid_to".
absl::StatusOr<v1::Evaluation> Evaluate(const v1::Pathway& pathway, const Question& question);

}  // namespace passerelle::pathway
