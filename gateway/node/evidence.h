// The evidence of a running node: its log, the secret behind it, the witnessing of others' logs, and being witnessed.
//
// Beside the store FILE stand FILE.evidence-secret, made at the first start and never replaced, and FILE.checkpoint,
// the last checkpoint in a second place: a store that was put back from an older copy is found out by it.
//
// Thread-safety: thread-safe after Open. Ownership: what Options name must outlive it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/evidence/log.h"
#include "core/evidence/witness.h"
#include "core/federation/message_keys.h"
#include "core/federation/node_map.h"
#include "core/proof/x509/certificate.h"
#include "core/relay/message_log.h"
#include "gateway/grpc/peer_transport.h"
#include "gateway/telemetry/log.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/evidence/v1/stored.pb.h"

namespace passerelle::gateway {

// The 32 bytes of the secret of a store's evidence, from the file of `path`, or from the store when that is empty. It
// is made when it is absent, the log has not begun, and `random` is not null. Problems: kKeyUnusable with the file;
// kStoreUnavailable.
absl::StatusOr<std::string> EvidenceSecret(const std::string& path, base::Store& store, base::Random* random);
// The keys of the leaves, and of the payloads, by that secret.
std::string LeafSecret(absl::string_view secret);
std::string PayloadKey(absl::string_view secret);

class NodeEvidence {
 public:
  struct Options {
    std::string node;
    std::string path;  // of the configuration
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    const federation::MessageKeys* keys = nullptr;
    const federation::NodeMapHolder* nodes = nullptr;
    Log* log = nullptr;
    config::v1::EvidenceTimeStamps time_stamps;  // without an authority there are none
  };

  // Checks the whole log. Problems: those of evidence::Log::Open and of EvidenceSecret; the node must not start then.
  static absl::StatusOr<std::unique_ptr<NodeEvidence>> Open(Options options);

  const relay::MessageLog& messages() const { return *messages_; }
  const evidence::Witness& witness() const { return *witness_; }

  // Work of a background loop: gives waiting leaves their places, and keeps the checkpoint in the second place.
  absl::StatusOr<bool> Sequence();
  // Work of another one: shows the last checkpoint to every node that has not seen it, for its signature, and has it
  // time-stamped when that is due.
  absl::StatusOr<bool> ShowToPeers(PeerTransport& transport);

 private:
  struct Shown {
    uint64_t size = 0;  // of our log, as the peer says that it has seen it last
    std::string text;   // of the checkpoint that it signed last
    absl::Time next_try = absl::InfinitePast();
  };

  explicit NodeEvidence(Options options) : options_(std::move(options)) {}
  absl::Status Remember();
  absl::Status StampWhenDue();
  absl::StatusOr<evidence::v1::StoredTimeStamp> Stamp() const;
  // What the last time-stamp is good for.
  void CountFrom(absl::Time stamped);
  absl::Status ShowTo(const federation::v1::Node& peer, const std::string& checkpoint, Shown& shown,
                      PeerTransport& transport) const;

  const Options options_;
  std::unique_ptr<evidence::Log> log_;
  std::unique_ptr<relay::MessageLog> messages_;
  std::unique_ptr<evidence::Witness> witness_;
  absl::Mutex mutex_;
  std::string remembered_ ABSL_GUARDED_BY(mutex_);  // what the file beside the store holds
  proof::TrustAnchors time_stamp_anchors_;
  std::map<std::string, Shown> shown_;            // by node; of the loop of ShowToPeers alone
  absl::Time next_stamp_ = absl::InfinitePast();  // of the same loop
};

}  // namespace passerelle::gateway
