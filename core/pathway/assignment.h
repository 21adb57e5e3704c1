// Which items count, and which places they fill: the best assignment there is.
//
// Best is, in this order: the better outcome of the whole pathway; most rules satisfied; fewest rules that surely are
// not; fewest places and outcomes missing; least shortfall of credits; fewest credits used; then, item by item from the
// earliest award and the least id on: one that counts before one that does not, and an earlier place of the pathway
// before a later one.
//
// Algorithm: depth-first branch and bound over the items in canonical order (date of award, id). Every item fills a
// place, counts without one, or does not count. A branch is left when what its rules can reach at best is no better
// than what was found. Items that no rule can tell apart are taken in one order only. The answer is exact, and depends
// on the set of items alone, not on the order in which they come. Choosing items under such rules is NP-hard: with n
// items and p places the worst case is (p + 2)^n branches, each of as many steps as there are rules; with c kinds of
// items that no rule can tell apart it is polynomial in n, of degree c (p + 1). So the work is bounded: beyond
// kAssignmentStepsMax steps the best that was found is given, marked as not proven.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/pathway/criterion.h"

namespace passerelle::pathway {

// Steps of one search: rules looked at, each by its size (Criterion::Steps), over all branches; about two seconds. Real
// pathways of ten rules and thirty items take some ten thousand. Test: tests/unit/core/pathway/assignment_test.cc.
inline constexpr int64_t kAssignmentStepsMax = 10'000'000;

// What the search has to respect besides the rules.
struct AssignmentProblem {
  size_t items = 0;
  std::vector<std::unique_ptr<Criterion>>* criteria = nullptr;
  std::vector<Amount> costs;  // by item: credits that it states, in millionths
  // Whether both items can count.
  std::function<bool(size_t, size_t)> compatible;
  // Whether an item may count without filling a place.
  std::function<bool(size_t)> may_stand_free;
  int64_t steps_max = kAssignmentStepsMax;
};

// A place, or none.
struct PlaceOf {
  int criterion = -1;
  int place = Criterion::kNoPlace;
};

struct Assigned {
  size_t item = 0;
  PlaceOf place;
};

struct Assignment {
  std::vector<Assigned> items;  // those that count, in canonical order
  v1::Outcome outcome = v1::OUTCOME_UNKNOWN;
  bool proven = false;  // whether it was proven to be the best
};

// The outcome is SATISFIED when an assignment satisfies every rule, NOT_SATISFIED when every assignment surely breaks
// one, and UNKNOWN otherwise, also where the steps did not suffice to tell. Leaves the criteria with the items taken
// that count.
Assignment FindAssignment(const AssignmentProblem& problem);

}  // namespace passerelle::pathway
