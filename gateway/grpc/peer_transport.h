// Calls to other nodes over mutual TLS: envelopes, and the question for a newer node map.
//
// A channel is kept for each pair of endpoint and certificates, so that a change of the node map, or of this node's own
// certificate, takes effect with the next message. A node that does not present one of the certificates that the node
// map names for the moment gets no byte of the envelope.
//
// Thread-safety: thread-safe. A delivery blocks up to the time limit.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/relay/outbox.h"
#include "gateway/telemetry/log.h"
#include "grpcpp/client_context.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/evidence/v1/evidence_service.grpc.pb.h"
#include "passerelle/federation/v1/node_map_service.grpc.pb.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {

class PeerTransport : public relay::Transport {
 public:
  PeerTransport(config::v1::TlsFiles tls, absl::Duration call_limit, Log* log)
      : tls_(std::move(tls)), call_limit_(call_limit), log_(log) {}

  absl::StatusOr<relay::v1::Envelope> Deliver(const federation::v1::Node& node,
                                              const relay::v1::Envelope& envelope) override;

  // The signed node map of another node when it is newer than `version`, unverified; empty when it is not. Problems: as
  // of Deliver.
  absl::StatusOr<std::string> GetNodeMap(const federation::v1::Node& node, uint64_t version);

  // Shows a checkpoint of this node's log to another node, for its signature. Problems: as of Deliver.
  absl::StatusOr<evidence::v1::AddCheckpointResponse> AddCheckpoint(const federation::v1::Node& node,
                                                                    const evidence::v1::AddCheckpointRequest& request);

  // Ends the deliveries that run and refuses new ones with kStopping.
  void Stop();

 private:
  struct Peer {
    std::string certificates;  // that the channel was made for
    std::string endpoint;
    std::shared_ptr<grpc::Channel> channel;
  };
  std::shared_ptr<grpc::Channel> ChannelTo(const federation::v1::Node& node);
  // Looks whether this node's own files changed and fit together; a channel made with half of a change would be of no
  // use.
  void RefreshOwnFiles() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // One call within the time limit, unless the transport was stopped; a failure is logged.
  absl::Status Run(const federation::v1::Node& node, absl::FunctionRef<grpc::Status(grpc::ClientContext&)> call);

  const config::v1::TlsFiles tls_;
  const absl::Duration call_limit_;
  Log* const log_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Peer> peers_ ABSL_GUARDED_BY(mutex_);  // by node id
  absl::flat_hash_set<grpc::ClientContext*> running_ ABSL_GUARDED_BY(mutex_);
  std::string own_files_ ABSL_GUARDED_BY(mutex_);  // fingerprint of those that channels are made with
  std::string own_files_tried_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway
