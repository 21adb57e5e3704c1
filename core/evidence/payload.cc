#include "core/evidence/payload.h"

#include <openssl/evp.h>

#include <memory>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* In(absl::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* Out(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

// Nonce, ciphertext, tag.
absl::StatusOr<std::string> Encrypt(absl::string_view key, absl::string_view name, absl::string_view text,
                                    base::Random& random) {
  std::string sealed = random.Bytes(kNonceBytes);
  sealed.resize(kNonceBytes + text.size() + kTagBytes);
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (key.size() != kKeyBytes || context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, In(key), In(sealed)) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &length, In(name), static_cast<int>(name.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), Out(sealed.data() + kNonceBytes), &length, In(text),
                        static_cast<int>(text.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), Out(sealed.data() + kNonceBytes + text.size()), &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, sealed.data() + kNonceBytes + text.size()) !=
          1) {
    return Problem(Reason::kInternal, "payload", "it cannot be encrypted");
  }
  return sealed;
}

absl::StatusOr<std::string> Decrypt(absl::string_view key, absl::string_view name, std::string sealed) {
  if (sealed.size() < kNonceBytes + kTagBytes || key.size() != kKeyBytes) {
    return Problem(Reason::kKeyUnusable, "payload", "it is too short");
  }
  const size_t size = sealed.size() - kNonceBytes - kTagBytes;
  std::string text(size, '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (context == nullptr || EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, In(key), In(sealed)) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &length, In(name), static_cast<int>(name.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), Out(text.data()), &length, In(sealed) + kNonceBytes, static_cast<int>(size)) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, sealed.data() + kNonceBytes + size) != 1 ||
      EVP_DecryptFinal_ex(context.get(), Out(text.data() + size), &length) != 1) {
    return Problem(Reason::kKeyUnusable, "payload", "it does not open with the key of the node");
  }
  return text;
}

}  // namespace

absl::StatusOr<v1::StoredPayload> SealPayload(absl::string_view node_key, absl::string_view name,
                                              absl::string_view payload, base::Random& random) {
  const std::string key = random.Bytes(kKeyBytes);
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
