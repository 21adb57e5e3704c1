// How requests for authorisations lie in the store: one record each, in the group of the node that asked, and due when
// its time is over, and a small one that finds it by what the node asked under. What was decided, or looked at by
// somebody else, stays until then like the rest, so that nothing that the node can ask tells it from what is open.
//
// Thread-safety: free functions; the transaction gives the isolation. ForgetRequests is thread-safe, as the store is.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "passerelle/sharing/v1/stored.pb.h"

namespace passerelle::sharing {

// What a node asks under, as StoredRequest.question_sha256; request ids are UUIDs in either case.
std::string QuestionOf(absl::string_view receiver, absl::string_view request_id);

// What was asked under it, in whatever state; to be called before InsertRequest in the same transaction, so that of two
// that insert it at once the store lets the second one begin anew.
absl::StatusOr<std::optional<v1::StoredRequest>> FindRequest(absl::string_view question_sha256, base::Transaction& tx);
absl::Status InsertRequest(const v1::StoredRequest& stored, base::Transaction& tx);
absl::Status UpdateRequest(const v1::StoredRequest& stored, base::Transaction& tx);
// Updates it, once nothing can come of it any more, without anything that could name the holder.
absl::Status CloseRequest(v1::StoredRequest stored, base::Transaction& tx);

// A request that is open at `now` and was not decided. Problem: kResourceNotFound at "token".
absl::StatusOr<v1::StoredRequest> LoadRequest(absl::string_view token, absl::Time now, base::Transaction& tx);

// How many there are of a node, up to `most`; those that were decided too, and those whose time has just been over.
absl::StatusOr<int> CountRequests(absl::string_view receiver, int most, base::Transaction& tx);

// What the messages in which it was asked belong to. Not the authorisation, which a node may demand to have erased:
// the answer would tell whether there is one.
std::string AskedResource(const v1::StoredRequest& stored);

// Deletes it when its time is over, and what is kept of the messages in which it was asked: who the holder is stands
// there too. Not before: a repetition of such a message is refused from then on.
absl::Status EndRequest(const v1::StoredRequest& stored, base::Transaction& tx);

// Ends those whose time is over, whatever was decided, until none of them is due; at most `at_once` records, 1 or more,
// in one transaction. Returns how many. Other records of the table that are due are passed over; where they are all
// that is seen at once, whoever forgets them (wallet::ForgetDue, Authorisations::FileEnded) makes room. Problem:
// kStoreUnavailable.
absl::StatusOr<int> ForgetRequests(absl::Time now, int at_once, base::Store& store);

}  // namespace passerelle::sharing
