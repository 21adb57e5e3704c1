#include "gateway/grpc/worker_pool.h"

#include <utility>

#include "core/base/problem.h"

namespace passerelle::gateway {

WorkerPool::WorkerPool(int threads, size_t queue_max) : queue_max_(queue_max) {
  const absl::MutexLock lock(&threads_mutex_);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() { Drain(); }

absl::Status WorkerPool::Submit(std::function<void()> task) {
  const absl::MutexLock lock(&mutex_);
  if (stopping_) return base::Problem(base::Reason::kStopping, "");
  if (tasks_.size() >= queue_max_) return base::Problem(base::Reason::kOverloaded, "");
  tasks_.push_back(std::move(task));
  return absl::OkStatus();
}

void WorkerPool::Drain() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  const absl::MutexLock lock(&threads_mutex_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::Run() {
  while (true) {
    std::function<void()> task;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(
          +[](WorkerPool* pool) ABSL_NO_THREAD_SAFETY_ANALYSIS { return pool->HasWork(); }, this));
      if (tasks_.empty()) return;  // stopping, and nothing is left
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace passerelle::gateway
