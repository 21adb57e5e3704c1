#include "core/evidence/log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/tile_writer.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;
using base::Transaction;

// The log stands among the settings of the node, under names of its own.
constexpr Table kTable = Table::kSetting;
constexpr absl::string_view kCheckpointKey = "log/checkpoint";
constexpr absl::string_view kWaiting = "log/waiting";      // the group of leaves without a place
constexpr absl::string_view kSequenced = "log/sequenced";  // and of those with one

// Places on the checkpoint that witnesses leave free: without the signature of a key that came into use, the log could
// not be opened once the key before is gone.
constexpr size_t kRoomForOwnSignatures = 8;

std::string FileKey(absl::string_view path) { return absl::StrCat("log/", path); }
std::string LeafRecordKey(absl::string_view leaf_id) { return absl::StrCat("log/leaf/", leaf_id); }

constexpr absl::string_view kTimeLine = "time ";
std::string Extension(absl::Time time) { return absl::StrCat(kTimeLine, base::WriteDateTime(time)); }

// When the log wrote a checkpoint, as its time line says; InfinitePast without one.
absl::Time WrittenAt(const Checkpoint& checkpoint) {
  for (absl::string_view line : checkpoint.extensions) {
    if (!absl::ConsumePrefix(&line, kTimeLine)) continue;
    return base::ParseDateTime(line).value_or(absl::InfinitePast());
  }
  return absl::InfinitePast();
}

absl::StatusOr<std::string> ReadRecord(absl::string_view key, Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(kTable, key));
  return record ? std::move(record->value) : std::string();
}

absl::Status WriteRecord(const std::string& key, const std::string& value, Transaction& tx) {
  const Record record = {.key = key, .value = value};
  const absl::Status updated = tx.Update(kTable, record);
  return absl::IsNotFound(updated) ? tx.Insert(kTable, record) : updated;
}

absl::StatusOr<v1::StoredLeaf> ReadStoredLeaf(const Record& record) {
  v1::StoredLeaf leaf;
  if (!leaf.ParseFromString(record.value)) return Problem(Reason::kStoreUnavailable, "log", "a leaf cannot be read");
  return leaf;
}

// The head of the log as its last checkpoint states it. The checkpoint is the node's own: it was verified at the start.
absl::StatusOr<TreeHead> StoredHead(Transaction& tx) {
  ASSIGN_OR_RETURN(const std::string bytes, StoredCheckpoint(tx));
  if (bytes.empty()) return TreeHead{0, EmptyRoot()};
  ASSIGN_OR_RETURN(const SignedNote note, ReadNote(bytes));
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, ReadCheckpoint(note.text));
  return checkpoint.head;
}

absl::StatusOr<MerkleHash> StoredSubtree(int level, uint64_t index, uint64_t size, Transaction& tx) {
  return SubtreeFromTiles(level, index, size, [&tx](const Tile& tile) { return StoredTile(tile, tx); });
}

absl::Status AuditStored(const TreeHead& head, Transaction& tx) {
  const auto entries = [&tx](const Tile& bundle) { return StoredEntries(bundle, tx); };
  const auto tiles = [&tx](const Tile& tile) { return StoredTile(tile, tx); };
  // A log that has files and no checkpoint, or more leaves with a place than the checkpoint, lost its last checkpoint.
  const Tile next = {0, head.size / kTileWidth, static_cast<int>(head.size % kTileWidth) + 1};
  if (StoredTile(next, tx).ok()) {
    return Problem(Reason::kLogFile, TilePath(next), "it has more hashes than the checkpoint has leaves");
  }
  return AuditLog(head, entries, tiles).status();
}

