#include "gateway/node/evidence.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/evidence/keyed_digest.h"
#include "core/evidence/time_stamps.h"
#include "core/relay/note_keys.h"
#include "gateway/config/node_config.h"
#include "gateway/fetch/time_stamping.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kSecretBytes = 32;
// Leaves that get their places under one signature. More than come in within an interval of the loop.
constexpr int kLeavesPerCheckpoint = 4096;
// How often a log that grows all the time is shown to the same node, and how long a node is left alone that could not
// be reached or does not witness.
constexpr absl::Duration kShowInterval = absl::Seconds(1);
constexpr absl::Duration kShowAgainAfterFailure = absl::Seconds(30);
constexpr absl::Duration kStampAgainAfterFailure = absl::Seconds(10);

std::string Subkey(absl::string_view secret, absl::string_view purpose) {
  const base::Sha256Digest digest = evidence::KeyedDigest(secret, purpose);
  return std::string(digest.begin(), digest.end());
}

std::string CheckpointPath(const std::string& path) { return path + ".checkpoint"; }

// A log that goes on with another secret has leaves that nobody can open.
absl::Status CheckNotBegun(const std::string& place, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const bool begun, evidence::HasBegun(tx));
  return begun ? Problem(Reason::kKeyUnusable, place, "it is missing, and the log was begun with it")
               : absl::OkStatus();
}

std::string SecretPath(const std::string& path) { return path + ".evidence-secret"; }

// Whether a secret may be made: the log has nothing yet, neither in the store nor in the second place.
absl::Status CheckFirstStart(const std::string& path, base::Store& store) {
  if (!FileFingerprint(CheckpointPath(path)).empty()) {
    return Problem(Reason::kKeyUnusable, SecretPath(path), "it is missing, and the log was begun with it");
  }
  return store.Read([&](base::Transaction& tx) { return CheckNotBegun(SecretPath(path), tx); });
}

absl::StatusOr<std::string> SecretInFile(const std::string& own, base::Store& store, base::Random* random) {
  const std::string path = SecretPath(own);
  if (random != nullptr && FileFingerprint(path).empty()) {
    RETURN_IF_ERROR(CheckFirstStart(own, store));
    RETURN_IF_ERROR(ReplaceFile(path, absl::StrCat(absl::BytesToHexString(random->Bytes(kSecretBytes)), "\n")));
  }
  ASSIGN_OR_RETURN(const std::string text, ReadPrivateKeyFile(path));
  const absl::string_view digits = absl::StripAsciiWhitespace(text);
  if (!base::IsSha256Hex(digits)) return Problem(Reason::kKeyUnusable, path, "it is not 64 hexadecimal digits");
  return absl::HexStringToBytes(digits);
}

absl::StatusOr<std::string> SecretInStore(base::Store& store, base::Random* random) {
  constexpr char kKey[] = "log/secret";
  std::optional<base::Record> record;
  const auto work = [&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(record, tx.Get(base::Table::kSetting, kKey));
    if (record || random == nullptr) return absl::OkStatus();
    RETURN_IF_ERROR(CheckNotBegun("evidence", tx));
    record = base::Record{.key = kKey, .value = random->Bytes(kSecretBytes)};
    return tx.Insert(base::Table::kSetting, *record);
  };
  RETURN_IF_ERROR(random == nullptr ? store.Read(work) : store.Write(work));
  if (!record || record->value.size() != kSecretBytes) {
    return Problem(Reason::kKeyUnusable, "evidence", "the store has no secret");
  }
  return std::move(record->value);
}

}  // namespace

absl::StatusOr<std::string> EvidenceSecret(const std::string& path, base::Store& store, base::Random* random) {
  return path.empty() ? SecretInStore(store, random) : SecretInFile(path, store, random);
}

std::string LeafSecret(absl::string_view secret) { return Subkey(secret, "passerelle-evidence/leaves"); }
std::string PayloadKey(absl::string_view secret) { return Subkey(secret, "passerelle-evidence/payloads"); }

