#include "core/evidence/merkle.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/evidence/merkle_tree.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::evidence {
namespace {

using base::Reason;
using testing::HasReason;
using testing::HasReasonAt;

constexpr uint64_t kSizes = 40;

std::string Hex(const MerkleHash& hash) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

MerkleHash Leaf(uint64_t index) { return LeafHash(absl::StrCat("entry ", index)); }

// The definition of RFC 9162, 2.1.1, word by word.
MerkleHash Definition(uint64_t begin, uint64_t end) {
  if (end - begin == 1) return Leaf(begin);
  uint64_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return NodeHash(Definition(begin, begin + split), Definition(begin + split, end));
}

MerkleTree TreeOf(uint64_t size) {
  MerkleTree tree;
  for (uint64_t i = 0; i < size; ++i) EXPECT_EQ(tree.Append(Leaf(i)), i);
  return tree;
}

TEST(MerkleTest, HashesAreThoseOfTheStandard) {
  EXPECT_EQ(Hex(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(LeafHash("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  // The tree of eight leaves with which implementations of RFC 6962 are compared.
  MerkleTree tree;
  for (const char* const leaf :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}) {
    tree.Append(LeafHash(absl::HexStringToBytes(leaf)));
  }
  EXPECT_EQ(Hex(tree.Head().root), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(MerkleTest, RootsOfEverySizeFollowTheDefinition) {
  const MerkleTree tree = TreeOf(kSizes);
  ASSERT_OK_AND_ASSIGN(const TreeHead empty, tree.HeadAt(0));
  EXPECT_EQ(empty.root, EmptyRoot());
  for (uint64_t size = 1; size <= kSizes; ++size) {
    ASSERT_OK_AND_ASSIGN(const TreeHead head, tree.HeadAt(size));
    EXPECT_EQ(head.root, Definition(0, size)) << size;
    EXPECT_EQ(TreeOf(size).Head().root, head.root) << size;
  }
  EXPECT_THAT(tree.HeadAt(kSizes + 1), HasReason(Reason::kLogRange));
}

TEST(MerkleTest, EveryInclusionProofHoldsForItsLeafAndPlaceOnly) {
  const MerkleTree tree = TreeOf(kSizes);
  for (uint64_t size = 1; size <= kSizes; ++size) {
    ASSERT_OK_AND_ASSIGN(const TreeHead head, tree.HeadAt(size));
    for (uint64_t index = 0; index < size; ++index) {
      ASSERT_OK_AND_ASSIGN(const MerkleProof proof, tree.InclusionProof(index, size));
      EXPECT_OK(VerifyInclusion(Leaf(index), index, proof, head));
      EXPECT_THAT(VerifyInclusion(Leaf(index + 1), index, proof, head), HasReason(Reason::kLogProof));
      for (uint64_t other = 0; other < size; ++other) {
        if (other == index) continue;
        EXPECT_THAT(VerifyInclusion(Leaf(index), other, proof, head), HasReason(Reason::kLogProof));
      }
    }
  }
}

TEST(MerkleTest, EveryConsistencyProofHoldsForItsSizesOnly) {
  const MerkleTree tree = TreeOf(kSizes);
  for (uint64_t newer = 1; newer <= kSizes; ++newer) {
    ASSERT_OK_AND_ASSIGN(const TreeHead newer_head, tree.HeadAt(newer));
    for (uint64_t older = 1; older <= newer; ++older) {
      ASSERT_OK_AND_ASSIGN(const TreeHead older_head, tree.HeadAt(older));
      ASSERT_OK_AND_ASSIGN(MerkleProof proof, tree.ConsistencyProof(older, newer));
      EXPECT_OK(VerifyConsistency(older_head, newer_head, proof)) << older << " to " << newer;
      EXPECT_THAT(VerifyConsistency({older, Leaf(0)}, {newer, Leaf(1)}, proof), HasReason(Reason::kLogProof));
      proof.push_back(Leaf(0));
      EXPECT_THAT(VerifyConsistency(older_head, newer_head, proof), HasReason(Reason::kLogProof));
    }
  }
}

TEST(MerkleTest, OneOtherBitAnywhereInAProofIsFound) {
  const MerkleTree tree = TreeOf(kSizes);
  const TreeHead head = tree.Head();
  ASSERT_OK_AND_ASSIGN(const MerkleProof inclusion, tree.InclusionProof(17, kSizes));
  ASSERT_OK_AND_ASSIGN(const TreeHead older, tree.HeadAt(21));
  ASSERT_OK_AND_ASSIGN(const MerkleProof consistency, tree.ConsistencyProof(21, kSizes));
  for (size_t bit = 0; bit < inclusion.size() * 256; ++bit) {
    MerkleProof changed = inclusion;
    changed[bit / 256][bit % 256 / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifyInclusion(Leaf(17), 17, changed, head).ok()) << bit;
  }
  for (size_t bit = 0; bit < consistency.size() * 256; ++bit) {
    MerkleProof changed = consistency;
    changed[bit / 256][bit % 256 / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifyConsistency(older, head, changed).ok()) << bit;
  }
}

TEST(MerkleTest, WhatCannotBeProvedIsRefusedAtItsPlace) {
  const MerkleTree tree = TreeOf(8);
  const TreeHead head = tree.Head();
  EXPECT_THAT(VerifyInclusion(Leaf(0), 8, {}, head), HasReasonAt(Reason::kLogProof, "index"));
  EXPECT_THAT(VerifyInclusion(Leaf(0), 0, {}, {0, EmptyRoot()}), HasReasonAt(Reason::kLogProof, "index"));
  EXPECT_THAT(VerifyInclusion(Leaf(0), 0, {}, head), HasReasonAt(Reason::kLogProof, "proof"));
  EXPECT_THAT(VerifyInclusion(Leaf(0), 0, MerkleProof(65), {~uint64_t{0}, {}}), HasReason(Reason::kLogProof));
  EXPECT_THAT(VerifyConsistency({0, EmptyRoot()}, head, {}), HasReasonAt(Reason::kLogProof, "older"));
  EXPECT_THAT(VerifyConsistency({9, head.root}, head, {}), HasReasonAt(Reason::kLogProof, "older"));
  EXPECT_THAT(VerifyConsistency({3, head.root}, head, {}), HasReasonAt(Reason::kLogProof, "proof"));
  EXPECT_THAT(VerifyConsistency({8, Leaf(0)}, head, {}), HasReasonAt(Reason::kLogProof, "root"));
  EXPECT_THAT(tree.InclusionProof(8, 8), HasReason(Reason::kLogRange));
  EXPECT_THAT(tree.InclusionProof(0, 9), HasReason(Reason::kLogRange));
  EXPECT_THAT(tree.ConsistencyProof(0, 8), HasReason(Reason::kLogRange));
  EXPECT_THAT(tree.ConsistencyProof(9, 8), HasReason(Reason::kLogRange));
}

}  // namespace
}  // namespace passerelle::evidence
