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

void Pause::Begin(const std::shared_ptr<Pause>& pause, std::function<void()> again) {
  {
    const absl::MutexLock lock(&pause->mutex_);
    if (!std::exchange(pause->news_, false)) {
      absl::Duration& interval = pause->interval_;
      interval = interval == absl::ZeroDuration() ? kFirst : std::min(interval * 2, kLast);
      pause->again_ = std::move(again);
      // A new alarm each time: the one before may still be within its callback.
      pause->alarm_ = std::make_unique<grpc::Alarm>();
      pause->alarm_->Set(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(interval),
                         // The alarm keeps what it calls.
                         [waiting = std::weak_ptr<Pause>(pause), wait = ++pause->waits_](bool) {
                           if (const auto alive = waiting.lock()) alive->Elapsed(wait);
                         });
      return;
    }
  }
  again();
}

void Pause::ExpectNews() {
  const absl::MutexLock lock(&mutex_);
  interval_ = kLast;
}

std::function<void()> Pause::TakeAgain() { return std::exchange(again_, nullptr); }

void Pause::Elapsed(int wait) {
  std::function<void()> again;
  {
    const absl::MutexLock lock(&mutex_);
    if (wait == waits_) again = TakeAgain();
  }
  if (again != nullptr) again();
}

void Pause::End() {
  std::function<void()> again;
  std::unique_ptr<grpc::Alarm> alarm;  // is cancelled where it ends, without the lock
  {
    const absl::MutexLock lock(&mutex_);
    again = TakeAgain();
    news_ = again == nullptr;
    alarm = std::move(alarm_);
  }
  if (again != nullptr) again();
}

}  // namespace passerelle::gateway
