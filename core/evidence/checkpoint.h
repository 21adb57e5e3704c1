// A checkpoint: what a log says about itself, as the text of a signed note (C2SP tlog-checkpoint).
//
// Thread-safety: free functions on values.
//
//   ASSIGN_OR_RETURN(const SignedNote note, ReadNote(bytes));
//   RETURN_IF_ERROR(VerifyNote(note, keys).status());
//   ASSIGN_OR_RETURN(const Checkpoint checkpoint, ReadCheckpoint(note.text));
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/evidence/merkle.h"

namespace passerelle::evidence {

struct Checkpoint {
  std::string origin;  // the log's unique name
  TreeHead head;
  std::vector<std::string> extensions;  // further lines, without meaning to us
};

// The text: origin, size, root in base64, extensions; a line each. Problem: kNote for an origin or extension that is
// empty or has a line feed.
absl::StatusOr<std::string> WriteCheckpoint(const Checkpoint& checkpoint);

// Strict inverse. Problem: kNote, also for a root of the empty tree that is none.
absl::StatusOr<Checkpoint> ReadCheckpoint(absl::string_view text);

// Whether a checkpoint may follow another of the same log: same origin, not smaller, and the proof holds. A log that
// offers one that may not has two histories. Without leaves in the older one no proof is asked for. Problems: kNote for
// another origin; kLogProof.
absl::Status VerifyGrowth(const Checkpoint& older, const Checkpoint& newer, const MerkleProof& proof);

}  // namespace passerelle::evidence