// A log that goes on with another secret would have leaves that nobody can open.
absl::Status CheckSecret(const std::string& secret, Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<v1::StoredLeaf> first, StoredLeaves("", 1, tx));
  if (first.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Leaf leaf, ReadLeaf(first.front().leaf()));
  const v1::StoredStatement& about = first.front().statement();
  const Statement statement = {leaf.kind,           about.peer(),           about.message_id(),   about.type(),
                               about.body_sha256(), about.request_sha256(), about.answer_sha256()};
  if (StatementDigest(LeafKey(secret, IdOf(first.front())), statement) == leaf.digest) return absl::OkStatus();
  return Problem(Reason::kKeyUnusable, "evidence secret", "the log was begun with another one");
}

// Whether the log has what a checkpoint kept elsewhere says that it had.
absl::Status CompareWithRemembered(const Checkpoint& remembered, const TreeHead& head, Transaction& tx) {
  const uint64_t before = remembered.head.size;
  if (before > head.size) {
    return Problem(Reason::kLogTruncated, "log",
                   absl::StrCat("it has ", head.size, " leaves, and had ", before, ": it was shortened"));
  }
  if (before == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const MerkleProof proof, Log::ConsistencyProof(before, head.size, tx));
  const absl::Status grown = VerifyConsistency(remembered.head, head, proof);
  if (grown.ok()) return grown;
  return Problem(Reason::kLogForked, "log",
                 absl::StrCat("its first ", before, " leaves are not those that it had: there are two histories"));
}

// `written_at` is when the checkpoint was written as far as the periods of keys are concerned; as it says itself when
// not given.
absl::StatusOr<OpenedCheckpoint> OpenWrittenAt(absl::string_view bytes, const std::vector<NoteKey>& keys,
                                               std::optional<absl::Time> written_at) {
  OpenedCheckpoint opened;
  ASSIGN_OR_RETURN(opened.note, ReadNote(bytes));
  ASSIGN_OR_RETURN(opened.checkpoint, ReadCheckpoint(opened.note.text));
  ASSIGN_OR_RETURN(opened.signatures, VerifyNote(opened.note, keys, written_at.value_or(WrittenAt(opened.checkpoint))));
  const bool own = std::any_of(opened.signatures.begin(), opened.signatures.end(), [&](const VerifiedSignature& by) {
    return by.kind == NoteKey::Kind::kLog && by.name == opened.checkpoint.origin;
  });
  if (!own) return Problem(Reason::kNoteSignature, "signature", "the log itself has not signed");
  return opened;
}

// A checkpoint of the node's own: it counts after the end of the key that signed it too. A key that was taken out of
// use in haste signed the last checkpoint, and the next one signs it again once the node runs.
absl::StatusOr<OpenedCheckpoint> OpenOwn(absl::string_view bytes, const std::vector<NoteKey>& keys) {
  return OpenWrittenAt(bytes, keys, absl::InfinitePast());
}

}  // namespace

std::string LogName(absl::string_view node) { return absl::StrCat("urn:passerelle:node:", node); }

absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(absl::string_view bytes, const std::vector<NoteKey>& keys) {
  return OpenWrittenAt(bytes, keys, std::nullopt);
}

absl::StatusOr<std::unique_ptr<Log>> Log::Open(Options options, const std::vector<NoteKey>& keys,
                                               std::optional<std::string> remembered) {
  std::unique_ptr<Log> log(new Log(std::move(options)));
  const std::string name = LogName(log->options_.node);
  const absl::Status checked = log->options_.store->Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string bytes, StoredCheckpoint(tx));
    TreeHead head = {0, EmptyRoot()};
    if (!bytes.empty()) {
      ASSIGN_OR_RETURN(const OpenedCheckpoint opened, OpenOwn(bytes, keys));
      if (opened.checkpoint.origin != name) return Problem(Reason::kNote, "origin", "the log is that of another node");
      head = opened.checkpoint.head;
    }
    RETURN_IF_ERROR(AuditStored(head, tx));
    RETURN_IF_ERROR(CheckSecret(log->options_.secret, tx));
    if (!remembered || remembered->empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const OpenedCheckpoint before, OpenOwn(*remembered, keys));
    if (before.checkpoint.origin != name) return Problem(Reason::kNote, "remembered", "it is of another node");
    return CompareWithRemembered(before.checkpoint, head, tx);
  });
  RETURN_IF_ERROR(checked);
  return log;
}

