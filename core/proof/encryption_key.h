// Keys that content is encrypted to, by ECDH-ES (RFC 7518, 4.6) on P-256. They sign nothing, and no key that signs is
// one of them.
//
// Thread-safety: both classes are immutable after making and can be shared. Ownership: values that share the key
// inside.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

class EncryptionKey {
 public:
  // From a JWK (RFC 7517): kty EC with crv P-256. Other members are ignored, except that a private member is refused,
  // and so is an "alg", "use" or "key_ops" that is about something else. Problem: kKeyUnusable with the member.
  static absl::StatusOr<EncryptionKey> FromJwk(absl::string_view jwk);
  static absl::StatusOr<EncryptionKey> FromJwk(simdjson::dom::object jwk);

  // The public key as a JWK with its required members only, in the order of RFC 7638.
  const std::string& jwk() const { return key_.jwk(); }
  // RFC 7638 thumbprint (SHA-256, base64url).
  const std::string& thumbprint() const { return key_.thumbprint(); }
  EVP_PKEY* openssl() const { return key_.openssl(); }

 private:
  friend class DecryptionKey;
  explicit EncryptionKey(PublicKey key) : key_(std::move(key)) {}
  static absl::StatusOr<EncryptionKey> FromPublicKey(PublicKey key);

  PublicKey key_;
};

class DecryptionKey {
 public:
  // A new key. Problem: kInternal.
  static absl::StatusOr<DecryptionKey> Generate();
  // From PKCS#8 PEM, unencrypted. Problem: kKeyUnusable.
  static absl::StatusOr<DecryptionKey> FromPem(absl::string_view pem);

  // PKCS#8 PEM. Problem: kInternal.
  absl::StatusOr<std::string> ToPem() const;
  const EncryptionKey& encryption_key() const { return public_; }
  // The secret that is shared with the other key: the x-coordinate, 32 bytes (RFC 7518, 4.6; SEC 1, 3.3.1). Problem:
  // kInternal.
  absl::StatusOr<std::string> Agree(const EncryptionKey& other) const;

 private:
  static absl::StatusOr<DecryptionKey> Make(std::shared_ptr<EVP_PKEY> key);
  DecryptionKey(EncryptionKey key, std::shared_ptr<EVP_PKEY> private_key)
      : public_(std::move(key)), private_(std::move(private_key)) {}
  EncryptionKey public_;
  std::shared_ptr<EVP_PKEY> private_;
};

}  // namespace passerelle::proof
