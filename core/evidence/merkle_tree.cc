#include "core/evidence/merkle_tree.h"

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::evidence {

uint64_t MerkleTree::Append(const MerkleHash& leaf) {
  const uint64_t index = size();
  MerkleHash hash = leaf;
  for (size_t level = 0;; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    levels_[level].push_back(hash);
    const size_t count = levels_[level].size();
    if (count % 2 == 1) return index;
    hash = NodeHash(levels_[level][count - 2], hash);
  }
}

TreeHead MerkleTree::Head() const {
  const absl::StatusOr<TreeHead> head = HeadAt(size());
  return head.ok() ? *head : TreeHead{0, EmptyRoot()};
}

absl::StatusOr<MerkleHash> MerkleTree::Subtree(int level, uint64_t index) const {
  if (level < 0 || static_cast<size_t>(level) >= levels_.size() || index >= levels_[level].size()) {
    return base::Problem(base::Reason::kLogRange, "subtree", "it is not full yet");
  }
  return levels_[level][index];
}

absl::StatusOr<TreeHead> MerkleTree::HeadAt(uint64_t size) const {
  ASSIGN_OR_RETURN(const MerkleHash root,
                   MakeRoot(size, [this](int level, uint64_t index) { return Subtree(level, index); }));
  return TreeHead{size, root};
}

absl::StatusOr<MerkleProof> MerkleTree::InclusionProof(uint64_t index, uint64_t size) const {
  return MakeInclusionProof(index, size, [this](int level, uint64_t at) { return Subtree(level, at); });
}

absl::StatusOr<MerkleProof> MerkleTree::ConsistencyProof(uint64_t older, uint64_t newer) const {
  return MakeConsistencyProof(older, newer, [this](int level, uint64_t at) { return Subtree(level, at); });
}

}  // namespace passerelle::evidence
