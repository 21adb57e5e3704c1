#include "core/evidence/tiles.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

constexpr int kLevelMax = 63;  // two digits, by the standard
constexpr size_t kEntryBytesMax = 65535;

// Groups of three digits, all but the last after an "x".
std::string IndexPath(uint64_t index) {
  std::string path = absl::StrFormat("%03d", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) path = absl::StrCat(absl::StrFormat("x%03d/", index % 1000), path);
  return path;
}

std::string PartialPath(int width) { return width == kTileWidth ? "" : absl::StrCat(".p/", width); }

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

std::optional<uint64_t> ReadIndexPath(absl::string_view path) {
  uint64_t index = 0;
  const std::vector<absl::string_view> groups = absl::StrSplit(path, '/');
  // 10^18 tiles are more than any log has, and fit into the number.
  if (groups.size() > 6) return std::nullopt;
  for (size_t i = 0; i < groups.size(); ++i) {
    absl::string_view digits = groups[i];
    const bool last = i + 1 == groups.size();
    if (absl::ConsumePrefix(&digits, "x") == last || digits.size() != 3 || !IsDigits(digits)) return std::nullopt;
    index = index * 1000 + static_cast<uint64_t>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0'));
  }
  return index;
}

// The tiles of a level that grows from `older` to `newer` hashes.
std::vector<Tile> GrowthOfLevel(int level, uint64_t older, uint64_t newer) {
  std::vector<Tile> tiles;
  if (older >= newer) return tiles;
  // The tiles before this one are full and stay as they are.
  for (uint64_t index = older / kTileWidth; index * kTileWidth < newer; ++index) {
    const uint64_t width = std::min<uint64_t>(newer - index * kTileWidth, kTileWidth);
    tiles.push_back({level, index, static_cast<int>(width)});
  }
  return tiles;
}

}  // namespace

std::string TilePath(const Tile& tile) {
  return absl::StrCat("tile/", tile.level, "/", IndexPath(tile.index), PartialPath(tile.width));
}

std::string EntryBundlePath(const Tile& tile) {
  return absl::StrCat("tile/entries/", IndexPath(tile.index), PartialPath(tile.width));
}

std::optional<Tile> ReadTilePath(absl::string_view path) {
  const absl::string_view whole = path;
  if (!absl::ConsumePrefix(&path, "tile/")) return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> level = absl::StrSplit(path, absl::MaxSplits('/', 1));
  const std::pair<absl::string_view, absl::string_view> index = absl::StrSplit(level.second, absl::MaxSplits(".p/", 1));
  Tile tile;
  if (!IsDigits(level.first) || !absl::SimpleAtoi(level.first, &tile.level) || tile.level > kLevelMax) {
    return std::nullopt;
  }
  const std::optional<uint64_t> number = ReadIndexPath(index.first);
  if (!number) return std::nullopt;
  tile.index = *number;
  if (!index.second.empty() && (!IsDigits(index.second) || !absl::SimpleAtoi(index.second, &tile.width) ||
                                tile.width < 1 || tile.width >= kTileWidth)) {
    return std::nullopt;
  }
  // One name for one tile: leading zeros and an index of too many groups write back differently.
  if (TilePath(tile) != whole) return std::nullopt;
  return tile;
}

std::vector<Tile> TilesOfGrowth(uint64_t older, uint64_t newer) {
  std::vector<Tile> tiles;
  for (int level = 0; newer > 0; ++level) {
    for (const Tile& tile : GrowthOfLevel(level, older, newer)) tiles.push_back(tile);
    older /= kTileWidth;
    newer /= kTileWidth;
  }
  return tiles;
}

std::vector<Tile> BundlesOfGrowth(uint64_t older, uint64_t newer) { return GrowthOfLevel(0, older, newer); }

absl::StatusOr<std::string> TileBytes(const Tile& tile, SubtreeReader subtree) {
  std::string bytes;
  for (int i = 0; i < tile.width; ++i) {
    ASSIGN_OR_RETURN(const MerkleHash hash, subtree(tile.level * kTileHeight, tile.index * kTileWidth + i));
    bytes.append(hash.begin(), hash.end());
  }
  return bytes;
}

absl::StatusOr<MerkleHash> SubtreeFromTiles(int level, uint64_t index, uint64_t size, TileReader tiles) {
  if (level < 0 || level > kLevelMax || index >= (size >> level)) {
    return Problem(Reason::kLogRange, "subtree", "it is not full yet");
  }
  const int rows = level % kTileHeight;  // above the tile's own hashes
  Tile tile = {level / kTileHeight, (index << rows) / kTileWidth, kTileWidth};
  const uint64_t hashes = size >> (tile.level * kTileHeight);
  tile.width = static_cast<int>(std::min<uint64_t>(hashes - tile.index * kTileWidth, kTileWidth));
  ASSIGN_OR_RETURN(const std::string bytes, tiles(tile));
  if (bytes.size() != tile.width * sizeof(MerkleHash)) {
    return Problem(Reason::kLogFile, TilePath(tile), "it has another length than its width asks for");
  }
  const size_t first = static_cast<size_t>((index << rows) % kTileWidth);
  std::vector<MerkleHash> row(size_t{1} << rows);
  for (size_t i = 0; i < row.size(); ++i) {
    std::copy_n(bytes.begin() + static_cast<ptrdiff_t>((first + i) * sizeof(MerkleHash)), sizeof(MerkleHash),
                row[i].begin());
  }
  for (; row.size() > 1; row.resize(row.size() / 2)) {
    for (size_t i = 0; i < row.size() / 2; ++i) row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
  }
  return row.front();
}

absl::StatusOr<std::string> WriteEntryBundle(const std::vector<std::string>& entries) {
  std::string bytes;
  for (const std::string& entry : entries) {
    if (entry.size() > kEntryBytesMax) return Problem(Reason::kInputTooLarge, "entry");
    bytes.push_back(static_cast<char>(entry.size() >> 8));
    bytes.push_back(static_cast<char>(entry.size() & 0xff));
    bytes += entry;
  }
  return bytes;
}

absl::StatusOr<std::vector<std::string>> ReadEntryBundle(absl::string_view bytes, int width) {
  std::vector<std::string> entries;
  while (!bytes.empty()) {
    if (bytes.size() < 2) return Problem(Reason::kLogFile, "entries", "it ends within a length");
    const size_t size = (static_cast<uint8_t>(bytes[0]) << 8) | static_cast<uint8_t>(bytes[1]);
    bytes.remove_prefix(2);
    if (bytes.size() < size) return Problem(Reason::kLogFile, "entries", "it ends within an entry");
    if (entries.size() == static_cast<size_t>(width)) return Problem(Reason::kLogFile, "entries", "it has too many");
    entries.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (entries.size() != static_cast<size_t>(width)) return Problem(Reason::kLogFile, "entries", "it has too few");
  return entries;
}

}  // namespace passerelle::evidence
