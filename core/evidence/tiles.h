// The files of a log by C2SP tlog-tiles: the tree in tiles of 256 hashes, the entries in bundles of 256. A tile that is
// full never changes; one that is not yet full goes under the name of its width. Whoever has the files has the log.
//
// Names and contents only: where the files lie is the caller's business.
//
// Thread-safety: free functions on values.
//
//   for (const Tile& tile : TilesOfGrowth(old_size, tree.size())) {
//     ASSIGN_OR_RETURN(const std::string bytes, TileBytes(tile, reader));
//     Write(TilePath(tile), bytes);
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/evidence/merkle.h"

namespace passerelle::evidence {

inline constexpr int kTileHeight = 8;
inline constexpr int kTileWidth = 1 << kTileHeight;

struct Tile {
  int level = 0;  // its hashes are over 256^level leaves each
  uint64_t index = 0;
  int width = kTileWidth;  // hashes in it, 1 to 256

  bool operator==(const Tile& other) const {
    return level == other.level && index == other.index && width == other.width;
  }
};

// "tile/0/x001/x234/067" and "tile/0/x001/x234/067.p/8".
std::string TilePath(const Tile& tile);
// "tile/entries/x001/x234/067" and so on; the level counts for nothing.
std::string EntryBundlePath(const Tile& tile);
// Strict inverse of TilePath: nothing for any other text.
std::optional<Tile> ReadTilePath(absl::string_view path);

// The tiles to write when a log has grown from `older` to `newer` leaves: those that are new, and those that have
// become wider. In the order in which they may be written: a tile's hashes stand in the tiles before it.
std::vector<Tile> TilesOfGrowth(uint64_t older, uint64_t newer);
// Level 0 of the above: the bundles of entries to write.
std::vector<Tile> BundlesOfGrowth(uint64_t older, uint64_t newer);

// The hashes of a tile one after the other. Problems: those of the reader.
absl::StatusOr<std::string> TileBytes(const Tile& tile, SubtreeReader subtree);

// Reads a tile's bytes.
using TileReader = absl::FunctionRef<absl::StatusOr<std::string>(const Tile&)>;

// The hash of a subtree of a log of `size` leaves out of its tiles: with it and a TileReader, proofs are made from
// files alone. Problems: kLogRange for a subtree beyond the size; kLogFile for a tile of the wrong length; those of the
// reader.
absl::StatusOr<MerkleHash> SubtreeFromTiles(int level, uint64_t index, uint64_t size, TileReader tiles);

// A bundle of entries: for each its length in two bytes, big-endian, and its bytes. Problem: kInputTooLarge for an
// entry above 65535 bytes.
absl::StatusOr<std::string> WriteEntryBundle(const std::vector<std::string>& entries);
// The entries of a bundle of that width. Problem: kLogFile.
absl::StatusOr<std::vector<std::string>> ReadEntryBundle(absl::string_view bytes, int width);

}  // namespace passerelle::evidence
