// What is over among the requests for presentations, the offers and the nonces: all of them in one go, so that nothing
// of one kind stands before the others for good, whichever kinds the node has by its configuration.
//
// Thread-safety: thread-safe, as the store is.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::wallet {

// Ends what is over, and forgets what was kept long enough. Looks at up to `limit` records that are due, earliest
// first. Returns how many were ended or forgotten. Authorisations that have just ended are passed over; whoever files
// them (sharing::Authorisations) makes room for what is due after them.
absl::StatusOr<int> ForgetDue(absl::Time now, int limit, base::Store& store);

}  // namespace passerelle::wallet
