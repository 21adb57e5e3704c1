// Requests over HTTP that are no calls of a service: what other standards prescribe, with paths and forms of their own.
// They run as calls do, under the same limits, and everybody is a stranger to them.
//
// Thread-safety: const after filling; can then be shared. Ownership: owns its routes; the methods outlive it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/grpc/unary_call.h"

namespace passerelle::gateway {

struct PlainRequest {
  std::string id;                          // what the path has in the place of the id
  std::vector<std::string> authorization;  // secrets
  std::string body;
};

struct PlainAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = "{}";
};

struct PlainRoute {
  std::string verb;    // "GET" or "POST"
  std::string before;  // the path up to the id, or all of it
  std::string after = "";
  bool has_id = false;
  std::string content_type = "";  // that a body has to be of; empty for any
  size_t body_bytes_max = 0;
  // Under which it is counted, logged and let in.
  const CallRunner::MethodEntry* method = nullptr;
  std::function<absl::StatusOr<PlainAnswer>(const PlainRequest&)> work = {};
  // The answer to a problem, whose usual status of HTTP it is told.
  std::function<PlainAnswer(const absl::Status& problem, int status)> refuse = {};
};

class PlainRoutes {
 public:
  void Add(PlainRoute route) { routes_.push_back(std::move(route)); }

  struct Match {
    const PlainRoute* route = nullptr;  // null for none
    std::string id = "";
    std::string allow = "";  // verbs of the path, where the verb is another one
  };
  // `target` is the path of a request, with its query, which no route has a use for.
  Match Find(absl::string_view verb, absl::string_view target) const;

 private:
  std::vector<PlainRoute> routes_;
};

}  // namespace passerelle::gateway
