#include "core/proof/di/cryptosuite.h"

namespace passerelle::proof {
namespace {

constexpr Cryptosuite kSuites[] = {
    {"eddsa-rdfc-2022", CanonicalForm::kRdfc, true},     {"eddsa-jcs-2022", CanonicalForm::kJcs, true},
    {"ecdsa-rdfc-2019", CanonicalForm::kRdfc, false},    {"ecdsa-jcs-2019", CanonicalForm::kJcs, false},
    {"ecdsa-sd-2023", CanonicalForm::kSelective, false},
};
constexpr Cryptosuite kEd25519Signature2020 = {"Ed25519Signature2020", CanonicalForm::kRdfc, true};

}  // namespace

const Cryptosuite* FindCryptosuite(absl::string_view type, absl::string_view cryptosuite) {
  if (type == kEd25519Signature2020.name) return cryptosuite.empty() ? &kEd25519Signature2020 : nullptr;
  if (type != "DataIntegrityProof") return nullptr;
  for (const Cryptosuite& suite : kSuites) {
    if (suite.name == cryptosuite) return &suite;
  }
  return nullptr;
}

std::optional<SuiteAlgorithm> AlgorithmOf(const Cryptosuite& suite, const PublicKey& key) {
  if (suite.is_eddsa) {
    if (key.curve() != Curve::kEd25519) return std::nullopt;
    return SuiteAlgorithm{KeyAlgorithm::kEdDsa, base::HashAlgorithm::kSha256};
  }
  if (key.curve() == Curve::kP256) return SuiteAlgorithm{KeyAlgorithm::kEs256, base::HashAlgorithm::kSha256};
  if (key.curve() == Curve::kP384 && suite.form != CanonicalForm::kSelective) {
    return SuiteAlgorithm{KeyAlgorithm::kEs384, base::HashAlgorithm::kSha384};
  }
  return std::nullopt;
}

}  // namespace passerelle::proof
