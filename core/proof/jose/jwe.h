// Encrypted content: JSON Web Encryption (RFC 7516) in compact serialization, of the one kind that is used between
// nodes: ECDH-ES in direct key agreement on P-256 (RFC 7518, 4.6) with A256GCM (5.3). Nothing else is read, and nothing
// is decompressed.
//
//   ASSIGN_OR_RETURN(const std::string token, EncryptJwe(key, {.content_type = "text", .party_u = "NO"}, text));
//   ASSIGN_OR_RETURN(const Jwe jwe, Jwe::Parse(token));
//   ASSIGN_OR_RETURN(const std::string text, jwe.Decrypt(*KeyWith(jwe.header().key_id)));
//
// Whoever knows the public key can have encrypted it: a JWE says nothing about its sender. It has to stand in something
// that is signed.
//
// Thread-safety: a Jwe is immutable. Ownership: values; a Jwe points into the token, which has to outlive it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/proof/encryption_key.h"

namespace passerelle::proof {

// What the header says that is not the method itself. All of it is authenticated, and the parties go into the key.
struct JweHeader {
  std::string key_id = "";        // "kid": thumbprint of the key that it is encrypted to; set by EncryptJwe
  std::string content_type = "";  // "cty"; empty for none
  std::string party_u = "";       // bytes of "apu", who encrypts; empty for none
  std::string party_v = "";       // bytes of "apv", for whom; empty for none
};

// Problem: kInternal if OpenSSL fails.
absl::StatusOr<std::string> EncryptJwe(const EncryptionKey& recipient, JweHeader header, absl::string_view content);

class Jwe {
 public:
  // Strict: five parts, the second of them empty; a header without members of the same name, with exactly one method;
  // an ephemeral key on the curve. Problems, at "header" or the part: kJwsMalformed, kAlgorithmNotAllowed,
  // kCriticalHeader for any "crit", kProofHeader for a member of a wrong form and for "zip", kInputTooLarge.
  static absl::StatusOr<Jwe> Parse(absl::string_view token);

  const JweHeader& header() const { return header_; }

  // The content. Problem: kKeyNotFound when the key is not the one that the header names, kSignatureInvalid at "tag"
  // when content, tag or header were changed, or it was encrypted to another key.
  absl::StatusOr<std::string> Decrypt(const DecryptionKey& key) const;

 private:
  Jwe(JweHeader header, EncryptionKey ephemeral) : header_(std::move(header)), ephemeral_(std::move(ephemeral)) {}

  JweHeader header_;
  EncryptionKey ephemeral_;
  absl::string_view header_text_;  // base64url as sent, which is what is authenticated (RFC 7516, 5.1, step 14)
  std::string iv_;
  std::string ciphertext_;
  std::string tag_;
};

}  // namespace passerelle::proof
