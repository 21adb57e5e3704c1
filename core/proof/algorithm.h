// The signature algorithms that are verified, and the curves of their keys. Which of them a document may use is for the
// profile to say.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "core/base/digest.h"

namespace passerelle::proof {

// By RFC 7518, RFC 8037, RFC 8812 and RFC 9864, and ESB256 by ISO/IEC 18013-5.
enum class KeyAlgorithm {
  kEs256,
  kEs384,
  kEs512,
  kEs256k,
  kEsb256,
  kEdDsa,  // with Ed25519; RFC 9864 calls it Ed25519
  kEd448,
  kPs256,
  kPs384,
  kPs512,
  kRs256,
  kRs384,
  kRs512,
};

enum class Curve { kNone, kP256, kP384, kP521, kSecp256k1, kBrainpoolP256, kEd25519, kEd448 };

enum class Family { kEcdsa, kEdwards, kRsaPss, kRsaPkcs1 };

struct AlgorithmTraits {
  KeyAlgorithm algorithm;
  absl::string_view name;  // as JWS headers have it
  Family family;
  Curve curve;                              // kNone for RSA
  std::optional<base::HashAlgorithm> hash;  // none where the algorithm hashes by itself
  size_t signature_bytes;                   // 0 for RSA: the length of the modulus
};

const AlgorithmTraits& TraitsOf(KeyAlgorithm algorithm);

// "ES256", as JWS headers have it.
absl::string_view AlgorithmName(KeyAlgorithm algorithm);

// By its exact name; "Ed25519" is EdDSA. None for every other text: "none" and HMAC are no algorithms here.
std::optional<KeyAlgorithm> FindAlgorithm(absl::string_view name);

struct CurveTraits {
  Curve curve;
  absl::string_view jwk_type;  // "EC" or "OKP"
  absl::string_view jwk_name;  // "P-256"
  const char* openssl_name;
  size_t coordinate_bytes;
};

// Null for kNone.
const CurveTraits* TraitsOf(Curve curve);
const CurveTraits* FindCurve(absl::string_view jwk_type, absl::string_view jwk_name);
// By the name that OpenSSL gives to the group, or to the type of an Edwards key.
const CurveTraits* FindCurveOfOpenssl(absl::string_view name);

}  // namespace passerelle::proof
