// Whether a pathway, and what is presented to it, can be used at all.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// Rules of one pathway, places and outcomes of one rule. The longest real programme rules that were read have ten rules
// and forty electives. Test: tests/unit/core/pathway/check_pathway_test.cc.
inline constexpr int kRulesMax = 100;
inline constexpr int kPlacesMax = 200;

// Items of one evaluation; pairs of them are compared. The longest real transcript seen has 70 achievements.
// Test: tests/unit/core/pathway/check_pathway_test.cc.
inline constexpr int kItemsMax = 500;

// Problems with the place, "rules[2].min_share.fraction": kConfigInvalid for what is missing, malformed or unknown, and
// for what nothing could ever satisfy: more places to fill than there are, a share of more than all.
// kPathwayContradictory for rules that contradict each other: fewer credits at most than at least, elements that have
// to come before each other, two rules of a kind that stands once.
absl::Status CheckPathway(const v1::Pathway& pathway);

// Problems with the place, "items[2].award_date": kFieldInvalid or kFieldMissing for malformed dates, numbers or
// levels, kInputTooLarge for more items than kItemsMax, kBundleCyclic for an item that is a part of itself.
absl::Status CheckItems(const std::vector<v1::Item>& items);

}  // namespace passerelle::pathway
