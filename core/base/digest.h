// SHA-2 digests, and encodings of bytes as text.
//
// Thread-safety: free functions on values.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

struct evp_md_ctx_st;

namespace passerelle::base {

using Sha256Digest = std::array<uint8_t, 32>;

// SHA-256 (FIPS 180-4) of the bytes.
Sha256Digest Sha256(absl::string_view bytes);

enum class HashAlgorithm { kSha256, kSha384, kSha512 };

// Bytes of a digest.
size_t DigestBytes(HashAlgorithm algorithm);

// The digest (FIPS 180-4) of the pieces one after another.
std::string Digest(HashAlgorithm algorithm, absl::Span<const absl::string_view> pieces);
std::string Digest(HashAlgorithm algorithm, absl::string_view bytes);

// The digest of bytes that come one piece after another. Not thread-safe.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void Add(absl::string_view bytes);
  // Of everything so far, as Sha256Hex has it. Called once, at the end.
  std::string EndHex();

 private:
  evp_md_ctx_st* const context_;  // OpenSSL's EVP_MD_CTX
};

// SHA-256 as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

// Whether the text is 64 lower-case hexadecimal digits.
bool IsSha256Hex(absl::string_view text);

// base64url without padding (RFC 4648, 5; RFC 7515, 2).
std::string Base64UrlEncode(absl::string_view bytes);

// Strict inverse: no padding, no white space, no unused bits. InvalidArgument otherwise, without a catalogued reason:
// the caller knows what the text was.
absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text);

// base64 with padding (RFC 4648, 4).
std::string Base64Encode(absl::string_view bytes);

// base64 with or without line breaks and blanks, padding required; strict otherwise.
absl::StatusOr<std::string> Base64Decode(absl::string_view text);

}  // namespace passerelle::base
