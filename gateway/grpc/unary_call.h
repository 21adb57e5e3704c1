// The one way in which a unary method runs: count, authenticate, authorise (deny by default), queue, work, log, finish.
//
// Work runs on a bounded pool, never on gRPC's threads. A method that waits for something returns nullopt and is asked
// again a little later, so that no thread is held while it waits. Each item of a stream (stream_call.h) runs the same
// way.
//
// Thread-safety: CallRunner is thread-safe; a call belongs to gRPC and the pool in turn. Ownership: the runner must
// outlive the server; a call deletes itself.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "gateway/grpc/worker_pool.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"
#include "grpcpp/support/server_callback.h"

namespace passerelle::gateway {

// What a method knows of its call.
struct CallInfo {
  std::string caller;   // id of the client or node, authenticated and allowed to call the service
  absl::Time start;     // when the call came in
  absl::Time deadline;  // the caller's, cut to the node's limit
  absl::Time now;       // when the work was asked
  bool stopping;        // the node is about to stop: answer now
};

// The result of the work, or nullopt to be asked again later.
using CallOutcome = std::optional<absl::Status>;

class CallRunner {
 public:
  struct Options {
    WorkerPool* pool = nullptr;
    Metrics* metrics = nullptr;
    Log* log = nullptr;
    const base::Clock* clock = nullptr;
    absl::Duration call_limit;
    // Who the certificate belongs to, if it may call the service. Asked on every call.
    std::function<absl::StatusOr<std::string>(absl::string_view certificate_sha256, absl::string_view service)>
        authorise;
  };
  explicit CallRunner(Options options) : options_(std::move(options)) {}

  // To be called for every method before the server starts.
  void AddMethod(absl::string_view service, absl::string_view method);

  // Takes no new calls, and has waiting ones answer now.
  void Stop() { stopping_ = true; }

  // Whether all calls were answered by then. A server itself waits for its callers to hang up, which a caller that has
  // nothing to ask may take seconds over.
  bool WaitUntilIdle(absl::Time deadline);

  // For a CallbackService's methods. `work` is CallOutcome(const CallInfo&, const Request&, Response*); it may be
  // called several times, one after the other.
  template <typename Request, typename Response, typename WorkFunction>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, absl::string_view service,
                                absl::string_view method, const Request* request, Response* response,
                                WorkFunction work) {
    return Start(context, service, method, [request, response, work = std::move(work)](const CallInfo& info) mutable {
      return CallOutcome(work(info, *request, response));
    });
  }

 private:
  friend class UnaryCall;
  template <typename Request, typename Response>
  friend class StreamCall;
  struct MethodEntry {
    std::string service;
    std::string path;
    std::unique_ptr<MethodSeries> series;
  };

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, absl::string_view service,
                                  absl::string_view method, std::function<CallOutcome(const CallInfo&)> work);
  void Begun();
  void Ended();
  // Who calls, if it may call the service; a refusal is counted and logged.
  absl::StatusOr<std::string> Admit(const grpc::CallbackServerContext& context, const MethodEntry& method) const;
  // Counts and logs how a call or item ended.
  grpc::Status Handled(const MethodEntry& method, const CallInfo& info, absl::string_view trace_parent,
                       const absl::Status& status) const;

  Options options_;
  absl::flat_hash_map<std::string, MethodEntry> methods_;
  std::atomic<bool> stopping_ = false;
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The caller's trace, if it names one that is well-formed.
std::string TraceParentOf(const grpc::CallbackServerContext& context);

}  // namespace passerelle::gateway
