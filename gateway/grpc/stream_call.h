// The one way in which a method with streams on both sides runs: many items in turn over one connection, each counted,
// queued, worked on and logged as a call of its own (unary_call.h), which may wait like one.
//
// An item is read when the answer to the one before was sent, so that what a caller has not read yet holds up its own
// stream and nothing else: one item a stream is in the node at a time. A problem with an item is its answer and ends
// nothing; who may call is asked for every item, so that a client whose right ends is cut off.
//
// Thread-safety: a call belongs to gRPC and the pool in turn. Ownership: the runner must outlive the server; a call
// deletes itself.
#pragma once

#include <algorithm>
#include <any>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/unary_call.h"

namespace passerelle::gateway {

template <typename Request, typename Response>
class StreamCall : public grpc::ServerBidiReactor<Request, Response> {
 public:
  // Answers one item, or waits. The status is counted and logged; what the caller is to know of it goes into the
  // response.
  using Work = std::function<CallOutcome(const CallInfo&, const Request&, Response*)>;
  // The response for an item that was not worked on.
  using Refuse = std::function<void(const Request&, const absl::Status&, Response*)>;

  StreamCall(CallRunner* runner, grpc::CallbackServerContext* context, absl::string_view service,
             absl::string_view method, Work work, Refuse refuse)
      : runner_(runner),
        method_(&runner->methods_.at(absl::StrCat(service, "/", method))),
        context_(context),
        work_(std::move(work)),
        refuse_(std::move(refuse)),
        trace_parent_(TraceParentOf(*context)),
        credentials_(CredentialsOf(*context)) {
    const absl::StatusOr<std::string> caller = runner_->Admit(credentials_, *method_);
    if (caller.ok()) {  // gRPC reads nothing of whoever is not let in
      this->StartRead(&request_);
    } else {
      this->Finish(ToGrpc(caller.status()));
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::OK);
    method_->series->Started();
    runner_->Begun();
    info_.start = runner_->options_.clock->Now();
    info_.deadline = std::min(absl::FromChrono(context_->deadline()), info_.start + runner_->options_.call_limit);
    absl::StatusOr<std::string> caller = runner_->Admit(credentials_, *method_);
    if (!caller.ok()) return End(caller.status());
    info_.caller = *std::move(caller);
    kept_.reset();
    begun_ = false;
    info_.kept = &kept_;
    info_.pause = std::make_shared<Pause>();
    request_bytes_ = request_.ByteSizeLong();
    const absl::Status placed = runner_->TakePlace(info_.caller, request_bytes_);
    if (!placed.ok()) return Reply(placed);
    has_place_ = true;
    Queue();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    request_.Clear();
    response_.Clear();
    this->StartRead(&request_);
  }

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  void Queue() {
    const absl::Status queued = runner_->options_.pool->Submit(info_.caller, [this] { Answer(); });
    if (!queued.ok()) Reply(queued);
  }

  void Answer() {
    info_.now = runner_->options_.clock->Now();
    info_.stopping = runner_->stopping_ || cancelled_;
    if (runner_->stopping_ && !kept_.has_value()) return End(base::Problem(base::Reason::kStopping, ""));
    if (info_.now >= info_.deadline) return Reply(base::Problem(base::Reason::kDeadline, ""));
    if (!std::exchange(begun_, true)) {
      const absl::Status allowed = runner_->BeforeWork(info_.caller, *method_);
      if (!allowed.ok()) return End(allowed);
    }
    const CallOutcome outcome = work_(info_, request_, &response_);
    if (!outcome.has_value()) return Pause::Begin(info_.pause, [this] { Queue(); });
    if (!outcome->ok()) return Reply(*outcome);
    Handled(*outcome);
    this->StartWrite(&response_);
  }

  void Reply(const absl::Status& problem) {
    response_.Clear();
    refuse_(request_, problem, &response_);
    Handled(problem);
    this->StartWrite(&response_);
  }

  // Ends the stream for a reason that is not the item's.
  void End(const absl::Status& problem) { this->Finish(Handled(problem)); }

  // The item is counted, and its place is free.
  grpc::Status Handled(const absl::Status& status) {
    const grpc::Status answer = runner_->Handled(*method_, info_, trace_parent_, status);
    if (std::exchange(has_place_, false)) runner_->GivePlaceBack(info_.caller, request_bytes_);
    runner_->Ended();
    return answer;
  }

  CallRunner* const runner_;
  CallRunner::MethodEntry* const method_;
  grpc::CallbackServerContext* const context_;
  const Work work_;
  const Refuse refuse_;
  const std::string trace_parent_;
  const CallerCredentials credentials_;
  std::any kept_;
  CallInfo info_ = {};
  Request request_;
  Response response_;
  size_t request_bytes_ = 0;
  bool has_place_ = false;
  bool begun_ = false;  // with the work on the item
  std::atomic<bool> cancelled_ = false;
};

}  // namespace passerelle::gateway
