// Threads that do the work of calls, so that gRPC's own threads never block. The queue is bounded: what does not fit is
// refused at once and can be tried again. It is fair: callers take turns, so that whoever has a thousand calls waiting
// delays another by no more than one of them.
//
// Thread-safety: thread-safe. Ownership: joins its threads when destroyed.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace passerelle::gateway {

class WorkerPool {
 public:
  // `queue_max` counts tasks that wait.
  WorkerPool(int threads, size_t queue_max);
  // Drains.
  ~WorkerPool();

  // `caller` is whose turn it takes. Problems: kOverloaded when the queue is full, kStopping while or after draining.
  absl::Status Submit(absl::string_view caller, std::function<void()> task);

  // Takes no more tasks, runs those that wait, and returns when the last has ended. Can be called twice.
  void Drain();

 private:
  void Run();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !turns_.empty(); }
  // The next task of the caller whose turn it is.
  std::function<void()> Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t queue_max_;
  absl::Mutex mutex_;
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  // Of callers that have any, which are those in turns_, each once.
  absl::flat_hash_map<std::string, std::deque<std::function<void()>>> tasks_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> turns_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Mutex threads_mutex_;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(threads_mutex_);
};

}  // namespace passerelle::gateway
