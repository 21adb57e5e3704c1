// Making compact tokens (RFC 7515, 7.1).
//
// Thread-safety: a free function on values; the key can be shared.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/proof/key.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

// The payload as a token of that type ("typ") under the algorithm of the key. `key_id` becomes "kid"; empty for none.
// Problem: kInternal if the key does not sign.
absl::StatusOr<std::string> SignToken(absl::string_view type, absl::string_view key_id, absl::string_view payload,
                                      const SigningKey& key);

// The same, with the certificates of the key in the header ("x5c", RFC 7515, 4.1.6), that of the key first, and no
// "kid".
absl::StatusOr<std::string> SignCertifiedToken(absl::string_view type, absl::Span<const Certificate> chain,
                                               absl::string_view payload, const SigningKey& key);

}  // namespace passerelle::proof
