#include "core/evidence/payload.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/aes_gcm.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

// Nonce, ciphertext, tag.
absl::StatusOr<std::string> Encrypt(absl::string_view key, absl::string_view name, absl::string_view text,
                                    base::Random& random) {
  const std::string nonce = random.Bytes(proof::kAesGcmNonceBytes);
  const std::optional<proof::AesGcmSealed> sealed = proof::AesGcmEncrypt(key, nonce, name, text);
  if (!sealed.has_value()) return Problem(Reason::kInternal, "payload", "it cannot be encrypted");
  return absl::StrCat(nonce, sealed->ciphertext, sealed->tag);
}

absl::StatusOr<std::string> Decrypt(absl::string_view key, absl::string_view name, absl::string_view sealed) {
  if (sealed.size() < proof::kAesGcmNonceBytes + proof::kAesGcmTagBytes) {
    return Problem(Reason::kKeyUnusable, "payload", "it is too short");
  }
  const size_t size = sealed.size() - proof::kAesGcmNonceBytes - proof::kAesGcmTagBytes;
  std::optional<std::string> text = proof::AesGcmDecrypt(key, sealed.substr(0, proof::kAesGcmNonceBytes), name,
                                                         sealed.substr(proof::kAesGcmNonceBytes, size),
                                                         sealed.substr(sealed.size() - proof::kAesGcmTagBytes));
  if (!text.has_value()) return Problem(Reason::kKeyUnusable, "payload", "it does not open with the key of the node");
  return *std::move(text);
}

}  // namespace

absl::StatusOr<v1::StoredPayload> SealPayload(absl::string_view node_key, absl::string_view name,
                                              absl::string_view payload, base::Random& random) {
  const std::string key = random.Bytes(proof::kAesGcmKeyBytes);
  v1::StoredPayload stored;
  ASSIGN_OR_RETURN(*stored.mutable_sealed(), Encrypt(key, name, payload, random));
  ASSIGN_OR_RETURN(*stored.mutable_wrapped_key(), Encrypt(node_key, name, key, random));
  return stored;
}

absl::StatusOr<std::string> OpenPayload(absl::string_view node_key, absl::string_view name,
                                        const v1::StoredPayload& stored) {
  if (stored.wrapped_key().empty()) return Problem(Reason::kEvidenceErased, "payload", "it was erased");
  ASSIGN_OR_RETURN(const std::string key, Decrypt(node_key, name, stored.wrapped_key()));
  return Decrypt(key, name, stored.sealed());
}

}  // namespace passerelle::evidence
