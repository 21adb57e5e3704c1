#include "gateway/grpc/worker_pool.h"

#include <utility>

#include "core/base/problem.h"

namespace passerelle::gateway {

WorkerPool::WorkerPool(int threads, size_t queue_max) : queue_max_(queue_max) {
  const absl::MutexLock lock(&threads_mutex_);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() { Drain(); }

absl::Status WorkerPool::Submit(absl::string_view caller, std::function<void()> task) {
  const absl::MutexLock lock(&mutex_);
  if (stopping_) return base::Problem(base::Reason::kStopping, "");
  if (waiting_ >= queue_max_) return base::Problem(base::Reason::kOverloaded, "");
  ++waiting_;
  auto& tasks = tasks_[caller];
  if (tasks.empty()) turns_.emplace_back(caller);
  tasks.push_back(std::move(task));
  return absl::OkStatus();
}

std::function<void()> WorkerPool::Take() {
  --waiting_;
  std::string caller = std::move(turns_.front());
  turns_.pop_front();
  const auto tasks = tasks_.find(caller);
  std::function<void()> task = std::move(tasks->second.front());
  tasks->second.pop_front();
  if (tasks->second.empty()) {
    tasks_.erase(tasks);
  } else {
    turns_.push_back(std::move(caller));
  }
  return task;
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
      if (turns_.empty()) return;  // stopping, and nothing is left
      task = Take();
    }
    task();
  }
}

}  // namespace passerelle::gateway
