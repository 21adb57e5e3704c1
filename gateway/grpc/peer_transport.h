// Delivery of envelopes to other nodes over mutual TLS.
//
// A channel is kept for each pair of endpoint and certificates, so that a change of the node map takes effect with the
// next message. A node that does not present one of the node map's certificates gets no byte of the envelope.
//
// Thread-safety: thread-safe. A delivery blocks up to the time limit.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/relay/outbox.h"
#include "gateway/telemetry/log.h"
#include "grpcpp/client_context.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {

class PeerTransport : public relay::Transport {
 public:
  PeerTransport(config::v1::TlsFiles tls, absl::Duration call_limit, Log* log)
      : tls_(std::move(tls)), call_limit_(call_limit), log_(log) {}

  absl::StatusOr<relay::v1::Envelope> Deliver(const federation::v1::Node& node,
                                              const relay::v1::Envelope& envelope) override;

  // Ends the deliveries that run and refuses new ones with kStopping.
  void Stop();

 private:
  struct Peer {
    std::string certificates;  // that the channel was made for
    std::string endpoint;
    std::shared_ptr<relay::v1::RelayService::Stub> stub;
  };
  std::shared_ptr<relay::v1::RelayService::Stub> StubOf(const federation::v1::Node& node);

  const config::v1::TlsFiles tls_;
  const absl::Duration call_limit_;
  Log* const log_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Peer> peers_ ABSL_GUARDED_BY(mutex_);  // by node id
  absl::flat_hash_set<grpc::ClientContext*> running_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway
