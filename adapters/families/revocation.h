// What credentials say of their revocation in themselves; lists of revoked ones are asked by those who verify.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/document/source.h"

namespace passerelle::adapters::families {

// Where credentials state the status of the award in a word.
inline constexpr absl::string_view kAwardStatus = "status|award_status|awardStatus";

// Problems, with the place that says so: kRevoked for "revoked" in whichever form, a reason for the revocation, or a
// status that takes the award back; kSuspended for a status that suspends it.
absl::Status CheckNotRevoked(const document::Source& source, const document::SourceNode* credential);

}  // namespace passerelle::adapters::families
