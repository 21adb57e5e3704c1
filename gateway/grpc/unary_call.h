// The one way in which a unary method runs, whether the call came over gRPC or over HTTP (gateway/http): count,
// authenticate, authorise (deny by default), queue, work, log, finish.
//
// A caller has a part of the node: so many calls at a time and so many bytes of requests, waiting ones included.
// Whoever asks for more is told to come later, and the others do not notice. Strangers have one part together, and
// have to be brief.
//
// Work runs on a bounded pool, never on gRPC's threads. A method that waits for something returns nullopt and is asked
// again a little later, or when its pause is ended, so that no thread is held while it waits. Each item of a stream
// (stream_call.h) runs the same way.
//
// Thread-safety: CallRunner is thread-safe; a call belongs to gRPC and the pool in turn. Ownership: the runner must
// outlive the server; a call deletes itself.
#pragma once

#include <any>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/limits.h"
#include "core/base/port/clock.h"
#include "gateway/clients/caller_credentials.h"
#include "gateway/grpc/pause.h"
#include "gateway/grpc/worker_pool.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace passerelle::gateway {

// Calls of one caller at a time. Half of what the node queues, so that nobody fills the queue alone.
inline constexpr int kCallsPerCallerMax = static_cast<int>(base::kQueuedCallsMax) / 2;
// The same of all strangers together: as many keep the threads of a port busy for less
// than the time of one call.
inline constexpr int kCallsOfAnybodyMax = 8;
// Bytes of the requests that are held for calls at a time; a node is made for 512 MiB. A caller can have the largest
// request twice.
inline constexpr size_t kRequestBytesMax = 256u << 20;
inline constexpr size_t kRequestBytesPerCallerMax = kRequestBytesMax / 2;
// Bytes of one request of a stranger. A message that was read can have many times its bytes, and what is open to
// strangers asks for a few short fields. Test: tests/unit/gateway/grpc/unary_call_test.cc.
inline constexpr size_t kRequestBytesOfAnybodyMax = 64u << 10;

// What callers have of the node at a time. Runners that share one count a caller once, whichever way it comes.
// Thread-safe.
class CallPlaces {
 public:
  // A caller's part, taken for one call with a request of so many bytes. Problem: kOverloaded.
  absl::Status Take(const std::string& caller, size_t request_bytes);
  void GiveBack(const std::string& caller, size_t request_bytes);

 private:
  struct Taken {
    int calls = 0;
    size_t bytes = 0;
  };
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Taken> taken_ ABSL_GUARDED_BY(mutex_);  // by caller; no one without a call
  size_t taken_bytes_ ABSL_GUARDED_BY(mutex_) = 0;                         // of all callers
};

// What a method knows of its call.
struct CallInfo {
  std::string caller;   // id of the client or node, authenticated and allowed to call the service
  absl::Time start;     // when the call came in
  absl::Time deadline;  // the caller's, cut to the node's limit
  absl::Time now;       // when the work was asked
  bool stopping;        // the node is about to stop: answer now
  // What the work wants to find again when it is asked again: empty at first, and gone with the call.
  std::any* kept;
  // To be ended by whoever has news for work that waits.
  std::shared_ptr<Pause> pause;
};

// The result of the work, or nullopt to be asked again later.
using CallOutcome = std::optional<absl::Status>;

// Where a call comes from.
struct CallOrigin {
  CallerCredentials caller;
  absl::Time deadline = absl::InfiniteFuture();  // that the caller stated
  std::string trace_parent = "";                 // valid, or empty
  size_t request_bytes = 0;                      // that are held for the call
};

class RunningCall;

class CallRunner {
 public:
  // A method that was added.
  struct MethodEntry {
    std::string service;
    std::string path;
    std::unique_ptr<MethodSeries> series;
    // Examples of its messages, and what it does; null when it can be called over gRPC only.
    const google::protobuf::Message* request = nullptr;
    const google::protobuf::Message* response = nullptr;
    std::function<CallOutcome(const CallInfo&, const google::protobuf::Message&, google::protobuf::Message*)> work =
        nullptr;
  };

  struct Options {
    WorkerPool* pool = nullptr;
    Metrics* metrics = nullptr;
    Log* log = nullptr;
    const base::Clock* clock = nullptr;
    absl::Duration call_limit;
    // Who calls, if it may call the service. Asked on every call.
    std::function<absl::StatusOr<std::string>(const CallerCredentials& caller, absl::string_view service)> authorise;
    // What else decides whether a call that was let in is worked on, once for each call and before its work, on a
    // thread of the pool: it may read and write the store. Null for nothing.
    std::function<absl::Status(const std::string& caller, const MethodEntry& method)> before_work = nullptr;
    // Among which its calls count; those of other runners too, if they share it.
    std::shared_ptr<CallPlaces> places = std::make_shared<CallPlaces>();
    size_t request_bytes_of_anybody_max = kRequestBytesOfAnybodyMax;
  };
  explicit CallRunner(Options options) : options_(std::move(options)) {}

  // To be called for every method before the server starts.
  void AddMethod(absl::string_view service, absl::string_view method);
  // The same for a method that every way to call knows. `work` is CallOutcome(const CallInfo&, const Request&,
  // Response*); it may be called several times for a call, one after the other.
  template <typename Request, typename Response, typename WorkFunction>
  void AddUnary(absl::string_view service, absl::string_view method, WorkFunction work) {
    AddMethod(service, method);
    MethodEntry& entry = methods_.at(absl::StrCat(service, "/", method));
    entry.request = &Request::default_instance();
    entry.response = &Response::default_instance();
    entry.work = [work = std::move(work)](const CallInfo& info, const google::protobuf::Message& request,
                                          google::protobuf::Message* response) {
      return CallOutcome(work(info, *google::protobuf::internal::DownCast<const Request*>(&request),
                              google::protobuf::internal::DownCast<Response*>(response)));
    };
  }

  // The method with this path, "package.Service/Method"; null when there is none.
  const MethodEntry* Find(absl::string_view path) const;

  // Takes no new calls, and has waiting ones answer now.
  void Stop() { stopping_ = true; }

  // Whether all calls were answered by then. A server itself waits for its callers to hang up, which a caller that has
  // nothing to ask may take seconds over.
  bool WaitUntilIdle(absl::Time deadline);

  // For a method that was added with its work, and gets the bytes as they came (raw_service.h): they are read on a
  // thread of the pool, once the caller was let in and has a place, and are gone then. Null when there is no such
  // method, which gRPC tells the caller.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, absl::string_view path,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response);
  // For those that can be called over gRPC only, by callers that are known before they send anything: gRPC makes the
  // message. `work` as for AddUnary.
  template <typename Request, typename Response, typename WorkFunction>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, absl::string_view service,
                                absl::string_view method, const Request* request, Response* response,
                                WorkFunction work) {
    return Start(context, methods_.at(absl::StrCat(service, "/", method)), request->ByteSizeLong(),
                 [request, response, work = std::move(work)](const CallInfo& info) mutable {
                   return CallOutcome(work(info, *request, response));
                 });
  }

  // Who calls, if the call would be let in now; the problem with which it would be refused.
  absl::StatusOr<std::string> MayCall(const CallerCredentials& caller, const MethodEntry& method) const {
    return options_.authorise(caller, method.service);
  }

  // Bytes of the largest request that a caller may send.
  size_t RequestBytesMax(absl::string_view caller) const {
    return caller == kAnybody ? options_.request_bytes_of_anybody_max : kRequestBytesPerCallerMax;
  }

  // A call that came another way, to be started by its owner. `finish` gets what gRPC would answer, once, on any
  // thread; nothing of the call is used after that.
  std::unique_ptr<RunningCall> Begin(const MethodEntry& method, CallOrigin origin,
                                     std::function<CallOutcome(const CallInfo&)> work,
                                     std::function<void(const grpc::Status&)> finish);

 private:
  friend class RunningCall;
  friend class UnaryCall;
  template <typename Request, typename Response>
  friend class StreamCall;

  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const MethodEntry& method, size_t request_bytes,
                                  std::function<CallOutcome(const CallInfo&)> work);
  void Begun();
  void Ended();
  // As CallPlaces; kInputTooLarge when the caller may not send so much.
  absl::Status TakePlace(const std::string& caller, size_t request_bytes);
  void GivePlaceBack(const std::string& caller, size_t request_bytes) {
    options_.places->GiveBack(caller, request_bytes);
  }
  // Who calls, if it may call the service; a refusal is counted and logged.
  absl::StatusOr<std::string> Admit(const CallerCredentials& caller, const MethodEntry& method) const;
  absl::Status BeforeWork(const std::string& caller, const MethodEntry& method) const {
    return options_.before_work == nullptr ? absl::OkStatus() : options_.before_work(caller, method);
  }
  // Counts and logs how a call or item ended.
  grpc::Status Handled(const MethodEntry& method, const CallInfo& info, absl::string_view trace_parent,
                       const absl::Status& status) const;

  Options options_;
  absl::flat_hash_map<std::string, MethodEntry> methods_;
  std::atomic<bool> stopping_ = false;
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
};

// One call from its start until it is answered. Belongs to the one who began it and to the pool in turn.
class RunningCall {
 public:
  RunningCall(CallRunner* runner, const CallRunner::MethodEntry* method, CallOrigin origin,
              std::function<CallOutcome(const CallInfo&)> work, std::function<void(const grpc::Status&)> finish);
  RunningCall(const RunningCall&) = delete;
  RunningCall& operator=(const RunningCall&) = delete;

  void Start();
  // The work goes on when the caller has gone: what it does is durable, and asked for again by its request id. It waits
  // for nothing any more.
  void Cancel() { cancelled_ = true; }

 private:
  void Queue();
  void Work();
  void Complete(const absl::Status& status);

  CallRunner* const runner_;
  const CallRunner::MethodEntry* const method_;
  const CallOrigin origin_;
  const std::function<CallOutcome(const CallInfo&)> work_;
  std::function<void(const grpc::Status&)> finish_;
  bool has_place_ = false;
  std::any kept_;
  CallInfo info_ = {};
  bool begun_ = false;
  std::atomic<bool> cancelled_ = false;
};

// What the caller shows of itself: its certificate, and the values of "authorization" in the metadata.
CallerCredentials CredentialsOf(const grpc::CallbackServerContext& context);

// The caller's trace, if it names one that is well-formed.
std::string TraceParentOf(const grpc::CallbackServerContext& context);

}  // namespace passerelle::gateway
