// Archives that several parties sign: a JWS in general JSON serialization (RFC 7515, 7.2.1) over the bytes of a payload
// exactly as its maker produced them, so that any JOSE library can check it. Signatures are counted by different keys:
// a key that signed twice counts once, and a stranger's signature not at all.
//
// Thread-safety: free functions on values; ArchiveSigners is immutable.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/json.h"
#include "core/proof/jose/jws.h"
#include "core/proof/key.h"

namespace passerelle::proof {

// The keys that may sign an archive, parsed once: ES256 and EdDSA.
class ArchiveSigners {
 public:
  // Problem: kKeyUnusable at "jwks[i]" for a key that cannot be read or stands twice.
  static absl::StatusOr<ArchiveSigners> Make(absl::Span<const std::string> jwks);

  size_t size() const { return keys_.size(); }
  // Null for a stranger.
  const PublicKey* Find(absl::string_view thumbprint) const;

 private:
  std::vector<PublicKey> keys_;
};

struct ArchiveSignature {
  std::string signer;          // thumbprint that the signature names; nothing is believed of it before it is counted
  std::string protected_text;  // base64url
  std::string signature_text;  // base64url
};

// A signature over a payload in base64url. `type` becomes "typ" and keeps archives of one kind from passing as another.
absl::StatusOr<ArchiveSignature> SignArchive(absl::string_view payload_text, absl::string_view type,
                                             const SigningKey& key);

// Writes the members "payload" and "signatures" into the object that is open.
void WriteArchive(absl::string_view payload_text, absl::Span<const ArchiveSignature> signatures,
                  base::JsonWriter& json);

// The signatures of a parsed archive, in their order.
std::vector<ArchiveSignature> SignaturesOf(const Jws& archive);

// Whether one of the signatures names the key.
bool HasSigned(absl::Span<const ArchiveSignature> signatures, absl::string_view thumbprint);

// Thumbprints of the signers whose signatures of this type verify, each once.
std::vector<std::string> CountSigners(const Jws& archive, absl::string_view type, const ArchiveSigners& signers);

}  // namespace passerelle::proof
