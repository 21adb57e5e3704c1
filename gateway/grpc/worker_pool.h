// Threads that do the work of calls, so that gRPC's own threads never block. The queue is bounded: what does not fit is
// refused at once and can be tried again.
//
// Thread-safety: thread-safe. Ownership: joins its threads when destroyed.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace passerelle::gateway {

class WorkerPool {
 public:
  // `queue_max` counts tasks that wait.
  WorkerPool(int threads, size_t queue_max);
  // Drains.
  ~WorkerPool();

  // Problems: kOverloaded when the queue is full, kStopping while or after draining.
  absl::Status Submit(std::function<void()> task);

  // Takes no more tasks, runs those that wait, and returns when the last has ended. Can be called twice.
  void Drain();

 private:
  void Run();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !tasks_.empty(); }

  const size_t queue_max_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Mutex threads_mutex_;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(threads_mutex_);
};

}  // namespace passerelle::gateway
