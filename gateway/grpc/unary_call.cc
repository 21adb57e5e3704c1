#include "gateway/grpc/unary_call.h"

#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/tls.h"
#include "gateway/telemetry/trace.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// A waiting call is asked again after the first interval, then after twice as long each time, up to the last.
constexpr absl::Duration kAskAgainFirst = absl::Milliseconds(10);
constexpr absl::Duration kAskAgainLast = absl::Milliseconds(200);

}  // namespace

std::string TraceParentOf(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find(kTraceParentKey);
  if (found == context.client_metadata().end()) return "";
  const absl::string_view text(found->second.data(), found->second.length());
  return IsTraceParent(text) ? std::string(text) : std::string();
}

// One call, from its start until gRPC says that it is done with it.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(CallRunner* runner, CallRunner::MethodEntry* method, grpc::CallbackServerContext* context,
            std::function<CallOutcome(const CallInfo&)> work)
      : runner_(runner), method_(method), work_(std::move(work)), trace_parent_(TraceParentOf(*context)) {
    info_.start = runner_->options_.clock->Now();
    // gRPC knows no absent deadline; a caller's clock plays no part in it.
    info_.deadline = std::min(absl::FromChrono(context->deadline()), info_.start + runner_->options_.call_limit);
    method_->series->Started();
  }

  void Begin(const grpc::CallbackServerContext& context) {
    auto caller = runner_->Admit(context, *method_);
    if (!caller.ok()) return Complete(caller.status());
    info_.caller = *std::move(caller);
    Queue();
  }

  // The work goes on when the caller has gone: what it does is durable, and asked for again by its request id.
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override {
    runner_->Ended();
    delete this;
  }

 private:
  void Queue() {
    const absl::Status queued = runner_->options_.pool->Submit([this] { Work(); });
    if (!queued.ok()) Complete(queued);
  }

  void Work() {
    info_.now = runner_->options_.clock->Now();
    info_.stopping = runner_->stopping_ || cancelled_;
    if (interval_ == absl::ZeroDuration() && runner_->stopping_) return Complete(Problem(Reason::kStopping, ""));
    if (info_.now >= info_.deadline) return Complete(Problem(Reason::kDeadline, ""));
    CallOutcome outcome;
    {
      const TraceScope scope(trace_parent_);
      outcome = work_(info_);
    }
    if (outcome.has_value()) return Complete(*outcome);
    interval_ = interval_ == absl::ZeroDuration() ? kAskAgainFirst : std::min(interval_ * 2, kAskAgainLast);
    // A new alarm each time: the one before may still be within its callback.
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(interval_), [this](bool) { Queue(); });
  }

  // Nothing of this call may be touched after Finish.
  void Complete(const absl::Status& status) { Finish(runner_->Handled(*method_, info_, trace_parent_, status)); }

  CallRunner* const runner_;
  CallRunner::MethodEntry* const method_;
  const std::function<CallOutcome(const CallInfo&)> work_;
  const std::string trace_parent_;
  CallInfo info_ = {};
  absl::Duration interval_;
  std::unique_ptr<grpc::Alarm> alarm_;
  std::atomic<bool> cancelled_ = false;
};

void CallRunner::AddMethod(absl::string_view service, absl::string_view method) {
  const std::string path = absl::StrCat(service, "/", method);
  methods_[path] = {std::string(service), path, options_.metrics->Method(service, method)};
}

bool CallRunner::WaitUntilIdle(absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return running_ == 0; };
  return mutex_.AwaitWithDeadline(absl::Condition(&idle), deadline);
}

absl::StatusOr<std::string> CallRunner::Admit(const grpc::CallbackServerContext& context,
                                              const MethodEntry& method) const {
  const auto certificate = CallerCertificateSha256(context.auth_context().get());
  absl::StatusOr<std::string> caller = certificate.ok() ? options_.authorise(*certificate, method.service)
                                                        : absl::StatusOr<std::string>(certificate.status());
  if (!caller.ok()) {
    options_.metrics->PeerRefused(base::Catalogue(base::ReasonOf(caller.status())).name);
    options_.log->WriteProblem(LogEvent::kCallRefused, caller.status(), {{"method", method.path}});
  }
  return caller;
}

grpc::Status CallRunner::Handled(const MethodEntry& method, const CallInfo& info, absl::string_view trace_parent,
                                 const absl::Status& status) const {
  const absl::Duration duration = options_.clock->Now() - info.start;
  grpc::Status answer = ToGrpc(status);
  const auto code = static_cast<absl::StatusCode>(answer.error_code());
  method.series->Handled(code, duration);
  const absl::string_view reason = status.ok() ? "" : base::Catalogue(base::ReasonOf(status)).name;
  options_.log->Write(LogEvent::kCallHandled, {{"method", method.path},
                                               {"caller", info.caller},
                                               {"code", GrpcCodeName(code)},
                                               {"reason", reason},
                                               {"duration_ms", absl::ToDoubleMilliseconds(duration)},
                                               {"trace_id", TraceId(trace_parent)}});
  return answer;
}

void CallRunner::Begun() {
  const absl::MutexLock lock(&mutex_);
  ++running_;
}

void CallRunner::Ended() {
  const absl::MutexLock lock(&mutex_);
  --running_;
}

grpc::ServerUnaryReactor* CallRunner::Start(grpc::CallbackServerContext* context, absl::string_view service,
                                            absl::string_view method,
                                            std::function<CallOutcome(const CallInfo&)> work) {
  Begun();
  auto* call = new UnaryCall(this, &methods_.at(absl::StrCat(service, "/", method)), context, std::move(work));
  call->Begin(*context);
  return call;
}

}  // namespace passerelle::gateway
