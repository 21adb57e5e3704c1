#include "gateway/grpc/unary_call.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>

#include <algorithm>
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

constexpr char kAuthorizationKey[] = "authorization";

// As gRPC reads and writes the messages of typed services.
using Bytes = grpc::SerializationTraits<google::protobuf::Message>;

absl::Status TakeBytes(const grpc::ByteBuffer* bytes, google::protobuf::Message* message) {
  // Nobody else reads what gRPC would hold until the end of the call, beside the message.
  if (!Bytes::Deserialize(const_cast<grpc::ByteBuffer*>(bytes), message).ok()) {
    return Problem(Reason::kFieldInvalid, "request", "the bytes are no such message");
  }
  return absl::OkStatus();
}

absl::Status WriteBytes(const google::protobuf::Message& message, grpc::ByteBuffer* bytes) {
  bool own = false;
  if (!Bytes::Serialize(message, bytes, &own).ok()) return Problem(Reason::kInternal, "response");
  return absl::OkStatus();
}

}  // namespace

absl::Status CallPlaces::Take(const std::string& caller, size_t request_bytes) {
  const absl::MutexLock lock(&mutex_);
  if (taken_bytes_ + request_bytes > kRequestBytesMax) return Problem(Reason::kOverloaded, "request");
  const auto found = taken_.find(caller);
  const Taken had = found == taken_.end() ? Taken() : found->second;
  const int calls_max = caller == kAnybody ? kCallsOfAnybodyMax : kCallsPerCallerMax;
  if (had.calls >= calls_max || had.bytes + request_bytes > kRequestBytesPerCallerMax) {
    return Problem(Reason::kOverloaded, "caller", "the caller has too many calls at a time");
  }
  taken_[caller] = {had.calls + 1, had.bytes + request_bytes};
  taken_bytes_ += request_bytes;
  return absl::OkStatus();
}

void CallPlaces::GiveBack(const std::string& caller, size_t request_bytes) {
  const absl::MutexLock lock(&mutex_);
  taken_bytes_ -= request_bytes;
  const auto found = taken_.find(caller);
  found->second.bytes -= request_bytes;
  if (--found->second.calls == 0) taken_.erase(found);
}

std::string TraceParentOf(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find(kTraceParentKey);
  if (found == context.client_metadata().end()) return "";
  const absl::string_view text(found->second.data(), found->second.length());
  return IsTraceParent(text) ? std::string(text) : std::string();
}

CallerCredentials CredentialsOf(const grpc::CallbackServerContext& context) {
  CallerCredentials caller{CallerCertificateSha256(context.auth_context().get())};
  const auto [begin, end] = context.client_metadata().equal_range(kAuthorizationKey);
  for (auto value = begin; value != end; ++value) {
    caller.authorization.emplace_back(value->second.data(), value->second.length());
  }
  return caller;
}

RunningCall::RunningCall(CallRunner* runner, const CallRunner::MethodEntry* method, CallOrigin origin,
                         std::function<CallOutcome(const CallInfo&)> work,
                         std::function<void(const grpc::Status&)> finish)
    : runner_(runner), method_(method), origin_(std::move(origin)), work_(std::move(work)), finish_(std::move(finish)) {
  info_.start = runner_->options_.clock->Now();
  // gRPC knows no absent deadline; a caller's clock plays no part in it.
  info_.deadline = std::min(origin_.deadline, info_.start + runner_->options_.call_limit);
  info_.kept = &kept_;
  info_.pause = std::make_shared<Pause>();
  method_->series->Started();
}

void RunningCall::Start() {
  auto caller = runner_->Admit(origin_.caller, *method_);
  if (!caller.ok()) return Complete(caller.status());
  info_.caller = *std::move(caller);
  const absl::Status placed = runner_->TakePlace(info_.caller, origin_.request_bytes);
  if (!placed.ok()) return Complete(placed);
  has_place_ = true;
  Queue();
}

void RunningCall::Queue() {
  const absl::Status queued = runner_->options_.pool->Submit(info_.caller, [this] { Work(); });
  if (!queued.ok()) Complete(queued);
}