absl::StatusOr<std::unique_ptr<NodeEvidence>> NodeEvidence::Open(Options options) {
  std::unique_ptr<NodeEvidence> opened(new NodeEvidence(std::move(options)));
  const Options& own = opened->options_;
  ASSIGN_OR_RETURN(const std::string secret, EvidenceSecret(own.path, *own.store, own.random));
  std::optional<std::string> remembered;
  const std::string path = CheckpointPath(own.path);
  if (!own.path.empty() && !FileFingerprint(path).empty()) {
    ASSIGN_OR_RETURN(remembered, ReadFile(path, base::kNoteBytesMax));
  }
  const evidence::KeyAt key = [keys = own.keys](absl::Time now) { return keys->Active(now); };
  ASSIGN_OR_RETURN(opened->log_, evidence::Log::Open({own.node, own.store, own.clock, key, LeafSecret(secret)},
                                                     relay::NoteKeys(*own.nodes->Get()), std::move(remembered)));
  RETURN_IF_ERROR(opened->Remember());
  opened->messages_ = std::make_unique<relay::MessageLog>(
      relay::MessageLog::Options{opened->log_.get(), PayloadKey(secret), own.random});
  if (own.time_stamps.has_interval()) {
    ASSIGN_OR_RETURN(opened->time_stamp_anchors_, LoadAnchors(own.time_stamps.certificates()));
    opened->CountFrom(own.clock->Now());
  }
  opened->witness_ =
      std::make_unique<evidence::Witness>(evidence::Witness::Options{own.node, own.store, own.clock, key});
  return opened;
}

absl::StatusOr<bool> NodeEvidence::Sequence() {
  ASSIGN_OR_RETURN(const int sequenced, log_->Sequence(kLeavesPerCheckpoint));
  if (sequenced > 0) RETURN_IF_ERROR(Remember());
  return sequenced == kLeavesPerCheckpoint;
}

absl::Status NodeEvidence::Remember() {
  if (options_.path.empty()) return absl::OkStatus();
  const absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(std::string checkpoint, log_->Checkpoint());
  if (checkpoint == remembered_) return absl::OkStatus();
  RETURN_IF_ERROR(ReplaceFile(CheckpointPath(options_.path), checkpoint));
  remembered_ = std::move(checkpoint);
  return absl::OkStatus();
}

void NodeEvidence::CountFrom(absl::Time stamped) {
  const config::v1::EvidenceTimeStamps& wanted = options_.time_stamps;
  next_stamp_ = stamped + base::FromProto(wanted.interval());
  if (wanted.has_refuse_after()) log_->RefuseFrom(stamped + base::FromProto(wanted.refuse_after()));
}

absl::StatusOr<evidence::v1::StoredTimeStamp> NodeEvidence::Stamp() const {
  evidence::v1::StoredTimeStamp stamp;
  ASSIGN_OR_RETURN(*stamp.mutable_checkpoint(), log_->Checkpoint());
  if (stamp.checkpoint().empty()) return stamp;
  ASSIGN_OR_RETURN(*stamp.mutable_token(),
                   AskTimeStamp(options_.time_stamps.authority(), stamp.checkpoint(), *options_.random));
  ASSIGN_OR_RETURN(const absl::Time time, evidence::CheckTimeStamp(stamp, time_stamp_anchors_));
  *stamp.mutable_time() = base::ToProto(time);
  return stamp;
}

