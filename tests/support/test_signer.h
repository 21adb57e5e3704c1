// Makes keys of any kind and signs with them, for tests of verifiers: on OpenSSL directly, apart from the product.
//
// Thread-safety: belongs to one thread.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "core/proof/algorithm.h"
#include "core/proof/public_key.h"

namespace passerelle::testing {

class TestSigner {
 public:
  // `rsa_bits` and `rsa_exponent` count for RSA only.
  explicit TestSigner(proof::KeyAlgorithm algorithm, int rsa_bits = 2048, unsigned int rsa_exponent = 65537);

  const proof::AlgorithmTraits& traits() const { return proof::TraitsOf(algorithm_); }
  std::string algorithm() const { return std::string(traits().name); }
  proof::PublicKey public_key() const;
  std::string SubjectPublicKeyInfo() const;
  EVP_PKEY* openssl() const { return key_.get(); }

  // As JWS has it: R||S for ECDSA.
  std::string Sign(absl::string_view input) const;
  // A compact token; the header gets "alg" when it is given as members without braces.
  std::string Token(absl::string_view header_members, absl::string_view payload) const;

 private:
  proof::KeyAlgorithm algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace passerelle::testing
