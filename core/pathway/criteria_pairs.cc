// Pairs of items of which a person decides whether both count.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/pathway/criterion.h"
#include "core/pathway/relations.h"

namespace passerelle::pathway {
namespace {

class PairCriterion final : public Criterion {
 public:
  PairCriterion(std::vector<std::vector<size_t>> pairs, std::string needed, std::string missing)
      : pairs_(std::move(pairs)), counted_(pairs_.size()), needed_(std::move(needed)), missing_(std::move(missing)) {}

  void Take(size_t item, int /*place*/) override {
    open_ += PairsWith(item);
    counted_[item] = true;
  }
  void Drop(size_t item, int /*place*/) override {
    counted_[item] = false;
    open_ -= PairsWith(item);
  }
  Standing Now() const override { return {open_ == 0 ? v1::OUTCOME_SATISFIED : v1::OUTCOME_UNKNOWN}; }
  // More items never help.
  Standing Best(size_t /*next*/) const override { return Now(); }
  std::string Signature(size_t item) const override { return pairs_[item].empty() ? "" : absl::StrCat("alone", item); }
  bool Concerns(size_t item) const override { return PairsWith(item) > 0; }
  std::string NeededText() const override { return needed_; }
  std::string HaveText() const override {
    return open_ == 0 ? "no such two" : absl::StrCat(open_, " such pair", open_ == 1 ? "" : "s");
  }
  std::string MissingText() const override { return missing_; }

 private:
  int PairsWith(size_t item) const {
    return static_cast<int>(
        std::count_if(pairs_[item].begin(), pairs_[item].end(), [&](size_t other) { return counted_[other]; }));
  }

  const std::vector<std::vector<size_t>> pairs_;
  std::vector<bool> counted_;
  int open_ = 0;
  const std::string needed_;
  const std::string missing_;
};

}  // namespace

std::unique_ptr<Criterion> MakePairCriterion(std::vector<std::vector<size_t>> pairs, std::string needed,
                                             std::string missing) {
  return std::make_unique<PairCriterion>(std::move(pairs), std::move(needed), std::move(missing));
}

std::unique_ptr<Criterion> MakeOverlapCriterion(const v1::OverlapRule& rule, const Candidates& candidates) {
  std::vector<std::vector<size_t>> pairs(candidates.size());
  for (size_t a = 0; a < candidates.size(); ++a) {
    for (size_t b = 0; b < candidates.size(); ++b) {
      if (a != b && OverlapsTooMuch(*candidates[a].item, *candidates[b].item, rule)) pairs[a].push_back(b);
    }
  }
  return MakePairCriterion(std::move(pairs), NeededOfOverlap(rule), "a person's decision on the items that overlap");
}

}  // namespace passerelle::pathway
