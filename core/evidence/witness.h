// Witnessing: a node looks at the checkpoints of other logs, and signs those that follow the last one that it saw
// (after C2SP tlog-witness). A log that shows two histories gets both signed by nobody.
//
// Thread-safety: Witness is thread-safe. Ownership: what Options name must outlive it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/evidence/merkle.h"
#include "core/evidence/note.h"
#include "core/proof/key.h"

namespace passerelle::evidence {

class Witness {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    KeyAt key;
  };
  explicit Witness(Options options) : options_(std::move(options)) {}

  struct Seen {
    uint64_t size = 0;     // of the log, as this witness has seen it last
    std::string cosigned;  // the checkpoint with our signature alone; empty when nothing was signed
  };

  // Takes a checkpoint of the log of `node`, whose keys are `keys`. `proof` is from `older_size` on; when that is not
  // the size seen last, nothing is signed, and the answer says which size that is. Problems: kNote, kNoteSignature for
  // a checkpoint that is not of that log; kLogForked for another one of the size seen last, kLogProof for one that
  // does not follow it: either is kept beside it as proof that the log has two histories; kStoreUnavailable.
  absl::StatusOr<Seen> Add(absl::string_view node, const std::vector<NoteKey>& keys, uint64_t older_size,
                           const MerkleProof& proof, absl::string_view checkpoint) const;

  // The checkpoint of a node's log that was seen last, as it was shown; empty when none was.
  absl::StatusOr<std::string> LastSeen(absl::string_view node) const;
  // A checkpoint that did not follow: the last one of a size that had another root, otherwise the first one; empty when
  // none was shown.
  absl::StatusOr<std::string> Contradiction(absl::string_view node) const;

 private:
  absl::StatusOr<std::string> Read(const std::string& key) const;

  const Options options_;
};

}  // namespace passerelle::evidence
