// Request ids: the same request of the same client is carried out once (AIP-155).
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::base {

// How long a request is remembered. A client repeats a request for minutes, after an outage for days. What it began may
// live longer: the same request after that begins another one.
inline constexpr absl::Duration kRequestMemory = absl::Hours(24 * 30);

// Runs `work` unless `client` has sent `request_id` with the same `request` bytes within kRequestMemory before `now`:
// then returns what `work` returned at that time. What `work` returns is a short reference, such as the id of the
// resource it created.
// Problems: kFieldMissing and kFieldInvalid for the id (it must be a UUID), kRequestIdReused for other bytes.
absl::StatusOr<std::string> Once(Transaction& tx, absl::string_view client, absl::string_view request_id,
                                 absl::string_view request, absl::Time now,
                                 absl::FunctionRef<absl::StatusOr<std::string>()> work);

// Deletes the requests that were sent kRequestMemory before `now`; returns how many. Called from time to time. Those of
// versions that gave them no time stay. Problem: kStoreUnavailable.
absl::StatusOr<int> ForgetRequests(absl::Time now, Store& store);

// The problem of a request id that Once would refuse whatever was sent before, for requests that only check.
absl::Status CheckRequestId(absl::string_view request_id);

// Whether the text is a UUID in the form that NewUuid writes, upper or lower case.
bool IsUuid(absl::string_view text);

}  // namespace passerelle::base
