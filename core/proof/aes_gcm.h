// AES-256-GCM (NIST SP 800-38D; RFC 7518, 5.3 as A256GCM): 96-bit nonce, 128-bit tag.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::proof {

inline constexpr size_t kAesGcmKeyBytes = 32;
inline constexpr size_t kAesGcmNonceBytes = 12;
inline constexpr size_t kAesGcmTagBytes = 16;

struct AesGcmSealed {
  std::string ciphertext;  // as long as the text
  std::string tag;
};

// Nothing when a length is wrong or OpenSSL fails. A nonce must not be used twice with a key. Texts have less than 2
// GiB.
std::optional<AesGcmSealed> AesGcmEncrypt(absl::string_view key, absl::string_view nonce, absl::string_view aad,
                                          absl::string_view text);

// Nothing when a length is wrong or the tag does not fit: then nothing of the text is known.
std::optional<std::string> AesGcmDecrypt(absl::string_view key, absl::string_view nonce, absl::string_view aad,
                                         absl::string_view ciphertext, absl::string_view tag);

}  // namespace passerelle::proof