absl::Status NodeEvidence::StampWhenDue() {
  const absl::Time now = options_.clock->Now();
  if (!options_.time_stamps.has_interval() || now < next_stamp_) return absl::OkStatus();
  // Another replica may have had it done.
  std::optional<evidence::v1::StoredTimeStamp> last;
  const absl::Status looked = options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(last, evidence::LastTimeStamp(tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(looked);
  if (last) CountFrom(base::FromProto(last->time()));
  if (now < next_stamp_) return absl::OkStatus();
  const absl::StatusOr<evidence::v1::StoredTimeStamp> stamp = Stamp();
  if (!stamp.ok()) {
    next_stamp_ = now + kStampAgainAfterFailure;
    options_.log->WriteProblem(LogEvent::kTimeStampFailed, stamp.status(), {});
    return absl::OkStatus();
  }
  if (stamp->token().empty()) {
    CountFrom(now);  // a log without leaves has nothing that could be vouched for
    return absl::OkStatus();
  }
  const absl::Status kept =
      options_.store->Write([&](base::Transaction& tx) { return evidence::AddTimeStamp(*stamp, tx); });
  if (!kept.ok() && !absl::IsAlreadyExists(kept)) return kept;
  CountFrom(base::FromProto(stamp->time()));
  return absl::OkStatus();
}

absl::StatusOr<bool> NodeEvidence::ShowToPeers(PeerTransport& transport) {
  RETURN_IF_ERROR(StampWhenDue());
  RETURN_IF_ERROR(log_->SignWithKeyInUse());
  RETURN_IF_ERROR(Remember());
  ASSIGN_OR_RETURN(const std::string checkpoint, log_->Checkpoint());
  if (checkpoint.empty()) return false;
  ASSIGN_OR_RETURN(const evidence::SignedNote note, evidence::ReadNote(checkpoint));
  const auto nodes = options_.nodes->Get();
  for (const federation::v1::Node& peer : nodes->map().nodes()) {
    const absl::Time now = options_.clock->Now();
    Shown& shown = shown_[peer.id()];
    if (peer.id() == options_.node || peer.endpoint().empty() || !nodes->FindActive(peer.id(), now).ok()) continue;
    if (shown.text == note.text || now < shown.next_try) continue;
    const absl::Status status = ShowTo(peer, checkpoint, shown, transport);
    shown.next_try = now + (status.ok() ? kShowInterval : kShowAgainAfterFailure);
    // What the transport could not do, it has logged; what is wrong with the log concerns this node itself.
    const Reason reason = base::ReasonOf(status);
    if (reason == Reason::kLogTruncated || reason == Reason::kLogForked || reason == Reason::kLogProof ||
        reason == Reason::kLogFile || reason == Reason::kNoteSignature) {
      options_.log->WriteProblem(LogEvent::kWitnessRefused, status, {{"peer", peer.id()}});
    }
  }
  return false;
}

absl::Status NodeEvidence::ShowTo(const federation::v1::Node& peer, const std::string& checkpoint, Shown& shown,
                                  PeerTransport& transport) const {
  ASSIGN_OR_RETURN(const evidence::OpenedCheckpoint opened,
                   evidence::OpenCheckpoint(checkpoint, relay::NoteKeys(*options_.nodes->Get())));
  const uint64_t size = opened.checkpoint.head.size;
  // Twice at most: a witness that has seen another size than we know says so first.
  for (int attempt = 0; attempt < 2; ++attempt) {
    evidence::v1::AddCheckpointRequest request;
    request.set_older_size(shown.size);
    request.set_checkpoint(checkpoint);
    if (shown.size > 0) {
      const absl::Status proven = options_.store->Read([&](base::Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const evidence::MerkleProof proof, evidence::Log::ConsistencyProof(shown.size, size, tx));
        request.clear_proof();
        for (const evidence::MerkleHash& hash : proof) request.add_proof(hash.data(), hash.size());
        return absl::OkStatus();
      });
      RETURN_IF_ERROR(proven);
    }
    ASSIGN_OR_RETURN(const evidence::v1::AddCheckpointResponse response, transport.AddCheckpoint(peer, request));
    if (response.seen_size() > size) {
      // Another replica may have shown what the log has gained meanwhile.
      ASSIGN_OR_RETURN(const std::string newer, log_->Checkpoint());
      ASSIGN_OR_RETURN(const evidence::OpenedCheckpoint latest,
                       evidence::OpenCheckpoint(newer, relay::NoteKeys(*options_.nodes->Get())));
      if (response.seen_size() <= latest.checkpoint.head.size) return absl::OkStatus();
      return Problem(Reason::kLogTruncated, "log", "another node has seen more leaves than the log has");
    }
    shown.size = response.seen_size();
    if (response.cosigned().empty()) continue;
    ASSIGN_OR_RETURN(const evidence::SignedNote cosigned, evidence::ReadNote(response.cosigned()));
    if (cosigned.text != opened.note.text) return Problem(Reason::kNoteSignature, "text", "it is another checkpoint");
    RETURN_IF_ERROR(log_->AddCosignatures(cosigned, relay::NoteKeysOf(*options_.nodes->Get(), peer.id())));
    shown.text = opened.note.text;
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
