#include "tests/support/faulty_store.h"

#include "core/base/problem.h"

namespace passerelle::testing {

void FaultyStore::FailWrite(int successes, Fault fault) {
  const absl::MutexLock lock(&mutex_);
  writes_until_fault_ = successes;
  fault_ = fault;
}

absl::Status FaultyStore::Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  bool fails = false;
  Fault fault = Fault::kBeforeCommit;
  {
    const absl::MutexLock lock(&mutex_);
    fails = writes_until_fault_ == 0;
    if (writes_until_fault_ >= 0) --writes_until_fault_;
    fault = fault_;
  }
  if (!fails) return inner_.Write(work);
  const absl::Status failure = base::Problem(base::Reason::kStoreUnavailable, "", "a planned fault");
  inner_
      .Write([&](base::Transaction& tx) {
        absl::Status done = work(tx);
        return done.ok() && fault == Fault::kBeforeCommit ? failure : done;
      })
      .IgnoreError();
  return failure;
}

}  // namespace passerelle::testing