void RunningCall::Work() {
  info_.now = runner_->options_.clock->Now();
  info_.stopping = runner_->stopping_ || cancelled_;
  const bool first = !std::exchange(begun_, true);
  if (first && runner_->stopping_) return Complete(Problem(Reason::kStopping, ""));
  if (info_.now >= info_.deadline) return Complete(Problem(Reason::kDeadline, ""));
  if (first) {
    const absl::Status allowed = runner_->BeforeWork(info_.caller, *method_);
    if (!allowed.ok()) return Complete(allowed);
  }
  CallOutcome outcome;
  {
    const TraceScope scope(origin_.trace_parent);
    outcome = work_(info_);
  }
  if (outcome.has_value()) return Complete(*outcome);
  Pause::Begin(info_.pause, [this] { Queue(); });
}

// Nothing of this call may be touched after it was finished.
void RunningCall::Complete(const absl::Status& status) {
  if (has_place_) runner_->GivePlaceBack(info_.caller, origin_.request_bytes);
  const grpc::Status answer = runner_->Handled(*method_, info_, origin_.trace_parent, status);
  // Whoever is told may end this object at once.
  const std::function<void(const grpc::Status&)> finish = std::move(finish_);
  finish(answer);
}

// A call over gRPC, until gRPC says that it is done with it.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(CallRunner* runner, const CallRunner::MethodEntry* method, grpc::CallbackServerContext* context,
            size_t request_bytes, std::function<CallOutcome(const CallInfo&)> work)
      : runner_(runner),
        call_(runner, method,
              {CredentialsOf(*context), absl::FromChrono(context->deadline()), TraceParentOf(*context), request_bytes},
              std::move(work), [this](const grpc::Status& status) { Finish(status); }) {}

  void Begin() { call_.Start(); }
  void OnCancel() override { call_.Cancel(); }
  void OnDone() override {
    runner_->Ended();
    delete this;
  }

 private:
  CallRunner* const runner_;
  RunningCall call_;
};

void CallRunner::AddMethod(absl::string_view service, absl::string_view method) {
  const std::string path = absl::StrCat(service, "/", method);
  methods_[path] = {std::string(service), path, options_.metrics->Method(service, method)};
}

const CallRunner::MethodEntry* CallRunner::Find(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

bool CallRunner::WaitUntilIdle(absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  const auto idle = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return running_ == 0; };
  return mutex_.AwaitWithDeadline(absl::Condition(&idle), deadline);
}

absl::StatusOr<std::string> CallRunner::Admit(const CallerCredentials& credentials, const MethodEntry& method) const {
  absl::StatusOr<std::string> caller = options_.authorise(credentials, method.service);
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

absl::Status CallRunner::TakePlace(const std::string& caller, size_t request_bytes) {
  const size_t bytes_max = RequestBytesMax(caller);
  if (request_bytes > bytes_max) {
    return Problem(Reason::kInputTooLarge, "request", absl::StrCat("at most ", bytes_max, " bytes"));
  }
  return options_.places->Take(caller, request_bytes);
}

grpc::ServerUnaryReactor* CallRunner::Start(grpc::CallbackServerContext* context, const MethodEntry& method,
                                            size_t request_bytes, std::function<CallOutcome(const CallInfo&)> work) {
  Begun();
  auto* call = new UnaryCall(this, &method, context, request_bytes, std::move(work));
  call->Begin();
  return call;
}

grpc::ServerUnaryReactor* CallRunner::Run(grpc::CallbackServerContext* context, absl::string_view path,
                                          const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  const MethodEntry* const entry = Find(path);
  if (entry == nullptr || entry->work == nullptr) return nullptr;
  // Shared because a std::function has to be copyable.
  const std::shared_ptr<google::protobuf::Message> in(entry->request->New());
  const std::shared_ptr<google::protobuf::Message> out(entry->response->New());
  return Start(context, *entry, request->Length(),
               [entry, request, response, in, out, read = false](const CallInfo& info) mutable -> CallOutcome {
                 if (!std::exchange(read, true)) {
                   const absl::Status understood = TakeBytes(request, in.get());
                   if (!understood.ok()) return understood;
                 }
                 const CallOutcome outcome = entry->work(info, *in, out.get());
                 if (!outcome.has_value() || !outcome->ok()) return outcome;
                 return WriteBytes(*out, response);
               });
}

std::unique_ptr<RunningCall> CallRunner::Begin(const MethodEntry& method, CallOrigin origin,
                                               std::function<CallOutcome(const CallInfo&)> work,
                                               std::function<void(const grpc::Status&)> finish) {
  Begun();
  return std::make_unique<RunningCall>(this, &method, std::move(origin), std::move(work),
                                       [this, finish = std::move(finish)](const grpc::Status& status) {
                                         finish(status);
                                         Ended();
                                       });
}

}  // namespace passerelle::gateway
