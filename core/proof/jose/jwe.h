// Encrypted content: JSON Web Encryption (RFC 7516) of the one kind that is used between nodes: ECDH-ES in direct key
// agreement on P-256 (RFC 7518, 4.6) with A256GCM (5.3). Nothing else is read, and nothing is decompressed.
//
//   ASSIGN_OR_RETURN(const JweParts parts, EncryptJwe(key, {.content_type = "text", .party_u = "NO"}, text));
//   ASSIGN_OR_RETURN(const Jwe jwe, Jwe::Parse(parts));
//   ASSIGN_OR_RETURN(const std::string text, jwe.Decrypt(*KeyWith(jwe.header().key_id)));
//
// Whoever knows the public key can have encrypted it: a JWE says nothing about its sender. What it holds, or what it
// stands in, has to be signed.
//
// Thread-safety: a Jwe is immutable. Ownership: values.
#pragma once

#include <string>
#include <utility>

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

// The parts of a JWE as bytes, in the order of the compact serialization (RFC 7516, 7.1). The encrypted key, its second
// part, is empty in direct key agreement.
struct JweParts {
  std::string header;  // JSON, exactly as it is authenticated
  std::string iv;
  std::string ciphertext;
  std::string tag;
};

// Problem: kInternal if OpenSSL fails.
absl::StatusOr<JweParts> EncryptJwe(const EncryptionKey& recipient, JweHeader header, absl::string_view content);

// The compact serialization, and back: five parts in base64url with dots between them, the second one empty. Problems:
// kJwsMalformed at "" or the part.
std::string CompactJwe(const JweParts& parts);
absl::StatusOr<JweParts> ReadCompactJwe(absl::string_view token);

class Jwe {
 public:
  // Strict: a header without members of the same name, with exactly the one method, and an ephemeral key on the curve.
  // Problems, at "header" or the part: kJwsMalformed, kAlgorithmNotAllowed, kCriticalHeader for any "crit",
  // kProofHeader for a member of a wrong form and for "zip", kInputTooLarge.
  static absl::StatusOr<Jwe> Parse(JweParts parts);

  const JweHeader& header() const { return header_; }

  // The content. Problem: kKeyNotFound when the key is not the one that the header names, kSignatureInvalid at "tag"
  // when content, tag or header were changed, or it was encrypted to another key.
  absl::StatusOr<std::string> Decrypt(const DecryptionKey& key) const;

 private:
  Jwe(JweHeader header, EncryptionKey ephemeral, JweParts parts)
      : header_(std::move(header)), ephemeral_(std::move(ephemeral)), parts_(std::move(parts)) {}

  JweHeader header_;
  EncryptionKey ephemeral_;
  JweParts parts_;
};

}  // namespace passerelle::proof
