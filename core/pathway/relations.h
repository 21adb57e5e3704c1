// What two items have to do with each other: which of them cannot both count, and why.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// Why only one of two items counts.
enum class Relation {
  kPresentedTwice,  // the same item
  kSameCourse,      // the same course of the same awarding body, in the same version
  kPart,            // one is a part of the other, or a part of a part
  kCommonPart,      // something is a part of both
  kOverlap,         // they share more outcomes than the pathway allows
};

// "PRESENTED_TWICE", "SAME_COURSE", "PART_OF", "COMMON_PART", "OVERLAP".
absl::string_view RelationWord(Relation relation);

// The items, checked: no item is a part of itself, by whatever way, and none supersedes itself. kBundleCyclic with
// "items[2].parts" and the circle.
absl::Status CheckRelations(const std::vector<v1::Item>& items);

// For every pair of items, why only one of them counts; nullopt where both can.
class Relations {
 public:
  // `items` have passed CheckRelations. Cost: the square of their number.
  Relations(const std::vector<v1::Item>& items, const v1::Pathway& pathway);

  std::optional<Relation> Between(size_t a, size_t b) const { return pairs_[a][b]; }
  // Whether both may be the same course, and what is stated does not tell: the awarding bodies have no identifier in
  // common, the version of one is not stated, or one names no course while title, date and body are the same. Both can
  // count then, and a person has to confirm it.
  bool MayBeSame(size_t a, size_t b) const { return maybe_same_[a][b]; }
  // Whether item `part` is a part of item `whole`, or of a part of it.
  bool IsPart(size_t part, size_t whole) const { return parts_[whole][part]; }
  // Whether the parts of an item state more credits than it does: then only the whole counts.
  bool PartsExceed(size_t whole) const { return exceeded_[whole]; }

 private:
  std::vector<std::vector<std::optional<Relation>>> pairs_;
  std::vector<std::vector<bool>> maybe_same_;
  std::vector<std::vector<bool>> parts_;  // whole, part
  std::vector<bool> exceeded_;
};

// Whether the shared outcomes of two items are more than the rule's fraction of the smaller set.
bool OverlapsTooMuch(const v1::Item& a, const v1::Item& b, const v1::OverlapRule& rule);

// "no two items share more than 50 % of their outcomes".
std::string NeededOfOverlap(const v1::OverlapRule& rule);

}  // namespace passerelle::pathway
