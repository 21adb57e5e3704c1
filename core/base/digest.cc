#include "core/base/digest.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace passerelle::base {
namespace {

// Fetched once: an implicit fetch for every digest costs more than a short digest itself.
const EVP_MD* Fetched(HashAlgorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      return sha256;
    case HashAlgorithm::kSha384:
      return sha384;
    case HashAlgorithm::kSha512:
      break;
  }
  return sha512;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string Hex(const Sha256Digest& digest) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
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
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, Fetched(HashAlgorithm::kSha256), nullptr);
  return digest;
}

size_t DigestBytes(HashAlgorithm algorithm) { return static_cast<size_t>(EVP_MD_get_size(Fetched(algorithm))); }

std::string Digest(HashAlgorithm algorithm, absl::Span<const absl::string_view> pieces) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  EVP_DigestInit_ex2(context.get(), Fetched(algorithm), nullptr);
  for (const absl::string_view piece : pieces) EVP_DigestUpdate(context.get(), piece.data(), piece.size());
  std::string digest(DigestBytes(algorithm), '\0');
  EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

std::string Digest(HashAlgorithm algorithm, absl::string_view bytes) {
  return Digest(algorithm, absl::Span<const absl::string_view>(&bytes, 1));
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex2(context_, Fetched(HashAlgorithm::kSha256), nullptr);
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(context_); }

void Sha256Stream::Add(absl::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }

std::string Sha256Stream::EndHex() {
  Sha256Digest digest{};
  EVP_DigestFinal_ex(context_, digest.data(), nullptr);
  return Hex(digest);
}

std::string Sha256Hex(absl::string_view bytes) { return Hex(Sha256(bytes)); }

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
