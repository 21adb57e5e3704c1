// A thread that does the same work again and again: when woken, when an interval is over, and at once while there is
// more to do.
//
// Thread-safety: thread-safe. Ownership: stops and joins its thread when destroyed.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/telemetry/log.h"

namespace passerelle::gateway {

class BackgroundLoop {
 public:
  // `work` returns whether there may be more to do at once. Its problems are logged under `name`, and it is then left
  // alone for a second.
  BackgroundLoop(std::string name, absl::Duration interval, Log* log, std::function<absl::StatusOr<bool>()> work);
  BackgroundLoop(const BackgroundLoop&) = delete;
  BackgroundLoop& operator=(const BackgroundLoop&) = delete;
  ~BackgroundLoop();

  void Wake();
  // Begins no more work. Does not wait for the work that runs.
  void Stop();
  // Whether the work that ran when the loop was stopped has ended by then.
  bool WaitUntilEnded(absl::Time deadline);

 private:
  void Run();
  // Returns false when the loop is to end.
  bool Rest(absl::Duration duration, bool may_be_woken);

  const std::string name_;
  const absl::Duration interval_;
  Log* const log_;
  const std::function<absl::StatusOr<bool>()> work_;
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace passerelle::gateway
