#include "core/evidence/tile_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kTileBytes = kTileWidth * sizeof(MerkleHash);

MerkleHash HashAt(const std::string& tile, size_t index) {
  MerkleHash hash;
  const auto begin = tile.begin() + static_cast<ptrdiff_t>(index * hash.size());
  std::copy(begin, begin + static_cast<ptrdiff_t>(hash.size()), hash.begin());
  return hash;
}

// The hash over all of a full tile.
MerkleHash Fold(const std::string& tile) {
  std::vector<MerkleHash> row;
  for (size_t i = 0; i < kTileWidth; ++i) row.push_back(HashAt(tile, i));
  for (; row.size() > 1; row.resize(row.size() / 2)) {
    for (size_t i = 0; i < row.size() / 2; ++i) row[i] = NodeHash(row[2 * i], row[2 * i + 1]);
  }
  return row.front();
}

}  // namespace

absl::StatusOr<std::string*> TileWriter::Load(const std::string& path) {
  const auto found = files_.find(path);
  if (found != files_.end()) return &found->second;
  ASSIGN_OR_RETURN(std::string bytes, read_(path));
  return &files_.emplace(path, std::move(bytes)).first->second;
}

absl::Status TileWriter::Append(const std::string& entry) {
  const Tile place = {0, size_ / kTileWidth, kTileWidth};
  // The two files that every entry goes to are named once for all of their entries.
  if (bundle_ == nullptr) {
    bundle_path_ = EntryBundlePath(place);
    leaves_path_ = TilePath(place);
    ASSIGN_OR_RETURN(bundle_, Load(bundle_path_));
    ASSIGN_OR_RETURN(leaves_, Load(leaves_path_));
    if (bundle_->empty() != (size_ % kTileWidth == 0)) {
      return Problem(Reason::kLogFile, bundle_path_, "it has entries too many or too few");
    }
    if (leaves_->size() != size_ % kTileWidth * sizeof(MerkleHash)) {
      return Problem(Reason::kLogFile, leaves_path_, "it has another length than the size of the log asks for");
    }
  }
  ASSIGN_OR_RETURN(const std::string bytes, WriteEntryBundle({entry}));
  *bundle_ += bytes;
  const MerkleHash hash = LeafHash(entry);
  leaves_->append(hash.begin(), hash.end());
  if (++size_ % kTileWidth != 0) return absl::OkStatus();
  const MerkleHash full = Fold(*leaves_);
  bundle_ = nullptr;
  leaves_ = nullptr;
  RETURN_IF_ERROR(Close(bundle_path_));
  RETURN_IF_ERROR(Close(leaves_path_));
  return AppendHash(full, place.index);
}

// A full file is never touched again.
absl::Status TileWriter::Close(const std::string& path) {
  const auto full = files_.find(path);
  const absl::Status written = write_(path, full->second);
  files_.erase(full);
  return written;
}

// The hash of a full tile of leaves, into the tiles above.
absl::Status TileWriter::AppendHash(MerkleHash hash, uint64_t place) {
  for (int level = 1;; ++level) {
    const std::string path = TilePath({level, place / kTileWidth, kTileWidth});
    ASSIGN_OR_RETURN(std::string* const tile, Load(path));
    if (tile->size() != place % kTileWidth * sizeof(MerkleHash)) {
      return Problem(Reason::kLogFile, path, "it has another length than the size of the log asks for");
    }
    tile->append(hash.begin(), hash.end());
    if (tile->size() < kTileBytes) return absl::OkStatus();
    hash = Fold(*tile);
    RETURN_IF_ERROR(Close(path));
    place /= kTileWidth;
  }
}

absl::StatusOr<TreeHead> TileWriter::Finish() {
  for (const auto& [path, bytes] : files_) RETURN_IF_ERROR(write_(path, bytes));
  const auto tile = [this](const Tile& wanted) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::string* const bytes, Load(TilePath({wanted.level, wanted.index, kTileWidth})));
    return bytes->substr(0, wanted.width * sizeof(MerkleHash));
  };
  ASSIGN_OR_RETURN(const MerkleHash root, MakeRoot(size_, [&](int level, uint64_t index) {
                     return SubtreeFromTiles(level, index, size_, tile);
                   }));
  return TreeHead{size_, root};
}

}  // namespace passerelle::evidence
