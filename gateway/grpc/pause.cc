#include "gateway/grpc/pause.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace passerelle::gateway {
namespace {

// The first wait, and the longest after waits that are each twice as long as the one before.
constexpr absl::Duration kFirst = absl::Milliseconds(10);
constexpr absl::Duration kLast = absl::Milliseconds(200);

}  // namespace

void Pause::Begin(std::shared_ptr<Pause> pause, std::function<void()> again) {
  {
    const absl::MutexLock lock(&pause->mutex_);
    if (!std::exchange(pause->news_, false)) {
      absl::Duration& interval = pause->interval_;
      interval = interval == absl::ZeroDuration() ? kFirst : std::min(interval * 2, kLast);
      // A new alarm each time: the one before may still be within its callback.
      pause->alarm_ = std::make_unique<grpc::Alarm>();
      pause->alarm_->Set(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(interval),
                         [again = std::move(again)](bool) { again(); });
      return;
    }
  }
  again();
}

void Pause::End() {
  const absl::MutexLock lock(&mutex_);
  news_ = true;
  // Its callback comes at once, unless it has come.
  if (alarm_ != nullptr) alarm_->Cancel();
}

}  // namespace passerelle::gateway
