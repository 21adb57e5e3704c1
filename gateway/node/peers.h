// How a node reaches the others: the transport, what it encrypts with, and which of them it leaves alone.
//
// Thread-safety: thread-safe. Ownership: what it is given outlives it.
#pragma once

#include "core/relay/circuit_breaker.h"
#include "core/relay/encryption.h"
#include "gateway/grpc/peer_transport.h"
#include "gateway/node/federation.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"

namespace passerelle::gateway {

class NodePeers {
 public:
  NodePeers(const config::v1::NodeConfig& config, const NodeFederation& federation, const base::Clock* clock,
            Metrics* metrics, Log* log);

  PeerTransport& transport() { return transport_; }
  const relay::Encryption& encryption() const { return encryption_; }

 private:
  void CircuitChanged(absl::string_view node, relay::CircuitState before, relay::CircuitState now);

  Metrics* const metrics_;
  Log* const log_;
  relay::CircuitBreaker circuits_;
  const relay::Encryption encryption_;
  PeerTransport transport_;  // last, since it ends first and uses the others
};

}  // namespace passerelle::gateway
