#include "core/evidence/tiles.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/evidence/merkle_tree.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::evidence {
namespace {

using base::Reason;
using testing::HasReason;

MerkleTree TreeOfTiles(uint64_t size) {
  MerkleTree tree;
  for (uint64_t i = 0; i < size; ++i) tree.Append(LeafHash(absl::StrCat("entry ", i)));
  return tree;
}

// The files of a log that grew in steps.
class LogFiles {
 public:
  explicit LogFiles(const MerkleTree& tree) : tree_(tree) {}

  void GrowTo(uint64_t size) {
    for (const Tile& tile : TilesOfGrowth(size_, size)) {
      ASSERT_OK_AND_ASSIGN(files_[TilePath(tile)],
                           TileBytes(tile, [this](int level, uint64_t index) { return tree_.Subtree(level, index); }));
    }
    size_ = size;
  }
  absl::StatusOr<std::string> Read(const Tile& tile) const {
    const auto found = files_.find(TilePath(tile));
    if (found == files_.end()) return base::Problem(Reason::kInputNotReadable, TilePath(tile));
    return found->second;
  }
  std::map<std::string, std::string>& files() { return files_; }

 private:
  const MerkleTree& tree_;
  uint64_t size_ = 0;
  std::map<std::string, std::string> files_;
};

TEST(TilesTest, PathsAreThoseOfTheStandard) {
  EXPECT_EQ(TilePath({0, 0, 256}), "tile/0/000");
  EXPECT_EQ(TilePath({0, 1234067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(TilePath({2, 1234067, 8}), "tile/2/x001/x234/067.p/8");
  EXPECT_EQ(EntryBundlePath({0, 999, 255}), "tile/entries/999.p/255");
  for (const char* const path : {"tile/0/000", "tile/0/x001/x234/067", "tile/63/x001/000.p/255"}) {
    const auto tile = ReadTilePath(path);
    ASSERT_TRUE(tile.has_value()) << path;
    EXPECT_EQ(TilePath(*tile), path);
  }
  for (const char* const path : {"",
                                 "tile",
                                 "tile/0",
                                 "tile/0/",
                                 "tile/0/0",
                                 "tile/00/000",
                                 "tile/64/000",
                                 "tile/-1/000",
                                 "tile/0/x000/000",
                                 "tile/0/001/000",
                                 "tile/0/x001",
                                 "tile/0/000.p/0",
                                 "tile/0/000.p/256",
                                 "tile/0/000.p/08",
                                 "tile/0/000.p/+8",
                                 "tile/0/000.p/",
                                 "tile/0/0a0",
                                 "tile/0/../000",
                                 "tile/0/x001/x001/x001/x001/x001/x001/001",
                                 "tile/0/000 "}) {
    EXPECT_FALSE(ReadTilePath(path).has_value()) << path;
  }
}

TEST(TilesTest, GrowthWritesWhatIsNewOrWider) {
  EXPECT_TRUE(TilesOfGrowth(0, 0).empty());
  EXPECT_TRUE(TilesOfGrowth(300, 300).empty());
  EXPECT_EQ(TilesOfGrowth(0, 1), (std::vector<Tile>{{0, 0, 1}}));
  EXPECT_EQ(TilesOfGrowth(255, 257), (std::vector<Tile>{{0, 0, 256}, {0, 1, 1}, {1, 0, 1}}));
  EXPECT_EQ(TilesOfGrowth(256, 511), (std::vector<Tile>{{0, 1, 255}}));
  EXPECT_EQ(TilesOfGrowth(65535, 65536), (std::vector<Tile>{{0, 255, 256}, {1, 0, 256}, {2, 0, 1}}));
  EXPECT_EQ(BundlesOfGrowth(250, 600), (std::vector<Tile>{{0, 0, 256}, {0, 1, 256}, {0, 2, 88}}));
}

TEST(TilesTest, ProofsFromFilesAreThoseOfTheTree) {
  const MerkleTree tree = TreeOfTiles(1000);
  LogFiles files(tree);
  for (const uint64_t size : {1u, 3u, 255u, 256u, 257u, 700u, 1000u}) {
    files.GrowTo(size);
    const auto read = [&](int level, uint64_t index) {
      return SubtreeFromTiles(level, index, size, [&](const Tile& tile) { return files.Read(tile); });
    };
    ASSERT_OK_AND_ASSIGN(const MerkleHash root, MakeRoot(size, read));
    ASSERT_OK_AND_ASSIGN(const TreeHead head, tree.HeadAt(size));
    EXPECT_EQ(root, head.root) << size;
    for (uint64_t index = 0; index < size; index += 37) {
      ASSERT_OK_AND_ASSIGN(const MerkleProof proof, MakeInclusionProof(index, size, read));
      ASSERT_OK_AND_ASSIGN(const MerkleProof expected, tree.InclusionProof(index, size));
      EXPECT_EQ(proof, expected) << index << " of " << size;
      ASSERT_OK_AND_ASSIGN(const MerkleProof growth, MakeConsistencyProof(index + 1, size, read));
      ASSERT_OK_AND_ASSIGN(const TreeHead older, tree.HeadAt(index + 1));
      EXPECT_OK(VerifyConsistency(older, head, growth));
    }
  }
}

TEST(TilesTest, AFileOfTheWrongLengthOrAMissingOneIsNamed) {
  const MerkleTree tree = TreeOfTiles(300);
  LogFiles files(tree);
  files.GrowTo(300);
  files.files()["tile/0/000"].pop_back();
  files.files().erase("tile/0/001.p/44");
  const auto read = [&](int level, uint64_t index) {
    return SubtreeFromTiles(level, index, 300, [&](const Tile& tile) { return files.Read(tile); });
  };
  EXPECT_THAT(read(0, 5), testing::HasReasonAt(Reason::kLogFile, "tile/0/000"));
  EXPECT_THAT(read(0, 256), HasReason(Reason::kInputNotReadable));
  EXPECT_THAT(read(0, 300), HasReason(Reason::kLogRange));
  EXPECT_THAT(read(64, 0), HasReason(Reason::kLogRange));
  EXPECT_THAT(read(-1, 0), HasReason(Reason::kLogRange));
}

TEST(EntryBundleTest, RoundTripsAndIsStrict) {
  const std::vector<std::string> entries = {"", "one", std::string(65535, 'x')};
  ASSERT_OK_AND_ASSIGN(const std::string bytes, WriteEntryBundle(entries));
  EXPECT_THAT(ReadEntryBundle(bytes, 3), testing::IsOkAndHolds(entries));
  EXPECT_THAT(ReadEntryBundle(bytes, 2), HasReason(Reason::kLogFile));
  EXPECT_THAT(ReadEntryBundle(bytes, 4), HasReason(Reason::kLogFile));
  for (const size_t cut : {size_t{1}, size_t{3}, size_t{6}, bytes.size() - 1}) {
    EXPECT_THAT(ReadEntryBundle(absl::string_view(bytes).substr(0, cut), 3), HasReason(Reason::kLogFile)) << cut;
  }
  EXPECT_THAT(WriteEntryBundle({std::string(65536, 'x')}), HasReason(Reason::kInputTooLarge));
}

}  // namespace
}  // namespace passerelle::evidence
