#include "core/proof/algorithm.h"

namespace passerelle::proof {
namespace {

using base::HashAlgorithm;

constexpr AlgorithmTraits kAlgorithms[] = {
    {KeyAlgorithm::kEs256, "ES256", Family::kEcdsa, Curve::kP256, HashAlgorithm::kSha256, 64},
    {KeyAlgorithm::kEs384, "ES384", Family::kEcdsa, Curve::kP384, HashAlgorithm::kSha384, 96},
    {KeyAlgorithm::kEs512, "ES512", Family::kEcdsa, Curve::kP521, HashAlgorithm::kSha512, 132},
    {KeyAlgorithm::kEs256k, "ES256K", Family::kEcdsa, Curve::kSecp256k1, HashAlgorithm::kSha256, 64},
    {KeyAlgorithm::kEsb256, "ESB256", Family::kEcdsa, Curve::kBrainpoolP256, HashAlgorithm::kSha256, 64},
    {KeyAlgorithm::kEdDsa, "EdDSA", Family::kEdwards, Curve::kEd25519, std::nullopt, 64},
    {KeyAlgorithm::kEd448, "Ed448", Family::kEdwards, Curve::kEd448, std::nullopt, 114},
    {KeyAlgorithm::kPs256, "PS256", Family::kRsaPss, Curve::kNone, HashAlgorithm::kSha256, 0},
    {KeyAlgorithm::kPs384, "PS384", Family::kRsaPss, Curve::kNone, HashAlgorithm::kSha384, 0},
    {KeyAlgorithm::kPs512, "PS512", Family::kRsaPss, Curve::kNone, HashAlgorithm::kSha512, 0},
    {KeyAlgorithm::kRs256, "RS256", Family::kRsaPkcs1, Curve::kNone, HashAlgorithm::kSha256, 0},
    {KeyAlgorithm::kRs384, "RS384", Family::kRsaPkcs1, Curve::kNone, HashAlgorithm::kSha384, 0},
    {KeyAlgorithm::kRs512, "RS512", Family::kRsaPkcs1, Curve::kNone, HashAlgorithm::kSha512, 0},
};

constexpr CurveTraits kCurves[] = {
    {Curve::kP256, "EC", "P-256", "prime256v1", 32},
    {Curve::kP384, "EC", "P-384", "secp384r1", 48},
    {Curve::kP521, "EC", "P-521", "secp521r1", 66},
    {Curve::kSecp256k1, "EC", "secp256k1", "secp256k1", 32},
    {Curve::kBrainpoolP256, "EC", "BP-256", "brainpoolP256r1", 32},
    {Curve::kEd25519, "OKP", "Ed25519", "ED25519", 32},
    {Curve::kEd448, "OKP", "Ed448", "ED448", 57},
};

constexpr bool TableIsInOrder() {
  for (size_t i = 0; i < sizeof(kAlgorithms) / sizeof(kAlgorithms[0]); ++i) {
    if (kAlgorithms[i].algorithm != static_cast<KeyAlgorithm>(i)) return false;
  }
  return true;
}
static_assert(TableIsInOrder(), "TraitsOf takes the algorithm for an index");

}  // namespace

const AlgorithmTraits& TraitsOf(KeyAlgorithm algorithm) { return kAlgorithms[static_cast<size_t>(algorithm)]; }

absl::string_view AlgorithmName(KeyAlgorithm algorithm) { return TraitsOf(algorithm).name; }

std::optional<KeyAlgorithm> FindAlgorithm(absl::string_view name) {
  if (name == "Ed25519") return KeyAlgorithm::kEdDsa;
  for (const AlgorithmTraits& traits : kAlgorithms) {
    if (traits.name == name) return traits.algorithm;
  }
  return std::nullopt;
}

const CurveTraits* TraitsOf(Curve curve) {
  for (const CurveTraits& traits : kCurves) {
    if (traits.curve == curve) return &traits;
  }
  return nullptr;
}

const CurveTraits* FindCurve(absl::string_view jwk_type, absl::string_view jwk_name) {
  for (const CurveTraits& traits : kCurves) {
    if (traits.jwk_type == jwk_type && traits.jwk_name == jwk_name) return &traits;
  }
  return nullptr;
}

const CurveTraits* FindCurveOfOpenssl(absl::string_view name) {
  for (const CurveTraits& traits : kCurves) {
    if (traits.openssl_name == name) return &traits;
  }
  return nullptr;
}

}  // namespace passerelle::proof
