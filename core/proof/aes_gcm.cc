#include "core/proof/aes_gcm.h"

#include <limits>
#include <memory>

#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

unsigned char* Out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// OpenSSL takes lengths as int.
bool Fits(absl::string_view bytes) { return bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max()); }

}  // namespace

std::optional<AesGcmSealed> AesGcmEncrypt(absl::string_view key, absl::string_view nonce, absl::string_view aad,
                                          absl::string_view text) {
  if (key.size() != kAesGcmKeyBytes || nonce.size() != kAesGcmNonceBytes || !Fits(aad) || !Fits(text)) {
    return std::nullopt;
  }
  const ErrorScope errors;
  const Cipher context(EVP_CIPHER_CTX_new());
  AesGcmSealed sealed{std::string(text.size(), '\0'), std::string(kAesGcmTagBytes, '\0')};
  int length = 0;
  if (context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &length, Bytes(aad), static_cast<int>(aad.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), Out(sealed.ciphertext), &length, Bytes(text), static_cast<int>(text.size())) !=
          1 ||
      EVP_EncryptFinal_ex(context.get(), Out(sealed.ciphertext) + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kAesGcmTagBytes, sealed.tag.data()) != 1) {
    return std::nullopt;
  }
  return sealed;
}

std::optional<std::string> AesGcmDecrypt(absl::string_view key, absl::string_view nonce, absl::string_view aad,
                                         absl::string_view ciphertext, absl::string_view tag) {
  if (key.size() != kAesGcmKeyBytes || nonce.size() != kAesGcmNonceBytes || tag.size() != kAesGcmTagBytes ||
      !Fits(aad) || !Fits(ciphertext)) {
    return std::nullopt;
  }
  const ErrorScope errors;
  const Cipher context(EVP_CIPHER_CTX_new());
  std::string text(ciphertext.size(), '\0');
  std::string expected(tag);
  int length = 0;
  if (context == nullptr ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &length, Bytes(aad), static_cast<int>(aad.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), Out(text), &length, Bytes(ciphertext), static_cast<int>(ciphertext.size())) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kAesGcmTagBytes, expected.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), Out(text) + length, &length) != 1) {
    return std::nullopt;
  }
  return text;
}

}  // namespace passerelle::proof
