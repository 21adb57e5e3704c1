// A clock that stands still until it is moved.
//
// Thread-safety: thread-safe.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"

namespace passerelle::testing {

class FakeClock : public base::Clock {
 public:
  // 2030-01-02T03:04:05.25Z: a fraction, so that what is cut to seconds shows.
  FakeClock() : now_(absl::FromUnixMillis(1893553445250)) {}
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override {
    const absl::MutexLock lock(&mutex_);
    return now_;
  }
  void Advance(absl::Duration duration) {
    const absl::MutexLock lock(&mutex_);
    now_ += duration;
  }
  void Set(absl::Time now) {
    const absl::MutexLock lock(&mutex_);
    now_ = now;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::testing
