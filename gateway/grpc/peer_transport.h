// Calls to other nodes over mutual TLS: envelopes, and the question for a newer node map.
//
// A channel is kept for each pair of endpoint and certificates, so that a change of the node map, or of this node's own
// certificate, takes effect with the next message. A node that does not present one of the certificates that the node
// map names for the moment gets no byte of the envelope.
//
// Thread-safety: thread-safe. A delivery blocks up to the time limit; what is sent without waiting holds no thread
// until its answer is there. Ownership: Stop ends all that runs, and is called before anything that answers are handed
// to ends.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/relay/circuit_breaker.h"
#include "core/relay/encryption.h"
#include "core/relay/outbox.h"
#include "gateway/grpc/worker_pool.h"
#include "gateway/telemetry/log.h"
#include "grpcpp/client_context.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/evidence/v1/evidence_service.grpc.pb.h"
#include "passerelle/federation/v1/node_map_service.grpc.pb.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {

class PeerTransport : public relay::Transport {
 public:
  struct Options {
    config::v1::TlsFiles tls;
    absl::Duration call_limit;
    // Which nodes are left alone: calls to these fail at once with kPeerLeftAlone.
    relay::CircuitBreaker* circuits = nullptr;
    const relay::Encryption* encryption = nullptr;
    Log* log = nullptr;
  };
  explicit PeerTransport(Options options);
  ~PeerTransport() override { Stop(); }

  absl::StatusOr<relay::v1::Envelope> Deliver(const federation::v1::Node& node,
                                              const relay::v1::Envelope& envelope) override;
  void Send(const federation::v1::Node& node, const relay::v1::Envelope& envelope, Delivered delivered) override;
  absl::Time MayCallAt(absl::string_view node) const override { return options_.circuits->MayCallAt(node); }

  // The signed node map of another node when it is newer than `version`, unverified; empty when it is not. Problems: as
  // of Deliver.
  absl::StatusOr<std::string> GetNodeMap(const federation::v1::Node& node, uint64_t version);

  // Shows a checkpoint of this node's log to another node, for its signature. Problems: as of Deliver.
  absl::StatusOr<evidence::v1::AddCheckpointResponse> AddCheckpoint(const federation::v1::Node& node,
                                                                    const evidence::v1::AddCheckpointRequest& request);

  // Ends the deliveries that run, waits until they have ended and their answers are handed over, and refuses new ones
  // with kStopping. Can be called twice.
  void Stop();

 private:
  struct Peer {
    std::string certificates;  // that the channel was made for
    std::string endpoint;
    std::shared_ptr<grpc::Channel> channel;
  };
  // A call to a node, from its begin to its end. Envelopes decide whether a node is left alone; the questions that go
  // round in the background follow that, since a node may answer these and still be of no use.
  enum class Kind { kEnvelope, kBackground };
  struct PeerCall {
    PeerCall(std::string node, Kind is) : peer(std::move(node)), kind(is) {}
    const std::string peer;
    const Kind kind;
    relay::CircuitBreaker::Call circuit;  // of an envelope
    std::string trace_parent;
    grpc::ClientContext context;
  };
  struct Sending;
  std::shared_ptr<grpc::Channel> ChannelTo(const federation::v1::Node& node);
  // Looks whether this node's own files changed and fit together; a channel made with half of a change would be of no
  // use.
  void RefreshOwnFiles() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether the call may be made; kStopping when the transport was stopped. Whoever gets OK calls Record and End.
  absl::Status Begin(PeerCall& call);
  // The envelope that another node answered with; kPeerAnswerInvalid for one that cannot be read.
  absl::StatusOr<relay::v1::Envelope> AnswerOf(const std::string& peer, relay::v1::DeliverResponse& response) const;
  // What the call came to; a failure is logged, and the circuit is told.
  absl::Status Record(const PeerCall& call, const grpc::Status& result);
  // The call no longer runs.
  void End(PeerCall& call);
  // One call within the time limit.
  absl::Status Run(const federation::v1::Node& node, Kind kind,
                   absl::FunctionRef<grpc::Status(grpc::ClientContext&)> make);

  const Options options_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Peer> peers_ ABSL_GUARDED_BY(mutex_);  // by node id
  absl::flat_hash_set<grpc::ClientContext*> running_ ABSL_GUARDED_BY(mutex_);
  std::string own_files_ ABSL_GUARDED_BY(mutex_);  // fingerprint of those that channels are made with
  std::string own_files_tried_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  WorkerPool answers_;  // takes the answers to what was sent, since that may verify and write
};

}  // namespace passerelle::gateway
