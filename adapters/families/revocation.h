// What badges say of their revocation in themselves; lists of revoked ones are asked by those who verify.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "core/document/source.h"

namespace passerelle::adapters::families {

// Problem: kRevoked with the place that says so: "revoked" in whichever form, or a reason for the revocation.
absl::Status CheckNotRevoked(const document::Source& source, const document::SourceNode* credential);

}  // namespace passerelle::adapters::families
