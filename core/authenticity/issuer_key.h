// The key that a signature by an issuer names, found without asking anybody: in the trust bundle, or in the name
// itself.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/di/verification_method.h"
#include "core/proof/jose/header.h"
#include "core/proof/jose/key_set.h"
#include "core/proof/public_key.h"
#include "core/proof/x509/certificate.h"
#include "core/trust/bundle.h"

namespace passerelle::authenticity {

// The key of a did:key or did:jwk, with or without its fragment. Such a name proves the key, and nobody. Problem:
// kKeyNotFound.
absl::StatusOr<proof::PublicKey> KeyOfName(absl::string_view did);

struct TokenKey {
  proof::PublicKey key;
  // Whether a signature that does not verify with it is no signature of the issuer's. Otherwise the key was only the
  // one that fits, and another one may be meant.
  bool is_named = false;
  // Of a key that came with the token (RFC 7515, 4.1.6), the signer's first: they count by their path to an anchor.
  std::vector<proof::Certificate> certificates;
};

// The key for a token by `issuer` with this header. A key that the bundle has for the issuer goes before one that the
// name holds itself. `key_id` is what the content calls the key, for a header that does not say; empty for nothing.
// Problem: kKeyNotFound.
absl::StatusOr<TokenKey> FindTokenKey(const trust::TrustBundle* bundle, absl::string_view issuer,
                                      const proof::JoseHeader& header, absl::Time at, absl::string_view key_id = "");

// The same for the token itself, where certificates of its signed header count too if there are anchors for them. A key
// that the bundle or the name of the issuer names goes before them. Problems: kKeyNotFound, kSignerCertificate.
absl::StatusOr<TokenKey> FindCertifiedKey(const trust::TrustBundle* bundle, absl::string_view issuer,
                                          const proof::JoseHeader& header, absl::Time at,
                                          absl::string_view key_id = "");

// The same as the set that verifiers take.
proof::KeySet OnlyKey(const proof::PublicKey& key);

// The keys of the bundle that the proofs of a document name by their id, as of the time that each states for itself.
proof::InstalledMethods InstalledFor(const trust::TrustBundle* bundle, simdjson::dom::object document, absl::Time at);

}  // namespace passerelle::authenticity
