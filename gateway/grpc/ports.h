// The three gRPC servers of a node, with their limits.
//
// Thread-safety: as gRPC's servers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"

namespace passerelle::gateway {

struct ListeningServer {
  std::unique_ptr<grpc::Server> server;
  int port = 0;  // the one taken, when 0 was asked for
};

// A port for callers with certificates. Problem: kPortUnavailable with the address, and why.
absl::StatusOr<ListeningServer> StartServer(const std::string& listen,
                                            std::shared_ptr<grpc::ServerCredentials> credentials,
                                            const std::vector<grpc::Service*>& services);

// The operators' port: health, channelz and, if asked for, reflection; no TLS. Problem: kPortUnavailable.
absl::StatusOr<ListeningServer> StartAdminServer(const std::string& listen, bool reflection);

// "127.0.0.1:" and the port: how scripts on the machine reach a port that listens on `listen`.
std::string ReachableAddress(const std::string& listen, int port);

}  // namespace passerelle::gateway
