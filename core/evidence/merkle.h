// Merkle trees as transparency logs use them (RFC 6962, 2.1; RFC 9162, 2.1): hashes, and proofs that a leaf is in a
// tree and that a tree is the beginning of another. What is here needs no tree, only hashes.
//
// Thread-safety: free functions on values. Cost: one hash per step, at most 64 steps per proof.
//
//   RETURN_IF_ERROR(VerifyInclusion(LeafHash(record), index, proof, head));
#pragma once

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"

namespace passerelle::evidence {

using MerkleHash = base::Sha256Digest;
using MerkleProof = std::vector<MerkleHash>;

// What a tree of `size` leaves comes down to.
struct TreeHead {
  uint64_t size = 0;
  MerkleHash root = {};
};

// The root of the tree without leaves: SHA-256 of nothing.
MerkleHash EmptyRoot();
// SHA-256(0x00 || leaf): what is a leaf can never pass for a node.
MerkleHash LeafHash(absl::string_view leaf);
// SHA-256(0x01 || left || right).
MerkleHash NodeHash(const MerkleHash& left, const MerkleHash& right);

// OK when `proof` shows that the leaf stands at `index` in the tree. Problem: kLogProof.
absl::Status VerifyInclusion(const MerkleHash& leaf, uint64_t index, const MerkleProof& proof, const TreeHead& head);

// OK when `proof` shows that the older tree is the beginning of the newer one. There is nothing to prove about a tree
// without leaves, so a question about one is refused. Problem: kLogProof.
absl::Status VerifyConsistency(const TreeHead& older, const TreeHead& newer, const MerkleProof& proof);

// The hash of the full subtree over the leaves from index * 2^level on, 2^level of them. Asked only for subtrees that
// lie within the size in question.
using SubtreeReader = absl::FunctionRef<absl::StatusOr<MerkleHash>(int level, uint64_t index)>;

// The root of the tree of the first `size` leaves. Problems: those of the reader.
absl::StatusOr<MerkleHash> MakeRoot(uint64_t size, SubtreeReader subtree);

// The proof for VerifyInclusion. Problems: kLogRange unless index < size; those of the reader.
absl::StatusOr<MerkleProof> MakeInclusionProof(uint64_t index, uint64_t size, SubtreeReader subtree);

// The proof for VerifyConsistency. Problems: kLogRange unless 0 < older <= newer; those of the reader.
absl::StatusOr<MerkleProof> MakeConsistencyProof(uint64_t older, uint64_t newer, SubtreeReader subtree);

}  // namespace passerelle::evidence
