// A node: everything that a configuration names, put together and running.
//
// Thread-safety: thread-safe after Start. Ownership: a node owns its parts; it drains when destroyed.
//
//   BlockStopSignals();
//   ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(path));
//   ASSIGN_OR_RETURN(auto store, OpenStore(config));
//   ASSIGN_OR_RETURN(auto node, Node::Start(config, {std::move(store), adapters::MakeRegistry()}));
//   WaitForStopSignal();
//   node->Drain();
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "core/document/adapter.h"
#include "gateway/config/overrides.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class Node {
 public:
  struct Parts {
    std::unique_ptr<base::Store> store;
    document::Registry adapters;
    std::FILE* log = stderr;  // one JSON object a line
    // Where the configuration came from, to take over what changes there; empty for nowhere.
    std::string config_path = "";
    std::vector<ConfigOverride> overrides = {};
    std::string version = "";  // of the program, for the metrics
  };

  // Ports that are listened on.
  struct Ports {
    int client = 0;
    int peer = 0;
    int admin = 0;
    int metrics = 0;
    int http = 0;     // 0 without a port for HTTP
    int wallets = 0;  // 0 without a port for wallets
  };

  // Loads what the configuration names, opens all ports and then writes the ports file. The configuration comes from
  // LoadNodeConfig. Problems: kConfigInvalid, kKeyUnusable, kNodeMapUnusable, kStoreUnavailable, kPortUnavailable,
  // kInputNotReadable, with the place. RequireTls13 (gateway/grpc/tls.h) must have been called at the start of main.
  static absl::StatusOr<std::unique_ptr<Node>> Start(const config::v1::NodeConfig& config, Parts parts);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();

  const Ports& ports() const;

  // Health says NOT_SERVING, new calls are refused, running ones have the time limit to end, then everything stops.
  // Returns when it has. Can be called twice.
  void Drain();

 private:
  class Assembly;
  explicit Node(std::unique_ptr<Assembly> assembly);
  std::unique_ptr<Assembly> assembly_;
};

// Loads everything that a node with this configuration file would load, and starts nothing. Problems as of
// LoadNodeConfig and Node::Start.
absl::Status CheckNodeConfig(const std::string& path, const std::vector<ConfigOverride>& overrides = {});

// Leaves SIGINT and SIGTERM to WaitForStopSignal, and ignores SIGPIPE. To be called in main before any thread is made.
void BlockStopSignals();

// Waits for SIGINT or SIGTERM and returns which came.
int WaitForStopSignal();

}  // namespace passerelle::gateway
