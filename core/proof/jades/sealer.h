// Sealing of JSON documents: JAdES B-B (ETSI TS 119 182-1), as the European Digital Credentials have it: the general
// JSON serialisation with one signature, the payload as a text that is signed as it is ("b64": false).
//
// Thread-safety: immutable; can be shared. Ownership: a value that shares key and certificates.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/key.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

class Sealer {
 public:
  // From an unencrypted PKCS#8 PEM, RSA (RS256) or P-256 (ES256), and a PEM chain: the certificate of that key first,
  // then those above it. Problem: kKeyUnusable, also for a certificate of another key, of an authority, or whose key is
  // not for content.
  static absl::StatusOr<Sealer> Make(absl::string_view key_pem, absl::string_view chain_pem);
  // The same with a key that is at hand; it has to be one of SigningKey::ForSealing.
  static absl::StatusOr<Sealer> Make(SigningKey key, absl::string_view chain_pem);

  const SigningKey& key() const { return key_; }
  const Certificate& certificate() const { return chain_.front(); }
  const std::vector<Certificate>& chain() const { return chain_; }
  // Whether the certificate is valid at that time.
  bool CanSealAt(absl::Time at) const { return at >= certificate().not_before() && at <= certificate().not_after(); }

  // The sealed document. The payload has to be JSON by base::JsonDocument; `at` becomes "iat", before 2025-07-15
  // "sigT", and has to lie within the certificate's validity. Problems: kCertificateExpired, and those of
  // base::JsonDocument.
  absl::StatusOr<std::string> Seal(absl::string_view payload, absl::Time at) const;

 private:
  Sealer(SigningKey key, std::vector<Certificate> chain) : key_(std::move(key)), chain_(std::move(chain)) {}

  SigningKey key_;
  std::vector<Certificate> chain_;
};

}  // namespace passerelle::proof
