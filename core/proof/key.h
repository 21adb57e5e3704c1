// Keys that sign and verify messages between nodes: EC P-256 (ES256) and Ed25519 (EdDSA), on OpenSSL; and keys that
// seal documents. Parsed once, then shared.
//
// Thread-safety: both classes are immutable after making and can be shared. Ownership: values that share the key
// inside.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/proof/algorithm.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

class VerificationKey {
 public:
  // From a JWK (RFC 7517, RFC 8037): kty EC with crv P-256, or kty OKP with crv Ed25519. Other members are ignored,
  // except that a private member is refused, and so is an "alg", "use" or "key_ops" that is about something else.
  // Problem: kKeyUnusable.
  static absl::StatusOr<VerificationKey> FromJwk(absl::string_view jwk);

  KeyAlgorithm algorithm() const { return algorithm_; }
  // The public key as a JWK with its required members only, in the order of RFC 7638.
  const std::string& jwk() const { return key_.jwk(); }
  // RFC 7638 thumbprint (SHA-256, base64url).
  const std::string& thumbprint() const { return key_.thumbprint(); }

  // Whether `signature` (64 bytes; R||S for ES256) is a signature over `input`. Any malformed signature is just false.
  bool Verify(absl::string_view input, absl::string_view signature) const {
    return key_.Verify(algorithm_, input, signature);
  }

 private:
  friend class SigningKey;
  VerificationKey(PublicKey key, KeyAlgorithm algorithm) : key_(std::move(key)), algorithm_(algorithm) {}
  static absl::StatusOr<VerificationKey> FromPublicKey(PublicKey key, absl::Span<const KeyAlgorithm> algorithms);

  PublicKey key_;
  KeyAlgorithm algorithm_;
};

class SigningKey {
 public:
  // A new key.
  static absl::StatusOr<SigningKey> Generate(KeyAlgorithm algorithm);
  // From PKCS#8 PEM, unencrypted. Problem: kKeyUnusable.
  static absl::StatusOr<SigningKey> FromPem(absl::string_view pem);

  // The same for a key that seals documents: EC P-256 (ES256), or RSA of at least kRsaBitsStrong bits (RS256).
  static absl::StatusOr<SigningKey> ForSealing(absl::string_view pem);
  // The same for keys of OpenSSL whose private half may stay elsewhere, in a module of PKCS#11. Each signs once, to see
  // that it can.
  static absl::StatusOr<SigningKey> FromOpenssl(std::shared_ptr<EVP_PKEY> key);
  static absl::StatusOr<SigningKey> ForSealing(std::shared_ptr<EVP_PKEY> key);

  // PKCS#8 PEM; kInternal for a key whose private half cannot be had.
  absl::StatusOr<std::string> ToPem() const;
  const VerificationKey& verification_key() const { return public_; }
  // Signature over `input`: 64 bytes, with RSA as many as the modulus has. kInternal if OpenSSL fails.
  absl::StatusOr<std::string> Sign(absl::string_view input) const;

 private:
  static absl::StatusOr<SigningKey> FromPem(absl::string_view pem, absl::Span<const KeyAlgorithm> algorithms);
  static absl::StatusOr<SigningKey> Make(std::shared_ptr<EVP_PKEY> key, absl::Span<const KeyAlgorithm> algorithms);
  SigningKey(VerificationKey key, std::shared_ptr<EVP_PKEY> private_key)
      : public_(std::move(key)), private_(std::move(private_key)) {}
  VerificationKey public_;
  std::shared_ptr<EVP_PKEY> private_;
};

}  // namespace passerelle::proof
