// A log's tree in memory: leaves are appended, never changed, and any earlier size can still be asked about.
//
// It keeps the hash of every full subtree, 64 bytes a leaf; a log that outgrows memory reads its tiles instead
// (tiles.h) and needs no tree.
//
// Thread-safety: const calls may run together; Append needs the tree alone. Ownership: values.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/evidence/merkle.h"

namespace passerelle::evidence {

class MerkleTree {
 public:
  // The index of the new leaf. Cost: one node hash on average.
  uint64_t Append(const MerkleHash& leaf);

  uint64_t size() const { return levels_.empty() ? 0 : levels_.front().size(); }
  TreeHead Head() const;

  // A SubtreeReader. kLogRange for a subtree that is not full yet.
  absl::StatusOr<MerkleHash> Subtree(int level, uint64_t index) const;

  // Of the tree as it was with `size` leaves. kLogRange when there are fewer.
  absl::StatusOr<TreeHead> HeadAt(uint64_t size) const;
  absl::StatusOr<MerkleProof> InclusionProof(uint64_t index, uint64_t size) const;
  absl::StatusOr<MerkleProof> ConsistencyProof(uint64_t older, uint64_t newer) const;

 private:
  std::vector<std::vector<MerkleHash>> levels_;  // levels_[k][i] is over the leaves from i * 2^k on
};

}  // namespace passerelle::evidence