std::unique_ptr<Log> Log::ForReading(Options options) { return std::unique_ptr<Log>(new Log(std::move(options))); }

absl::Status Log::Append(const Statement& statement, absl::string_view resource, Transaction& tx) const {
  const absl::Time now = options_.clock->Now();
  RETURN_IF_ERROR(Takes(now));
  const std::string id = LeafId(statement.kind, statement.peer, statement.message_id);
  v1::StoredLeaf stored;
  stored.set_leaf(WriteLeaf({statement.kind, now, StatementDigest(LeafKey(options_.secret, id), statement)}));
  v1::StoredStatement& about = *stored.mutable_statement();
  about.set_kind(std::string(LeafKindName(statement.kind)));
  about.set_peer(statement.peer);
  about.set_message_id(statement.message_id);
  about.set_type(statement.type);
  about.set_body_sha256(statement.body_sha256);
  about.set_request_sha256(statement.request_sha256);
  about.set_answer_sha256(statement.answer_sha256);
  stored.set_resource(std::string(resource));
  // Looked for first: when another replica adds it meanwhile, the store then begins the transaction anew, and the
  // caller finds what that one has answered.
  ASSIGN_OR_RETURN(const std::optional<Record> present, tx.Get(kTable, LeafRecordKey(id)));
  if (present) return Problem(Reason::kMessageIdReused, "evidence", "the log has it already");
  const absl::Status inserted = tx.Insert(
      kTable, {.key = LeafRecordKey(id), .value = stored.SerializeAsString(), .group = std::string(kWaiting)});
  return absl::IsAlreadyExists(inserted) ? Problem(Reason::kMessageIdReused, "evidence", "the log has it already")
                                         : inserted;
}

absl::Status Log::Takes(absl::Time now) const {
  const absl::MutexLock lock(&mutex_);
  if (now - failing_since_ > kSequencingPatience) {
    return Problem(Reason::kEvidenceUnavailable, "evidence", "no checkpoint can be signed");
  }
  if (now >= refuse_from_) {
    return Problem(Reason::kEvidenceUnavailable, "evidence", "the last time-stamp over the log is too old");
  }
  return absl::OkStatus();
}

void Log::RefuseFrom(absl::Time time) {
  const absl::MutexLock lock(&mutex_);
  refuse_from_ = time;
}

absl::StatusOr<int> Log::Sequence(int limit) {
  const absl::StatusOr<int> sequenced = SequenceWaiting(limit);
  const absl::MutexLock lock(&mutex_);
  if (sequenced.ok()) {
    failing_since_ = absl::InfiniteFuture();
  } else {
    failing_since_ = std::min(failing_since_, options_.clock->Now());
  }
  return sequenced;
}

