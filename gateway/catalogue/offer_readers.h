// Handles to an index of offers for those who read it at the same time: an index is for one thread at a time, and
// opening one for every search costs more than the search.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "gateway/catalogue/offer_index.h"

namespace passerelle::gateway {

class OfferReaders {
 public:
  // `name` as of OpenOffers. Problem: kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<OfferReaders>> Open(std::string name);

  // Has `work` read by an idle handle or a new one. A handle whose database has gone is not used again, and if it had
  // been idle, `work` is called once more with a new one. Problems: those of `work`, and kStoreUnavailable.
  absl::Status Read(absl::FunctionRef<absl::Status(OfferIndex&)> work);

 private:
  explicit OfferReaders(std::string name) : name_(std::move(name)) {}
  std::unique_ptr<OfferIndex> TakeIdle();

  const std::string name_;
  absl::Mutex mutex_;
  // As many as ever read at the same time, which the node's threads bound.
  std::vector<std::unique_ptr<OfferIndex>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway
