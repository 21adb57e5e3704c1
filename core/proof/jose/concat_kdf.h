// The key derivation of ECDH-ES: RFC 7518, 4.6.2, which is the Concat KDF of NIST SP 800-56A (5.8.1) with SHA-256.
//
// Thread-safety: a free function on values.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::proof {

// Most bytes that one round gives, and that are ever asked for.
inline constexpr size_t kConcatKdfBytesMax = 32;

// A key of `key_bytes`, 1 to kConcatKdfBytesMax, from a shared secret. `algorithm` is what the key is for, such as
// "A256GCM"; `party_u` and `party_v` are the bytes of "apu" and "apv".
std::string ConcatKdf(absl::string_view shared_secret, absl::string_view algorithm, absl::string_view party_u,
                      absl::string_view party_v, size_t key_bytes);

}  // namespace passerelle::proof
