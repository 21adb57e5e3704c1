// Access tokens, by which an authorisation server says who calls (RFC 7519, RFC 9068), judged as RFC 8725 asks.
//
// A token is a secret of its bearer. No problem holds anything that stands in it: places are "token" and the names of
// what is wrong, never a value and never a name that the token brings.
//
// Thread-safety: free functions on values; AccessClaims belong to one thread. Ownership: claims own what they tell.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/jose/key_set.h"

namespace passerelle::proof {

// Bytes of one token. With groups and roles they have 2 to 4 KiB; the head of a call has room for 16.
inline constexpr size_t kAccessTokenBytesMax = 8u << 10;
// Audiences that a token names.
inline constexpr size_t kTokenAudiencesMax = 64;

// What the tokens of an issuer have to say, and its keys.
struct TokenTrust {
  std::string issuer;                  // "iss", exactly
  std::string audience;                // has to be in "aud"
  absl::Duration clock_skew;           // how far the issuer's clock may be from ours
  absl::Duration life_max;             // from "iat" to "exp"
  std::shared_ptr<const KeySet> keys;  // of ReadIssuerKeys
};

// What a token says that was found good.
class AccessClaims {
 public:
  explicit AccessClaims(base::JsonDocument document) : document_(std::move(document)) {}

  // Whether a claim is this text, or a list with this text in it; for "scope", whether it has this word.
  bool Has(absl::string_view claim, absl::string_view text) const;

 private:
  base::JsonDocument document_;
};

// The keys of a JWK Set (RFC 7517, 5) that can sign tokens; others, such as keys for encryption and symmetric ones, are
// left out. When several are left, each needs an id of its own. Problems: kKeyUnusable, kInputTooLarge.
absl::StatusOr<KeySet> ReadIssuerKeys(absl::string_view jwk_set);

// The claims of a compact token, once everything about it was found good: the signature by a key of the issuer that it
// names, whose kind has to fit the algorithm; "typ" "at+jwt" or "JWT" if stated; no "crit"; "iss", "aud", "exp", "iat",
// and "nbf" if stated; and "cnf" if stated, which may name a certificate alone (RFC 8705, 3.1), that of the connection.
// "none", HMAC and ES256K are never taken; keys and addresses in the header are never looked at.
//
// `trust_of` gives what is known of an issuer by its exact name, which is unproven when it is asked; its problem is
// handed on. `certificate_sha256` is the digest of the caller's certificate in hexadecimal, empty for none. Problems:
// kInputTooLarge, kJwsMalformed, those of base::JsonDocument, kTokenType, kClaimInvalid, kExpired, kNotYetValid,
// kAlgorithmNotAllowed, kAlgorithmMismatch, kCriticalHeader, kProofHeader, kKeyNotFound, kKeyWeak, kSignatureInvalid.
absl::StatusOr<AccessClaims> OpenAccessToken(
    absl::string_view token, absl::FunctionRef<absl::StatusOr<TokenTrust>(absl::string_view issuer)> trust_of,
    absl::string_view certificate_sha256, absl::Time now);

}  // namespace passerelle::proof
