// What is over among the requests for presentations, the offers and the nonces: all of them in one go, so that nothing
// of one kind stands before the others for good, whichever kinds the node has by its configuration.
//
// Thread-safety: thread-safe, as the store is.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::wallet {

// Ends what is over, and forgets what was kept long enough, until nothing of it is due any more; at most `at_once`
// records, 1 or more, in one transaction. Returns how many were ended or forgotten. Authorisations that have just ended
// are passed over; where they are all that is seen at once, whoever files them (sharing::Authorisations) makes room for
// what is due after them. Problem: kStoreUnavailable.
absl::StatusOr<int> ForgetDue(absl::Time now, int at_once, base::Store& store);

}  // namespace passerelle::wallet