absl::StatusOr<int> Log::SequenceWaiting(int limit) const {
  bool waiting = false;
  const absl::Status looked = options_.store->Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Record> first, tx.List(kTable, kWaiting, "", 1));
    waiting = !first.empty();
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(looked);
  if (!waiting) return 0;
  int count = 0;
  const absl::Status written = options_.store->Write([&](Transaction& tx) -> absl::Status {
    // First: where replicas share the store, whoever has the checkpoint keeps the others waiting here, and only then
    // is it certain which leaves are still without a place.
    ASSIGN_OR_RETURN(const TreeHead before, StoredHead(tx));
    // What is not there cannot be waited for; an empty record says as little.
    if (before.size == 0) RETURN_IF_ERROR(WriteRecord(std::string(kCheckpointKey), "", tx));
    ASSIGN_OR_RETURN(std::vector<Record> leaves, tx.List(kTable, kWaiting, "", limit));
    count = static_cast<int>(leaves.size());
    if (leaves.empty()) return absl::OkStatus();
    const auto read = [&tx](const std::string& path) { return ReadRecord(FileKey(path), tx); };
    const auto write = [&tx](const std::string& path, const std::string& bytes) {
      return WriteRecord(FileKey(path), bytes, tx);
    };
    TileWriter writer(before.size, read, write);
    for (Record& record : leaves) {
      ASSIGN_OR_RETURN(v1::StoredLeaf leaf, ReadStoredLeaf(record));
      leaf.set_index(writer.size());
      leaf.set_sequenced(true);
      RETURN_IF_ERROR(writer.Append(leaf.leaf()));
      record.value = leaf.SerializeAsString();
      record.group = std::string(kSequenced);
      RETURN_IF_ERROR(tx.Update(kTable, record));
    }
    ASSIGN_OR_RETURN(const TreeHead head, writer.Finish());
    ASSIGN_OR_RETURN(const std::string note, Sign(head));
    return WriteRecord(std::string(kCheckpointKey), note, tx);
  });
  RETURN_IF_ERROR(written);
  return count;
}

absl::StatusOr<std::string> Log::Sign(const TreeHead& head) const {
  const std::string name = LogName(options_.node);
  const absl::Time now = options_.clock->Now();
  ASSIGN_OR_RETURN(const std::shared_ptr<const proof::SigningKey> key, options_.key(now));
  SignedNote note;
  ASSIGN_OR_RETURN(note.text, WriteCheckpoint({name, head, {Extension(now)}}));
  RETURN_IF_ERROR(SignNote(name, *key, note));
  return WriteNote(note);
}

absl::Status Log::SignWithKeyInUse() const {
  ASSIGN_OR_RETURN(const std::string bytes, Checkpoint());
  if (bytes.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(SignedNote note, ReadNote(bytes));
  ASSIGN_OR_RETURN(const std::shared_ptr<const proof::SigningKey> key, options_.key(options_.clock->Now()));
  ASSIGN_OR_RETURN(const NoteKey known,
                   NoteKey::Make(LogName(options_.node), NoteKey::Kind::kLog, key->verification_key()));
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name == known.name() && signature.key_id == known.id()) return absl::OkStatus();
  }
  RETURN_IF_ERROR(SignNote(known.name(), *key, note));
  return AddCosignatures(note, {known});
}

absl::StatusOr<std::string> Log::Checkpoint() const {
  std::string note;
  const absl::Status read = options_.store->Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(note, StoredCheckpoint(tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return note;
}

absl::Status Log::AddCosignatures(const SignedNote& cosigned, const std::vector<NoteKey>& keys) const {
  RETURN_IF_ERROR(VerifyNote(cosigned, keys).status());
  const std::string own = LogName(options_.node);
  return options_.store->Write([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string bytes, StoredCheckpoint(tx));
    ASSIGN_OR_RETURN(SignedNote note, ReadNote(bytes));
    if (note.text != cosigned.text) return absl::OkStatus();
    for (const NoteSignature& signature : cosigned.signatures) {
      const auto same = [&signature](const NoteSignature& other) {
        return other.name == signature.name && other.key_id == signature.key_id;
      };
      const bool wanted = std::any_of(keys.begin(), keys.end(), [&signature](const NoteKey& key) {
        return key.name() == signature.name && key.id() == signature.key_id;
      });
      const bool has_room =
          note.signatures.size() + (signature.name == own ? 0 : kRoomForOwnSignatures) < base::kNoteSignaturesMax;
      if (!wanted || !has_room || std::any_of(note.signatures.begin(), note.signatures.end(), same)) continue;
      note.signatures.push_back(signature);
      if (WriteNote(note).size() > base::kNoteBytesMax) note.signatures.pop_back();
    }
    return WriteRecord(std::string(kCheckpointKey), WriteNote(note), tx);
  });
}

absl::StatusOr<std::optional<v1::LoggedLeaf>> Log::Find(const std::string& leaf_id, Transaction& tx) const {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(kTable, LeafRecordKey(leaf_id)));
  if (!record) return std::nullopt;
  ASSIGN_OR_RETURN(const v1::StoredLeaf stored, ReadStoredLeaf(*record));
  if (!stored.sequenced()) return Problem(Reason::kLogRange, "leaf", "it has no place in the log yet");
  ASSIGN_OR_RETURN(const TreeHead head, StoredHead(tx));
  v1::LoggedLeaf leaf;
  leaf.set_leaf(stored.leaf());
  leaf.set_key(LeafKey(options_.secret, leaf_id));
  leaf.set_index(stored.index());
  ASSIGN_OR_RETURN(const MerkleProof proof, MakeInclusionProof(stored.index(), head.size, [&](int level, uint64_t at) {
                     return StoredSubtree(level, at, head.size, tx);
                   }));
  for (const MerkleHash& hash : proof) leaf.add_proof(hash.data(), hash.size());
  return leaf;
}

