// The answer of another node, for which a call waits without holding a thread.
//
// Thread-safety: thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/relay/outbox.h"
#include "gateway/grpc/pause.h"

namespace passerelle::gateway {

class NodeAnswer {
 public:
  // For relay::Outbox::Ask: keeps the answer, and has the call asked again.
  static std::function<void(absl::StatusOr<relay::Answer>)> Taker(std::shared_ptr<NodeAnswer> kept,
                                                                  std::shared_ptr<Pause> pause) {
    return [kept = std::move(kept), pause = std::move(pause)](absl::StatusOr<relay::Answer> answer) {
      {
        const absl::MutexLock lock(&kept->mutex_);
        kept->answer_ = std::move(answer);
      }
      pause->End();
    };
  }

  // Nothing as long as the node has not answered. The answer does not change any more.
  const absl::StatusOr<relay::Answer>* Get() const {
    const absl::MutexLock lock(&mutex_);
    return answer_.has_value() ? &*answer_ : nullptr;
  }

 private:
  mutable absl::Mutex mutex_;
  std::optional<absl::StatusOr<relay::Answer>> answer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway
