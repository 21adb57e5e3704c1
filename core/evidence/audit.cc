#include "core/evidence/audit.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/tile_writer.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

void Count(LeafKind kind, LogSummary& summary) {
  switch (kind) {
    case LeafKind::kSent:
      ++summary.sent;
      return;
    case LeafKind::kReceived:
      ++summary.received;
      return;
    case LeafKind::kAnswered:
      ++summary.answered;
      return;
    case LeafKind::kEmergency:
      ++summary.emergency;
      return;
  }
}

}  // namespace

absl::StatusOr<LogSummary> AuditLog(const TreeHead& head, TileReader entries, TileReader tiles) {
  LogSummary summary;
  // The log is made again from its entries, and every file that comes of it compared.
  const auto none = [](const std::string&) -> absl::StatusOr<std::string> { return std::string(); };
  const auto compare = [&](const std::string& path, const std::string& bytes) -> absl::Status {
    std::optional<Tile> tile = ReadTilePath(path);
    if (!tile) return absl::OkStatus();  // the bundle that the entries were read from
    tile->width = static_cast<int>(bytes.size() / sizeof(MerkleHash));
    ASSIGN_OR_RETURN(const std::string stored, tiles(*tile));
    if (stored == bytes) return absl::OkStatus();
    return Problem(Reason::kLogFile, TilePath(*tile), "it has other hashes than those of the entries");
  };
  TileWriter again(0, none, compare);
  // One bundle after the other: whoever signed the size may have signed any.
  while (again.size() < head.size) {
    const uint64_t left = head.size - again.size();
    const Tile bundle = {0, again.size() / kTileWidth, static_cast<int>(std::min<uint64_t>(left, kTileWidth))};
    ASSIGN_OR_RETURN(const std::string bytes, entries(bundle));
    const absl::StatusOr<std::vector<std::string>> read = ReadEntryBundle(bytes, bundle.width);
    if (!read.ok()) return Problem(Reason::kLogFile, EntryBundlePath(bundle), base::DetailOf(read.status()));
    for (const std::string& entry : *read) {
      const absl::StatusOr<Leaf> leaf = ReadLeaf(entry);
      if (!leaf.ok()) return Problem(Reason::kLogFile, EntryBundlePath(bundle), base::DetailOf(leaf.status()));
      Count(leaf->kind, summary);
      RETURN_IF_ERROR(again.Append(entry));
    }
  }
  ASSIGN_OR_RETURN(const TreeHead found, again.Finish());
  if (found.root != head.root) {
    return Problem(Reason::kLogProof, "root", "the entries lead to another one than the checkpoint states");
  }
  return summary;
}

}  // namespace passerelle::evidence