absl::StatusOr<MerkleProof> Log::ConsistencyProof(uint64_t older, uint64_t newer, Transaction& tx) {
  ASSIGN_OR_RETURN(const TreeHead head, StoredHead(tx));
  if (newer > head.size) return Problem(Reason::kLogRange, "newer_size", "the log is smaller");
  return MakeConsistencyProof(older, newer,
                              [&](int level, uint64_t at) { return StoredSubtree(level, at, newer, tx); });
}

absl::StatusOr<bool> HasBegun(Transaction& tx) {
  ASSIGN_OR_RETURN(const std::string checkpoint, StoredCheckpoint(tx));
  if (!checkpoint.empty()) return true;
  ASSIGN_OR_RETURN(const std::vector<Record> waiting, tx.List(kTable, kWaiting, "", 1));
  ASSIGN_OR_RETURN(const std::vector<Record> sequenced, tx.List(kTable, kSequenced, "", 1));
  return !waiting.empty() || !sequenced.empty();
}

absl::StatusOr<std::string> StoredCheckpoint(Transaction& tx) { return ReadRecord(kCheckpointKey, tx); }

absl::StatusOr<std::string> StoredTile(const Tile& tile, Transaction& tx) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadRecord(FileKey(TilePath({tile.level, tile.index, kTileWidth})), tx));
  const size_t size = tile.width * sizeof(MerkleHash);
  if (bytes.size() < size) return Problem(Reason::kLogFile, TilePath(tile), "it is missing or shorter");
  return bytes.substr(0, size);
}

absl::StatusOr<std::string> StoredEntries(const Tile& bundle, Transaction& tx) {
  const std::string path = EntryBundlePath(bundle);
  ASSIGN_OR_RETURN(const std::string bytes, ReadRecord(FileKey(EntryBundlePath({0, bundle.index, kTileWidth})), tx));
  if (bytes.empty()) return Problem(Reason::kLogFile, path, "it is missing");
  return bytes;
}

absl::StatusOr<std::vector<v1::StoredLeaf>> StoredLeaves(absl::string_view after_leaf_id, int limit, Transaction& tx) {
  const std::string after = after_leaf_id.empty() ? "" : LeafRecordKey(after_leaf_id);
  ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(kTable, kSequenced, after, limit));
  std::vector<v1::StoredLeaf> leaves;
  for (const Record& record : records) {
    ASSIGN_OR_RETURN(leaves.emplace_back(), ReadStoredLeaf(record));
  }
  return leaves;
}

std::string IdOf(const v1::StoredLeaf& leaf) {
  const v1::StoredStatement& about = leaf.statement();
  return absl::StrCat(about.kind(), "/", about.peer(), "/", about.message_id());
}

}  // namespace passerelle::evidence
