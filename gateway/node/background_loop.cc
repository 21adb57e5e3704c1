#include "gateway/node/background_loop.h"

#include <utility>

namespace passerelle::gateway {
namespace {

constexpr absl::Duration kRestAfterFailure = absl::Seconds(1);

}  // namespace

BackgroundLoop::BackgroundLoop(std::string name, absl::Duration interval, Log* log,
                               std::function<absl::StatusOr<bool>()> work)
    : name_(std::move(name)), interval_(interval), log_(log), work_(std::move(work)), thread_([this] { Run(); }) {}

BackgroundLoop::~BackgroundLoop() {
  Stop();
  thread_.join();
}

void BackgroundLoop::Wake() {
  const absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void BackgroundLoop::Stop() {
  const absl::MutexLock lock(&mutex_);
  stopping_ = true;
}

bool BackgroundLoop::WaitUntilEnded(absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithDeadline(absl::Condition(&ended_), deadline);
}

bool BackgroundLoop::Rest(absl::Duration duration, bool may_be_woken) {
  const absl::MutexLock lock(&mutex_);
  const auto over = [this, may_be_woken]()
                        ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_ || (may_be_woken && woken_); };
  mutex_.AwaitWithTimeout(absl::Condition(&over), duration);
  woken_ = false;
  return !stopping_;
}

void BackgroundLoop::Run() {
  bool going_on = true;
  while (going_on) {
    const auto more = work_();
    if (!more.ok()) {
      log_->WriteProblem(LogEvent::kLoopFailed, more.status(), {{"loop", name_}});
      going_on = Rest(kRestAfterFailure, false);
    } else {
      going_on = Rest(*more ? absl::ZeroDuration() : interval_, true);
    }
  }
  const absl::MutexLock lock(&mutex_);
  ended_ = true;
}

}  // namespace passerelle::gateway
