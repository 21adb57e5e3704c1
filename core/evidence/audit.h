// The audit of a log: every entry is read, hashed, and compared with every tile, and all of it comes down to the root
// that a checkpoint states. Memory is that of a few tiles, whatever the size of the log.
//
// Thread-safety: free function on values.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/evidence/leaf.h"
#include "core/evidence/merkle.h"
#include "core/evidence/tiles.h"

namespace passerelle::evidence {

// What an audit has seen.
struct LogSummary {
  uint64_t sent = 0;
  uint64_t received = 0;
  uint64_t answered = 0;
  uint64_t emergency = 0;
};

// OK when the files are the log that `head` states. `entries` reads a bundle of entries, `tiles` a tile of hashes, each
// by its width. Problems: kLogFile with the name of the first file that is missing, shorter, or says something else;
// kLogProof at "root" when all files agree with each other and not with `head`; those of the readers.
absl::StatusOr<LogSummary> AuditLog(const TreeHead& head, TileReader entries, TileReader tiles);

}  // namespace passerelle::evidence
