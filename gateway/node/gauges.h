// What is measured now and then rather than counted: when certificates, bundle and node map end, how late the sender
// is, how much memory the process holds.
//
// Thread-safety: for one thread at a time. Ownership: owns nothing; everything outlives it.
#pragma once

#include "absl/status/status.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/federation/node_map.h"
#include "gateway/telemetry/metrics.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class NodeGauges {
 public:
  NodeGauges(const config::v1::NodeConfig* config, base::Store* store, const federation::NodeMapHolder* node_map,
             const base::Clock* clock, Metrics* metrics)
      : config_(config), store_(store), node_map_(node_map), clock_(clock), metrics_(metrics) {}

  // Problem: kStoreUnavailable.
  absl::Status Refresh();

 private:
  void Certificates();
  absl::Status Outbox();

  const config::v1::NodeConfig* const config_;
  base::Store* const store_;
  const federation::NodeMapHolder* const node_map_;
  const base::Clock* const clock_;
  Metrics* const metrics_;
};

}  // namespace passerelle::gateway
