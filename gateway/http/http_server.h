// The node's services over HTTP/1.1 and TLS: the Connect unary protocol, for what cannot speak gRPC (curl, browsers, a
// script). A call takes the same way as one that comes over gRPC: CallRunner (gateway/grpc/unary_call.h) says who it is
// and what it may call, by its certificate or its token, and runs the same work under the same limits.
//
// Connections do not hold threads: reading and writing is asynchronous, on a few threads. Each step of a request has a
// time limit as a whole, so that sending slowly gains nothing. Requests whose length can be read in two ways are
// refused, and so is whatever comes after them on the connection.
//
// Thread-safety: thread-safe. Ownership: owns its threads and connections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/http/plain_routes.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class HttpServer {
 public:
  struct Options {
    std::string listen;
    // Read again when they change. Without trusted authorities nobody is asked for a certificate.
    config::v1::TlsFiles tls;
    std::vector<std::string> allowed_origins;  // of pages that browsers may call from
    CallRunner* runner = nullptr;
    const PlainRoutes* routes = nullptr;  // what is served in the place of the runner's services; null for these
    const base::Clock* clock = nullptr;
    // When there are as many, a new one takes the place of one that has no request: of a stranger's first.
    int connections_max = 512;
  };

  // Problems: kPortUnavailable, kKeyUnusable.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Options options);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  int port() const;
  // Takes no more connections and requests, and closes all once running calls were answered. The runner must have been
  // stopped and idle.
  void Stop();

 private:
  class Listener;
  explicit HttpServer(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace passerelle::gateway
