// Request ids: the same request of the same client is carried out once (AIP-155).
//
// Thread-safety: a free function; the transaction gives the isolation.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/store.h"

namespace passerelle::base {

// Runs `work` unless `client` has sent `request_id` before with the same `request` bytes: then returns what `work`
// returned at that time. What `work` returns is a short reference, such as the id of the resource it created.
// Problems: kFieldMissing and kFieldInvalid for the id (it must be a UUID), kRequestIdReused for other bytes.
absl::StatusOr<std::string> Once(Transaction& tx, absl::string_view client, absl::string_view request_id,
                                 absl::string_view request, absl::FunctionRef<absl::StatusOr<std::string>()> work);

// The problem of a request id that Once would refuse whatever was sent before, for requests that only check.
absl::Status CheckRequestId(absl::string_view request_id);

// Whether the text is a UUID in the form that NewUuid writes, upper or lower case.
bool IsUuid(absl::string_view text);

}  // namespace passerelle::base
