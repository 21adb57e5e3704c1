// How requests for authorisations lie in the store: one record each, in the group of the node that asked, and due when
// its time is over. What was decided is not there any more.
//
// Thread-safety: free functions; the transaction gives the isolation. ForgetRequests is thread-safe, as the store is.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "passerelle/sharing/v1/stored.pb.h"

namespace passerelle::sharing {

absl::Status InsertRequest(const v1::StoredRequest& stored, base::Transaction& tx);
absl::Status UpdateRequest(const v1::StoredRequest& stored, base::Transaction& tx);

// A request that is open at `now`. Problem: kResourceNotFound at "token".
absl::StatusOr<v1::StoredRequest> LoadRequest(absl::string_view token, absl::Time now, base::Transaction& tx);

// Those of a node, in the order in which they came, up to `most`; those whose time has just been over too.
absl::StatusOr<std::vector<v1::StoredRequest>> RequestsOf(absl::string_view receiver, int most, base::Transaction& tx);

// Deletes it; nothing can come of it any more that was not recorded before.
absl::Status EndRequest(const v1::StoredRequest& stored, base::Transaction& tx);
// Erases what is kept of the messages in which it was asked: who the holder is stands there too.
absl::Status EraseAsked(const v1::StoredRequest& stored, base::Transaction& tx);

// Ends those whose time is over, with what was asked, until none of them is due; at most `at_once` records, 1 or more,
// in one transaction. Returns how many. Other records of the table that are due are passed over; where they are all
// that is seen at once, whoever forgets them (wallet::ForgetDue, Authorisations::FileEnded) makes room. Problem:
// kStoreUnavailable.
absl::StatusOr<int> ForgetRequests(absl::Time now, int at_once, base::Store& store);

}  // namespace passerelle::sharing
