#include "gateway/evidence/evidence_folder.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/evidence/time_stamps.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using evidence::Tile;

// A bundle has 256 entries of at most 65535 bytes each.
constexpr size_t kFileBytesMax = 17u << 20;
constexpr char kCheckpoint[] = "checkpoint";
constexpr char kTimeStamps[] = "time-stamps";
constexpr char kCheckpointSuffix[] = ".checkpoint";
constexpr char kTokenSuffix[] = ".token";
// One every hour for 40 years.
constexpr size_t kTimeStampFilesMax = 400'000;

absl::Status MakeEmptyFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Problem(Reason::kOutputNotWritable, folder, error.message());
  if (!std::filesystem::is_empty(folder, error) || error) {
    return Problem(Reason::kOutputExists, folder, "the folder is not empty");
  }
  return absl::OkStatus();
}

absl::Status WriteBelow(const std::string& folder, const std::string& path, absl::string_view bytes) {
  const std::string file = absl::StrCat(folder, "/", path);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  if (error || !ReplaceFile(file, bytes).ok()) return Problem(Reason::kOutputNotWritable, file);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadBelow(const std::string& folder, const std::string& path) {
  absl::StatusOr<std::string> bytes = ReadFile(absl::StrCat(folder, "/", path), kFileBytesMax);
  if (!bytes.ok()) return Problem(Reason::kLogFile, path, "it is missing, or cannot be read");
  return bytes;
}

// Of a tile of that width, which may lie under the name of a wider one.
absl::StatusOr<std::string> ReadTile(const std::string& folder, const Tile& tile, uint64_t size) {
  const uint64_t hashes = size >> (tile.level * evidence::kTileHeight);
  const uint64_t begin = tile.index * evidence::kTileWidth;
  const Tile stored = {tile.level, tile.index,
                       static_cast<int>(std::min<uint64_t>(hashes - begin, evidence::kTileWidth))};
  ASSIGN_OR_RETURN(const std::string bytes, ReadBelow(folder, evidence::TilePath(stored)));
  if (bytes.size() != stored.width * sizeof(evidence::MerkleHash)) {
    return Problem(Reason::kLogFile, evidence::TilePath(stored), "it has another length than its name says");
  }
  return bytes.substr(0, tile.width * sizeof(evidence::MerkleHash));
}

// The checkpoint in the file of that name, which may be one of the folder.
absl::StatusOr<evidence::OpenedCheckpoint> OpenIn(absl::string_view name, const std::string& checkpoint,
                                                  const std::vector<evidence::NoteKey>& keys) {
  absl::StatusOr<evidence::OpenedCheckpoint> opened = evidence::OpenCheckpoint(checkpoint, keys);
  if (!opened.ok()) return InFile(name, opened.status());
  return opened;
}

// The names of the time-stamps, each of a checkpoint and a token. A folder that is not there has none.
absl::StatusOr<std::set<std::string>> TimeStampNames(const std::string& folder) {
  std::set<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(absl::StrCat(folder, "/", kTimeStamps), error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string kind = entry->path().extension().string();
    if (kind == kTokenSuffix || kind == kCheckpointSuffix) names.insert(entry->path().stem().string());
    if (names.size() > kTimeStampFilesMax) return Problem(Reason::kInputTooLarge, kTimeStamps);
  }
  if (error) return Problem(Reason::kLogFile, kTimeStamps, error.message());
  return names;
}

// The time-stamp of that name, whole.
absl::StatusOr<evidence::v1::StoredTimeStamp> ReadTimeStamp(const std::string& folder, const std::string& file) {
  evidence::v1::StoredTimeStamp stamp;
  ASSIGN_OR_RETURN(*stamp.mutable_checkpoint(), ReadBelow(folder, file + kCheckpointSuffix));
  ASSIGN_OR_RETURN(*stamp.mutable_token(), ReadBelow(folder, file + kTokenSuffix));
  return stamp;
}

}  // namespace

absl::StatusOr<uint64_t> CheckContinues(const std::string& folder, const AuditedLog& audited,
                                        const std::vector<evidence::NoteKey>& keys, const std::string& older,
                                        absl::string_view name) {
  ASSIGN_OR_RETURN(const evidence::OpenedCheckpoint seen, OpenIn(name, older, keys));
  const evidence::TreeHead& head = audited.opened.checkpoint.head;
  if (seen.checkpoint.origin != audited.opened.checkpoint.origin) {
    return Problem(Reason::kNote, name, "it is of another log");
  }
  const uint64_t before = seen.checkpoint.head.size;
  if (before == 0) return before;
  if (before > head.size) {
    return Problem(Reason::kLogTruncated, name, absl::StrCat("the log had ", before, " leaves, and has ", head.size));
  }
  const auto subtree = [&](int level, uint64_t index) {
    return evidence::SubtreeFromTiles(level, index, head.size,
                                      [&](const Tile& tile) { return ReadTile(folder, tile, head.size); });
  };
  ASSIGN_OR_RETURN(const evidence::MerkleProof proof, evidence::MakeConsistencyProof(before, head.size, subtree));
  if (evidence::VerifyConsistency(seen.checkpoint.head, head, proof).ok()) return before;
  return Problem(Reason::kLogForked, name, "the log does not continue that checkpoint: there are two histories");
}

