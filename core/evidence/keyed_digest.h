// HMAC-SHA-256 (FIPS 198-1): digests that say nothing to whoever has no key, and keys that are made from a key.
//
// Thread-safety: free function on values.
#pragma once

#include "absl/strings/string_view.h"
#include "core/base/digest.h"

namespace passerelle::evidence {

base::Sha256Digest KeyedDigest(absl::string_view key, absl::string_view bytes);

}  // namespace passerelle::evidence
