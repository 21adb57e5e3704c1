#include "gateway/node/peers.h"

#include "core/base/proto_time.h"
#include "gateway/config/node_config.h"

namespace passerelle::gateway {

NodePeers::NodePeers(const config::v1::NodeConfig& config, const NodeFederation& federation, const base::Clock* clock,
                     Metrics* metrics, Log* log)
    : metrics_(metrics),
      log_(log),
      circuits_(clock, [this](absl::string_view node, relay::CircuitState before,
                              relay::CircuitState now) { CircuitChanged(node, before, now); }),
      encryption_({.node = config.node(),
                   .nodes = federation.nodes(),
                   .keys = federation.decryption_keys(),
                   .clock = clock,
                   .required = config.require_encryption()}),
      transport_({.tls = config.peer_port().tls(),
                  .call_limit = base::FromProto(config.time_limits().peer_call()),
                  .circuits = &circuits_,
                  .encryption = &encryption_,
                  .log = log}) {}

// Failed trials open a circuit again and again; the log is told the first time.
void NodePeers::CircuitChanged(absl::string_view node, relay::CircuitState before, relay::CircuitState now) {
  metrics_->PeerCircuit(node, static_cast<int>(now));
  if (now == relay::CircuitState::kClosed) log_->Write(LogEvent::kPeerReachedAgain, {{"peer", node}});
  if (before == relay::CircuitState::kClosed) log_->Write(LogEvent::kPeerLeftAlone, {{"peer", node}});
}

}  // namespace passerelle::gateway