absl::Status ExportLog(base::Store& store, const std::string& folder) {
  RETURN_IF_ERROR(MakeEmptyFolder(folder));
  // One transaction: a log that grows meanwhile is exported as it was.
  return store.Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string checkpoint, evidence::StoredCheckpoint(tx));
    if (checkpoint.empty()) return Problem(Reason::kResourceNotFound, "log", "it has no leaves yet");
    ASSIGN_OR_RETURN(const evidence::SignedNote note, evidence::ReadNote(checkpoint));
    ASSIGN_OR_RETURN(const evidence::Checkpoint head, evidence::ReadCheckpoint(note.text));
    for (const Tile& tile : evidence::TilesOfGrowth(0, head.head.size)) {
      ASSIGN_OR_RETURN(const std::string bytes, evidence::StoredTile(tile, tx));
      RETURN_IF_ERROR(WriteBelow(folder, evidence::TilePath(tile), bytes));
    }
    for (const Tile& bundle : evidence::BundlesOfGrowth(0, head.head.size)) {
      ASSIGN_OR_RETURN(const std::string bytes, evidence::StoredEntries(bundle, tx));
      RETURN_IF_ERROR(WriteBelow(folder, evidence::EntryBundlePath(bundle), bytes));
    }
    ASSIGN_OR_RETURN(const std::vector<evidence::v1::StoredTimeStamp> stamps, evidence::TimeStamps(tx));
    for (const evidence::v1::StoredTimeStamp& stamp : stamps) {
      const std::string name = absl::StrCat(
          kTimeStamps, "/", absl::FormatTime("%Y%m%dT%H%M%E3SZ", base::FromProto(stamp.time()), absl::UTCTimeZone()));
      RETURN_IF_ERROR(WriteBelow(folder, name + kCheckpointSuffix, stamp.checkpoint()));
      RETURN_IF_ERROR(WriteBelow(folder, name + kTokenSuffix, stamp.token()));
    }
    return WriteBelow(folder, kCheckpoint, checkpoint);
  });
}

absl::StatusOr<AuditedLog> AuditFolder(const std::string& folder, const std::vector<evidence::NoteKey>& keys) {
  AuditedLog audited;
  ASSIGN_OR_RETURN(const std::string checkpoint, ReadBelow(folder, kCheckpoint));
  if (checkpoint.size() > base::kNoteBytesMax) return Problem(Reason::kInputTooLarge, kCheckpoint);
  ASSIGN_OR_RETURN(audited.opened, OpenIn(kCheckpoint, checkpoint, keys));
  const evidence::TreeHead& head = audited.opened.checkpoint.head;
  const auto entries = [&](const Tile& bundle) { return ReadBelow(folder, evidence::EntryBundlePath(bundle)); };
  const auto tiles = [&](const Tile& tile) { return ReadTile(folder, tile, head.size); };
  ASSIGN_OR_RETURN(audited.summary, evidence::AuditLog(head, entries, tiles));
  return audited;
}

absl::StatusOr<std::vector<AuditedTimeStamp>> AuditTimeStamps(const std::string& folder, const AuditedLog& audited,
                                                              const std::vector<evidence::NoteKey>& keys,
                                                              const proof::TrustAnchors& anchors) {
  ASSIGN_OR_RETURN(const std::set<std::string> names, TimeStampNames(folder));
  if (names.empty()) return Problem(Reason::kLogFile, kTimeStamps, "there is none");
  std::vector<AuditedTimeStamp> stamps;
  for (const std::string& name : names) {
    const std::string file = absl::StrCat(kTimeStamps, "/", name);
    ASSIGN_OR_RETURN(const evidence::v1::StoredTimeStamp stamp, ReadTimeStamp(folder, file));
    const absl::StatusOr<absl::Time> time = evidence::CheckTimeStamp(stamp, anchors);
    if (!time.ok()) return Problem(base::ReasonOf(time.status()), file, base::DetailOf(time.status()));
    ASSIGN_OR_RETURN(const uint64_t size,
                     CheckContinues(folder, audited, keys, stamp.checkpoint(), file + kCheckpointSuffix));
    stamps.push_back({*time, size});
  }
  return stamps;
}

}  // namespace passerelle::gateway
