// The lines of an evaluation: what became of every item and every rule, what is missing, and what was taken for
// granted.
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/pathway/assignment.h"
#include "core/pathway/criterion.h"
#include "core/pathway/eligibility.h"
#include "core/pathway/relations.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// What was found out about an item.
struct ItemFacts {
  std::vector<Objection> objections;
  std::optional<size_t> related;  // the item on account of which it is out
  bool counted = false;
  PlaceOf place;  // that it fills

  // Whether it surely cannot count.
  bool IsOut() const {
    for (const Objection& objection : objections) {
      if (objection.answer == Answer::kNo) return true;
    }
    return false;
  }
};

// In place of the number of a rule, for what holds without one: nothing counts twice.
inline constexpr int kNoRule = -1;

// Everything that the lines are written from. Items stand in canonical order; the criteria have taken those that count.
struct Explanation {
  const v1::Pathway& pathway;
  const std::vector<v1::Item>& items;
  const Relations& relations;
  const std::vector<ItemFacts>& facts;
  const std::vector<std::unique_ptr<Criterion>>& criteria;
  const std::vector<int>& rules;               // by criterion, the number of its rule, or kNoRule
  const std::vector<size_t>& candidate_items;  // by candidate, the number of its item
};

// One line an item, and the credits that count as their sum.
void ExplainItems(const Explanation& explanation, v1::Evaluation* evaluation);

// One line a rule; one gap for every rule that is not satisfied, with offers that could fill it.
void ExplainRules(const Explanation& explanation, const std::vector<v1::Item>& offers, v1::Evaluation* evaluation);

// A line of its own where it is open whether two items are the same.
void ExplainDoubles(const Explanation& explanation, v1::Evaluation* evaluation);

void ListAssumptions(const Explanation& explanation, v1::Evaluation* evaluation);

}  // namespace passerelle::pathway
