#include "core/base/digest.h"

#include <openssl/evp.h>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace passerelle::base {
namespace {

// Fetched once: an implicit fetch for every digest costs more than a short digest itself.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// Decoders of Abseil are lenient; a strict text is one that encodes back to itself.
template <typename Encode>
absl::StatusOr<std::string> Strict(bool decoded, std::string bytes, absl::string_view text, Encode encode) {
  if (!decoded || encode(bytes) != text) return absl::InvalidArgumentError("not strict base64");
  return bytes;
}

}  // namespace

Sha256Digest Sha256(absl::string_view bytes) {
  Sha256Digest digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, Sha256Algorithm(), nullptr);
  return digest;
}

std::string Sha256Hex(absl::string_view bytes) {
  const Sha256Digest digest = Sha256(bytes);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

bool IsSha256Hex(absl::string_view text) {
  if (text.size() != 64) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) && !(c >= 'a' && c <= 'f')) return false;
  }
  return true;
}

std::string Base64UrlEncode(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

absl::StatusOr<std::string> Base64UrlDecode(absl::string_view text) {
  std::string bytes;
  const bool decoded = absl::WebSafeBase64Unescape(text, &bytes);
  return Strict(decoded, std::move(bytes), text, Base64UrlEncode);
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

absl::StatusOr<std::string> Base64Decode(absl::string_view text) {
  std::string compact;
  compact.reserve(text.size());
  for (const char c : text) {
    if (!absl::ascii_isspace(c)) compact.push_back(c);
  }
  std::string bytes;
  const bool decoded = absl::Base64Unescape(compact, &bytes);
  return Strict(decoded, std::move(bytes), compact, Base64Encode);
}

}  // namespace passerelle::base
