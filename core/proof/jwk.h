// Reading a public JSON Web Key (RFC 7517, RFC 7518, RFC 8037).
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/proof/algorithm.h"

namespace passerelle::proof {

// What a JWK says about a key: numbers of the right length, unchecked against the curve.
struct PublicNumbers {
  Curve curve = Curve::kNone;  // kNone is RSA
  std::string x;
  std::string y;  // empty for Edwards curves
  std::string n;
  std::string e;
  std::optional<KeyAlgorithm> algorithm;  // the one that the key states for itself
};

// Strict: base64url without padding, coordinates of full length. A key with a private member, or whose "alg", "use" or
// "key_ops" says that it is for something else, is refused. Problem: kKeyUnusable with the member.
absl::StatusOr<PublicNumbers> ReadPublicJwk(simdjson::dom::object jwk);

}  // namespace passerelle::proof
