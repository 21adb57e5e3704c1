// A store that fails when it is told to, around one that works: what a crash or a full disk looks like from above.
//
// Thread-safety: thread-safe. Ownership: the inner store must outlive it.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/store.h"

namespace passerelle::testing {

class FaultyStore : public base::Store {
 public:
  enum class Fault {
    kBeforeCommit,  // the work runs, nothing of it stays, and the caller is told of a failure
    kAfterCommit,   // the work stays, but the caller is told of a failure
  };

  explicit FaultyStore(base::Store& inner) : inner_(inner) {}

  // Lets `successes` writes pass and then makes one fail.
  void FailWrite(int successes, Fault fault);

  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override { return inner_.Read(work); }

 private:
  base::Store& inner_;
  absl::Mutex mutex_;
  int writes_until_fault_ ABSL_GUARDED_BY(mutex_) = -1;  // negative: no fault is planned
  Fault fault_ ABSL_GUARDED_BY(mutex_) = Fault::kBeforeCommit;
};

}  // namespace passerelle::testing
