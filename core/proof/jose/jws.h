// JSON Web Signatures (RFC 7515, RFC 7797): compact, flattened and general. Read strictly; checked by a profile, with
// keys that were found before the header may decide anything.
//
//   ASSIGN_OR_RETURN(const Jws jws, Jws::ParseCompact(token));
//   const JwsVerdict verdict = jws.Verify(keys, TokenProfile());
//   if (verdict.verified && !verdict.findings.refused()) Use(*verdict.payload);
//
// An ECDSA signature can be turned into another one that verifies as well: never take the bytes of a signature for an
// identity.
//
// Thread-safety: a Jws belongs to one thread. Ownership: a compact Jws points into the token, which has to outlive it;
// payloads of verdicts point into the Jws.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/proof/finding.h"
#include "core/proof/jose/header.h"
#include "core/proof/jose/key_set.h"

namespace passerelle::proof {

struct JwsSignature {
  JoseHeader header;
  absl::string_view protected_text;  // base64url as sent
  absl::string_view signature_text;  // base64url as sent
  std::string signature;             // the bytes
};

struct JwsVerdict {
  bool verified = false;                     // every signature, mathematically
  Findings findings;                         // what the profile says
  std::optional<absl::string_view> payload;  // the signed bytes; only if verified

  bool Accepted() const { return verified && !findings.refused(); }
};

class Jws {
 public:
  // Problems: kJwsMalformed with the part or member, kInputTooLarge, and those of base::JsonDocument.
  static absl::StatusOr<Jws> ParseCompact(absl::string_view token);
  // Flattened or general. Other members are ignored (RFC 7515, 7.2.1), a mixture of both forms is refused.
  static absl::StatusOr<Jws> ParseJson(absl::string_view bytes);
  // By the first character: an object is JSON.
  static absl::StatusOr<Jws> Parse(absl::string_view bytes);

  bool compact() const { return !document_.has_value(); }
  // At least one.
  const std::vector<JwsSignature>& signatures() const { return signatures_; }

  // Checks every signature with its key of the set. All have to verify.
  JwsVerdict Verify(const KeySet& keys, const JoseProfile& profile) const;
  // Checks one signature with a key that the caller found, say in a certificate.
  JwsVerdict VerifyWithKey(const JwsSignature& signature, const PublicKey& key, const JoseProfile& profile) const;
  // The payload as it is signed, which is base64url or, by "b64", the bytes themselves: what time-stamps are about.
  absl::string_view signed_payload() const { return payload_text_; }

 private:
  Jws() = default;
  absl::Status AddSignature(absl::string_view protected_text, std::optional<simdjson::dom::object> unprotected,
                            absl::string_view signature_text);
  absl::Status ReadEntry(simdjson::dom::element entry);
  absl::Status ReadPayload();
  bool CheckSignature(const JwsSignature& signature, const PublicKey& key, KeyAlgorithm algorithm,
                      Findings& findings) const;
  absl::string_view Payload() const { return unencoded_ ? payload_text_ : absl::string_view(decoded_); }

  std::optional<base::JsonDocument> document_;
  std::vector<JwsSignature> signatures_;
  absl::string_view payload_text_;
  bool unencoded_ = false;
  std::string decoded_;
};

}  // namespace passerelle::proof
