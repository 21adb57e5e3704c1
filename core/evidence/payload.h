// Payloads that can be erased: each is encrypted under a key of its own (AES-256-GCM, NIST SP 800-38D), and that key is
// kept wrapped with the key of the node. Without its key a payload is noise, while the log, which has digests only,
// still verifies.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/random.h"
#include "passerelle/evidence/v1/stored.pb.h"

namespace passerelle::evidence {

// `node_key` has 32 bytes. `name` says what the payload is; one kept under another name does not open. kInternal when
// OpenSSL fails.
absl::StatusOr<v1::StoredPayload> SealPayload(absl::string_view node_key, absl::string_view name,
                                              absl::string_view payload, base::Random& random);

// Problems: kEvidenceErased for a payload that was erased; kKeyUnusable for another node key or name, or for a
// payload that was changed.
absl::StatusOr<std::string> OpenPayload(absl::string_view node_key, absl::string_view name,
                                        const v1::StoredPayload& stored);

}  // namespace passerelle::evidence
