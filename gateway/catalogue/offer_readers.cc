#include "gateway/catalogue/offer_readers.h"

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/catalogue/open_offers.h"

namespace passerelle::gateway {

absl::StatusOr<std::unique_ptr<OfferReaders>> OfferReaders::Open(std::string name) {
  std::unique_ptr<OfferReaders> readers(new OfferReaders(std::move(name)));
  // What cannot be opened is known when the node starts, not when somebody searches.
  RETURN_IF_ERROR(readers->Read([](OfferIndex&) { return absl::OkStatus(); }));
  return readers;
}

absl::Status OfferReaders::Read(absl::FunctionRef<absl::Status(OfferIndex&)> work) {
  std::unique_ptr<OfferIndex> index = TakeIdle();
  const bool was_idle = index != nullptr;
  if (!was_idle) {
    ASSIGN_OR_RETURN(index, OpenOffers(name_));
  }
  absl::Status status = work(*index);
  if (!status.ok() && base::ReasonOf(status) == base::Reason::kStoreUnavailable) {
    if (!was_idle) return status;
    ASSIGN_OR_RETURN(index, OpenOffers(name_));
    status = work(*index);
    if (!status.ok() && base::ReasonOf(status) == base::Reason::kStoreUnavailable) return status;
  }
  const absl::MutexLock lock(&mutex_);
  idle_.push_back(std::move(index));
  return status;
}

std::unique_ptr<OfferIndex> OfferReaders::TakeIdle() {
  const absl::MutexLock lock(&mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<OfferIndex> index = std::move(idle_.back());
  idle_.pop_back();
  return index;
}

}  // namespace passerelle::gateway
