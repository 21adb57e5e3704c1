// Reading a public JSON Web Key (RFC 7517, RFC 8037).
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/proof/key.h"

namespace passerelle::proof {

// What a JWK says about a key: coordinates of 32 bytes, unchecked against the curve.
struct PublicPoint {
  KeyAlgorithm algorithm = KeyAlgorithm::kEs256;
  std::string x;
  std::string y;  // empty for Ed25519
};

// Strict: an object without duplicate members, strict base64url, coordinates of full length. A key with a private
// member, or whose "alg", "use" or "key_ops" says that it is for something else, is refused. Problem: kKeyUnusable with
// the member.
absl::StatusOr<PublicPoint> ReadPublicJwk(absl::string_view jwk);

}  // namespace passerelle::proof
