// The log of a node: a Merkle tree over leaves that can only be added, in the node's own store.
//
// A leaf is written in the transaction of the effect that it is about: either both are durable or none is. It gets its
// place in the tree a little later, together with all others that wait (Sequence): many leaves, one signature. Tiles,
// bundles of entries and the checkpoint stand in the store under the names that C2SP tlog-tiles gives the files.
//
// Thread-safety: Log is thread-safe. Ownership: what Options name must outlive it.
//
//   ASSIGN_OR_RETURN(auto log, Log::Open(options, own_keys, remembered));
//   RETURN_IF_ERROR(store.Write([&](base::Transaction& tx) { ...; return log->Append(statement, "", tx); }));
//   RETURN_IF_ERROR(log->Sequence(1000).status());
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/evidence/audit.h"
#include "core/evidence/checkpoint.h"
#include "core/evidence/leaf.h"
#include "core/evidence/note.h"
#include "core/proof/key.h"
#include "passerelle/evidence/v1/evidence.pb.h"
#include "passerelle/evidence/v1/stored.pb.h"

namespace passerelle::evidence {

// How long leaves may wait for their place while they cannot get one, because the checkpoint cannot be signed. After
// that nothing more is accepted: what was accepted without a place could be left out of the log unseen.
inline constexpr absl::Duration kSequencingPatience = absl::Minutes(1);

// The name under which the log of a node signs, and under which it witnesses those of others.
std::string LogName(absl::string_view node);

// The note of a checkpoint, read and verified. Problems: kNote, kNoteSignature unless the log itself has signed, with a
// key that was in use when it wrote the checkpoint, if that says when.
struct OpenedCheckpoint {
  SignedNote note;
  Checkpoint checkpoint;
  std::vector<VerifiedSignature> signatures;  // by known keys
};
absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view bytes, const std::vector<NoteKey>& keys);

class Log {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    KeyAt key;           // signs checkpoints
    std::string secret;  // 32 bytes, from which the keys of the leaves are made
  };

  // Compares the whole log with its last checkpoint, and that with `remembered`, a checkpoint of this log that was kept
  // elsewhere (nothing when there is none). `keys` are those that may have signed either. Problems, after which the
  // node must not go on: kKeyUnusable when the log was begun with another secret; kLogFile and kLogProof with the place
  // for a log that was changed; kLogTruncated and kLogForked at "log" for one that was shortened, or put in the place
  // of another; kNoteSignature for a checkpoint that is not by this node; kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<Log>> Open(Options options, const std::vector<NoteKey>& keys,
                                                   std::optional<std::string> remembered);

  // The log of a node as it stands, for reading only: Find may be called, and needs the secret alone.
  static std::unique_ptr<Log> ForReading(Options options);

  // Adds a leaf, dated now. `resource` is what the message belongs to at this node; it stays out of the leaf. Problems:
  // kMessageIdReused when the log has a leaf of that id: unlike the inbox it never forgets; kEvidenceUnavailable at
  // "evidence" when leaves have waited too long, or RefuseFrom says so.
  absl::Status Append(const Statement& statement, absl::string_view resource, base::Transaction& tx) const;

  // Whether Append takes leaves then, as far as it is not for the store to say: kEvidenceUnavailable at "evidence".
  absl::Status Takes(absl::Time now) const;

  // From that time on Append refuses: nobody outside vouches any longer for when the log had which leaves.
  void RefuseFrom(absl::Time time);

  // Gives up to `limit` waiting leaves their places, and signs a checkpoint. Returns how many; 0 when none waits.
  absl::StatusOr<int> Sequence(int limit);

  // Signs the last checkpoint with the key in use, if that has not been done: when the key before leaves the node map,
  // the checkpoint must not hang on it.
  absl::Status SignWithKeyInUse() const;

  // The last checkpoint with the signatures of the witnesses so far; empty before the first leaf has its place.
  absl::StatusOr<std::string> Checkpoint() const;

  // Adds the signatures by `keys`, those of a witness, to the last checkpoint; nothing happens when the log has grown
  // since. Signatures by others are left out, whatever they say: a wrong one would spoil the checkpoint, and too many
  // would. So are those beyond what a note can hold. Problem: kNoteSignature when one by `keys` is wrong, or none is.
  absl::Status AddCosignatures(const SignedNote& cosigned, const std::vector<NoteKey>& keys) const;

  // A leaf with its key and its proof up to the last checkpoint; nothing when the log has no such leaf, kLogRange when
  // it has no place yet.
  absl::StatusOr<std::optional<v1::LoggedLeaf>> Find(const std::string& leaf_id, base::Transaction& tx) const;

  // Problems: kLogRange; kLogFile.
  static absl::StatusOr<MerkleProof> ConsistencyProof(uint64_t older, uint64_t newer, base::Transaction& tx);

  const Options& options() const { return options_; }

 private:
  explicit Log(Options options) : options_(std::move(options)) {}
  absl::StatusOr<int> SequenceWaiting(int limit) const;
  absl::StatusOr<std::string> Sign(const TreeHead& head) const;

  const Options options_;
  mutable absl::Mutex mutex_;
  absl::Time failing_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  absl::Time refuse_from_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
};

// What stands in the store, for those who have no log open: export and audit.
absl::StatusOr<std::string> StoredCheckpoint(base::Transaction& tx);  // empty when there is none
// Whether there is a leaf, also one without a place yet, or a checkpoint.
absl::StatusOr<bool> HasBegun(base::Transaction& tx);
// A tile or a bundle of entries cut to its width. kLogFile when it is missing or shorter.
absl::StatusOr<std::string> StoredTile(const Tile& tile, base::Transaction& tx);
absl::StatusOr<std::string> StoredEntries(const Tile& bundle, base::Transaction& tx);
// Leaves in the order in which they came, after the one of that id (from the first when empty).
absl::StatusOr<std::vector<v1::StoredLeaf>> StoredLeaves(absl::string_view after_leaf_id, int limit,
                                                         base::Transaction& tx);
std::string IdOf(const v1::StoredLeaf& leaf);

}  // namespace passerelle::evidence
