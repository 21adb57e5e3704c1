#include "core/evidence/witness.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/checkpoint.h"
#include "core/evidence/log.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;
using base::Transaction;

std::string SeenKey(absl::string_view node) { return absl::StrCat("witness/seen/", node); }
std::string ContradictionKey(absl::string_view node) { return absl::StrCat("witness/contradiction/", node); }

absl::Status Keep(const std::string& key, absl::string_view checkpoint, Transaction& tx) {
  const Record record = {.key = key, .value = std::string(checkpoint)};
  const absl::Status updated = tx.Update(Table::kSetting, record);
  return absl::IsNotFound(updated) ? tx.Insert(Table::kSetting, record) : updated;
}

absl::StatusOr<Checkpoint> ReadKept(const std::optional<Record>& record, absl::string_view origin) {
  if (!record) return Checkpoint{std::string(origin), {0, EmptyRoot()}, {}};
  ASSIGN_OR_RETURN(const SignedNote note, ReadNote(record->value));
  return ReadCheckpoint(note.text);
}

// Two signed checkpoints of one size speak for themselves; others that did not follow do so with more effort, or not at
// all, and whoever made the first kind must not be able to have it replaced by the second.
absl::Status KeepContradiction(absl::string_view node, absl::string_view checkpoint, bool same_size, Transaction& tx) {
  const std::string key = ContradictionKey(node);
  if (!same_size) {
    ASSIGN_OR_RETURN(const std::optional<Record> kept, tx.Get(Table::kSetting, key));
    if (kept) return absl::OkStatus();
  }
  return Keep(key, checkpoint, tx);
}

}  // namespace

absl::StatusOr<Witness::Seen> Witness::Add(absl::string_view node, const std::vector<NoteKey>& keys,
                                           uint64_t older_size, const MerkleProof& proof,
                                           absl::string_view checkpoint) const {
  ASSIGN_OR_RETURN(const OpenedCheckpoint opened, OpenCheckpoint(checkpoint, keys));
  if (opened.checkpoint.origin != LogName(node)) return Problem(Reason::kNote, "origin", "it is another log's");
  Seen seen;
  absl::Status grown;
  const absl::Status written = options_.store->Write([&](Transaction& tx) -> absl::Status {
    seen = {};
    grown = absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, SeenKey(node)));
    ASSIGN_OR_RETURN(const Checkpoint before, ReadKept(record, opened.checkpoint.origin));
    seen.size = before.head.size;
    // One size with two roots needs no proof to be a contradiction, and a smaller one has none.
    const bool same_size = opened.checkpoint.head.size == seen.size;
    if (older_size != seen.size && !same_size) return absl::OkStatus();
    grown = VerifyGrowth(before, opened.checkpoint, same_size ? MerkleProof() : proof);
    if (same_size && !grown.ok()) {
      grown = Problem(Reason::kLogForked, base::PlaceOf(grown), "another checkpoint of this size was seen");
    }
    if (!grown.ok()) return KeepContradiction(node, checkpoint, same_size, tx);
    SignedNote cosigned = {opened.note.text, {}};
    const absl::Time now = options_.clock->Now();
    ASSIGN_OR_RETURN(const std::shared_ptr<const proof::SigningKey> key, options_.key(now));
    RETURN_IF_ERROR(CosignNote(LogName(options_.node), *key, now, cosigned));
    seen.cosigned = WriteNote(cosigned);
    seen.size = opened.checkpoint.head.size;
    return Keep(SeenKey(node), checkpoint, tx);
  });
  RETURN_IF_ERROR(written);
  RETURN_IF_ERROR(grown);
  return seen;
}

absl::StatusOr<std::string> Witness::Read(const std::string& key) const {
  std::string value;
  const absl::Status read = options_.store->Read([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, key));
    value = record ? record->value : "";
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  return value;
}

absl::StatusOr<std::string> Witness::LastSeen(absl::string_view node) const { return Read(SeenKey(node)); }
absl::StatusOr<std::string> Witness::Contradiction(absl::string_view node) const {
  return Read(ContradictionKey(node));
}

}  // namespace passerelle::evidence
