// The wait of a call that is not done: it ends after an interval that grows from one wait to the next, or as soon as
// somebody says that there is news. No thread is held meanwhile.
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
  // called again before that. `again` may let go of the pause.
  static void Begin(std::shared_ptr<Pause> pause, std::function<void()> again);

  // There is news: ends the wait, or the next one if none is on.
  void End();

 private:
  absl::Mutex mutex_;
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
  absl::Duration interval_ ABSL_GUARDED_BY(mutex_);
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway
