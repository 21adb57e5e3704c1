// The wait of a call that is not done: it ends after an interval that grows from one wait to the next, or as soon as
// somebody says that there is news. No thread is held meanwhile.
//
//   info.pause->ExpectNews();  // once it is certain that somebody will call End
//
// Thread-safety: thread-safe. Ownership: shared between a call and whoever may have news for it, also after the call
// has ended.
#pragma once

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/alarm.h"

namespace passerelle::gateway {

class Pause {
 public:
  // Waits, then calls `again` once; on another thread, or before this returns when there was news already. Not to be
  // called again before that. `again` may let go of the pause, and must not block: it runs on the thread of whoever has
  // the news, or on one of gRPC's.
  static void Begin(const std::shared_ptr<Pause>& pause, std::function<void()> again);

  // News will be told: waits last the longest interval from the first one on.
  void ExpectNews();

  // There is news: ends the wait, or the next one if none is on.
  void End();

 private:
  // What is to be called, taken once.
  std::function<void()> TakeAgain() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The interval of this wait is over, unless the wait is.
  void Elapsed(int wait);

  absl::Mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> again_ ABSL_GUARDED_BY(mutex_);  // null while no wait is on
  int waits_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration interval_ ABSL_GUARDED_BY(mutex_);
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway
