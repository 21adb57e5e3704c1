// A public key of any kind that credentials are signed with: RSA, ECDSA, EdDSA. Parsed and checked once, then shared:
// parsing costs more than a verification.
//
// Thread-safety: immutable after making; can be shared. Ownership: a value that shares the key inside.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/json.h"
#include "core/proof/algorithm.h"

typedef struct evp_pkey_st EVP_PKEY;

namespace passerelle::proof {

class PublicKey {
 public:
  // From a JWK by the rules of ReadPublicJwk. The second form reads JSON by the rules of base::JsonDocument.
  // Problem: kKeyUnusable with the member, as in all of the following: for keys of another kind, off their curve, of
  // small order, with parameters instead of the name of a curve, and with an RSA modulus or exponent beyond the limits.
  static absl::StatusOr<PublicKey> FromJwk(simdjson::dom::object jwk);
  static absl::StatusOr<PublicKey> FromJwk(absl::string_view jwk);
  // From a DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), with nothing after it.
  static absl::StatusOr<PublicKey> FromSubjectPublicKeyInfo(absl::string_view der);
  // From one PEM block: PUBLIC KEY or CERTIFICATE.
  static absl::StatusOr<PublicKey> FromPem(absl::string_view pem);
  // The key of a DER certificate. Nothing else of the certificate is looked at.
  static absl::StatusOr<PublicKey> FromCertificate(absl::string_view der);
  // The bytes of a Multikey (W3C Controlled Identifiers 1.0, 2.2.2): the code of the kind, then the key. Ed25519, P-256
  // and P-384.
  static absl::StatusOr<PublicKey> FromMultikey(absl::string_view bytes);
  // The text of a Multikey: "z" and base58.
  static absl::StatusOr<PublicKey> FromMultibase(absl::string_view text);
  // "did:key:z…", alone or with the fragment that repeats the key.
  static absl::StatusOr<PublicKey> FromDidKey(absl::string_view did);
  // Shares a key of OpenSSL.
  static absl::StatusOr<PublicKey> FromOpenssl(std::shared_ptr<EVP_PKEY> key);

  // kNone is RSA.
  Curve curve() const { return parts_->curve; }
  // Bits of the modulus or of the field.
  int bits() const { return parts_->bits; }
  // Whether the key is as long as is asked today: RSA from 2048 bits on (RFC 7518, 3.3), every curve.
  bool IsStrong() const;
  // The only algorithm that the key is for, if it says so.
  std::optional<KeyAlgorithm> pinned_algorithm() const { return parts_->algorithm; }
  // Whether kind, curve and pinned algorithm fit.
  bool Accepts(KeyAlgorithm algorithm) const;

  // The key as a JWK with its required members only, in the order of RFC 7638.
  const std::string& jwk() const { return parts_->jwk; }
  // RFC 7638 thumbprint (SHA-256, base64url).
  const std::string& thumbprint() const { return parts_->thumbprint; }
  EVP_PKEY* openssl() const { return parts_->key.get(); }

  // Whether `signature` is a signature over the input. False when the key does not accept the algorithm, and for any
  // malformed signature. ECDSA signatures are R||S of full length. What is signed may come in pieces.
  bool Verify(KeyAlgorithm algorithm, absl::string_view input, absl::string_view signature) const;
  bool Verify(KeyAlgorithm algorithm, absl::Span<const absl::string_view> input, absl::string_view signature) const;
  // The same for an ECDSA signature in strict DER, as everything outside of JOSE and COSE has it.
  bool VerifyDer(KeyAlgorithm algorithm, absl::string_view input, absl::string_view signature) const;

 private:
  struct Parts {
    std::shared_ptr<EVP_PKEY> key;
    Curve curve = Curve::kNone;
    int bits = 0;
    std::optional<KeyAlgorithm> algorithm;
    std::string jwk;
    std::string thumbprint;
  };
  explicit PublicKey(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  static absl::StatusOr<PublicKey> Make(std::shared_ptr<EVP_PKEY> key, std::optional<KeyAlgorithm> algorithm);

  std::shared_ptr<const Parts> parts_;
};

}  // namespace passerelle::proof
