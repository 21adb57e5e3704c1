#include "core/evidence/merkle.h"

#include <algorithm>
#include <array>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

absl::string_view View(const uint8_t* bytes, size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

// The two positions that RFC 9162 calls fn and sn: of a node, and of the last node on its level.
struct Position {
  uint64_t node;
  uint64_t last;

  void Up() {
    node >>= 1;
    last >>= 1;
  }
  // Whether the next hash of a proof stands to the left of this node. If so, levels on which the node has no sibling,
  // and so no hash in the proof, are climbed.
  bool TakesLeft() {
    if ((node & 1) == 0 && node != last) return false;
    while (node != 0 && (node & 1) == 0) Up();
    return true;
  }
};

// The largest power of two smaller than `size`, which is at least 2: where a tree is split (RFC 9162, 2.1.1).
int SplitLevel(uint64_t size) {
  int level = 63;
  while ((uint64_t{1} << level) >= size) --level;
  return level;
}

// The hash over `size` leaves from `begin` on, where `begin` is a multiple of the power of two not below `size`.
absl::StatusOr<MerkleHash> RangeHash(uint64_t begin, uint64_t size, SubtreeReader subtree) {
  // Full subtrees from the left, then folded from the right.
  std::vector<MerkleHash> parts;
  while (size > 0) {
    int level = 63;
    while ((uint64_t{1} << level) > size) --level;
    ASSIGN_OR_RETURN(const MerkleHash hash, subtree(level, begin >> level));
    parts.push_back(hash);
    begin += uint64_t{1} << level;
    size -= uint64_t{1} << level;
  }
  MerkleHash hash = parts.back();
  for (auto part = parts.rbegin() + 1; part != parts.rend(); ++part) hash = NodeHash(*part, hash);
  return hash;
}

}  // namespace

MerkleHash EmptyRoot() { return base::Sha256(""); }

MerkleHash LeafHash(absl::string_view leaf) {
  std::string input(1, '\0');
  input.append(leaf.data(), leaf.size());
  return base::Sha256(input);
}

MerkleHash NodeHash(const MerkleHash& left, const MerkleHash& right) {
  std::array<uint8_t, 1 + 2 * sizeof(MerkleHash)> input;
  input[0] = 1;
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 1 + sizeof(MerkleHash));
  return base::Sha256(View(input.data(), input.size()));
}

// RFC 9162, 2.1.3.2.
absl::Status VerifyInclusion(const MerkleHash& leaf, uint64_t index, const MerkleProof& proof, const TreeHead& head) {
  if (index >= head.size) return Problem(Reason::kLogProof, "index", "it is not below the size of the tree");
  Position at = {index, head.size - 1};
  MerkleHash hash = leaf;
  for (const MerkleHash& next : proof) {
    if (at.last == 0) return Problem(Reason::kLogProof, "proof", "it is longer than the tree is high");
    hash = at.TakesLeft() ? NodeHash(next, hash) : NodeHash(hash, next);
    at.Up();
  }
  if (at.last != 0) return Problem(Reason::kLogProof, "proof", "it is shorter than the tree is high");
  if (hash != head.root) return Problem(Reason::kLogProof, "root", "the proof leads to another one");
  return absl::OkStatus();
}

// RFC 9162, 2.1.4.2.
absl::Status VerifyConsistency(const TreeHead& older, const TreeHead& newer, const MerkleProof& proof) {
  if (older.size == 0) return Problem(Reason::kLogProof, "older", "a tree without leaves is the beginning of any");
  if (older.size > newer.size) return Problem(Reason::kLogProof, "older", "it is larger than the newer one");
  if (older.size == newer.size) {
    if (!proof.empty()) return Problem(Reason::kLogProof, "proof", "trees of one size need none");
    if (older.root != newer.root) return Problem(Reason::kLogProof, "root", "two trees of one size differ");
    return absl::OkStatus();
  }
  // The proof leaves the older root out where it is itself a full subtree.
  const bool root_is_first = (older.size & (older.size - 1)) == 0;
  if (!root_is_first && proof.empty()) return Problem(Reason::kLogProof, "proof", "it is empty");
  Position at = {older.size - 1, newer.size - 1};
  while ((at.node & 1) == 1) at.Up();
  MerkleHash older_hash = root_is_first ? older.root : proof.front();
  MerkleHash newer_hash = older_hash;
  for (auto next = proof.begin() + (root_is_first ? 0 : 1); next != proof.end(); ++next) {
    if (at.last == 0) return Problem(Reason::kLogProof, "proof", "it is longer than the tree is high");
    if (at.TakesLeft()) {
      older_hash = NodeHash(*next, older_hash);
      newer_hash = NodeHash(*next, newer_hash);
    } else {
      newer_hash = NodeHash(newer_hash, *next);
    }
    at.Up();
  }
  if (at.last != 0) return Problem(Reason::kLogProof, "proof", "it is shorter than the tree is high");
  if (older_hash != older.root) return Problem(Reason::kLogProof, "older/root", "the proof leads to another one");
  if (newer_hash != newer.root) return Problem(Reason::kLogProof, "newer/root", "the proof leads to another one");
  return absl::OkStatus();
}

absl::StatusOr<MerkleHash> MakeRoot(uint64_t size, SubtreeReader subtree) {
  if (size == 0) return EmptyRoot();
  return RangeHash(0, size, subtree);
}

// PATH of RFC 9162, 2.1.3.1, from the root down and then turned round.
absl::StatusOr<MerkleProof> MakeInclusionProof(uint64_t index, uint64_t size, SubtreeReader subtree) {
  if (index >= size) return Problem(Reason::kLogRange, "index", "it is not below the size of the tree");
  MerkleProof proof;
  uint64_t begin = 0;
  while (size > 1) {
    const uint64_t half = uint64_t{1} << SplitLevel(size);
    if (index - begin < half) {
      ASSIGN_OR_RETURN(const MerkleHash right, RangeHash(begin + half, size - half, subtree));
      proof.push_back(right);
      size = half;
    } else {
      ASSIGN_OR_RETURN(const MerkleHash left, RangeHash(begin, half, subtree));
      proof.push_back(left);
      begin += half;
      size -= half;
    }
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

// SUBPROOF of RFC 9162, 2.1.4.1, in the same way.
absl::StatusOr<MerkleProof> MakeConsistencyProof(uint64_t older, uint64_t newer, SubtreeReader subtree) {
  if (older == 0 || older > newer) return Problem(Reason::kLogRange, "older", "it is not within 1 and the newer size");
  MerkleProof proof;
  uint64_t begin = 0;
  uint64_t size = newer;
  while (older - begin != size) {
    const uint64_t half = uint64_t{1} << SplitLevel(size);
    if (older - begin <= half) {
      ASSIGN_OR_RETURN(const MerkleHash right, RangeHash(begin + half, size - half, subtree));
      proof.push_back(right);
      size = half;
    } else {
      ASSIGN_OR_RETURN(const MerkleHash left, RangeHash(begin, half, subtree));
      proof.push_back(left);
      begin += half;
      size -= half;
    }
  }
  if (begin > 0) {
    ASSIGN_OR_RETURN(const MerkleHash last, RangeHash(begin, size, subtree));
    proof.push_back(last);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

}  // namespace passerelle::evidence
