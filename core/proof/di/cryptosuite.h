// The cryptosuites of W3C Data Integrity that are verified: Data Integrity EdDSA and ECDSA Cryptosuites 1.0, and
// Ed25519Signature2020, which they replaced.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "core/proof/algorithm.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

enum class CanonicalForm { kRdfc, kJcs, kSelective };

struct Cryptosuite {
  absl::string_view name;  // the value of "cryptosuite", or the type of older proofs
  CanonicalForm form;
  bool is_eddsa;
};

// By the type of the proof and its "cryptosuite"; null for others.
const Cryptosuite* FindCryptosuite(absl::string_view type, absl::string_view cryptosuite);

// How a suite signs with a key: the hash is that of the canonical form too (for P-384 SHA-384, ECDSA
// Cryptosuites, 3.2).
struct SuiteAlgorithm {
  KeyAlgorithm algorithm;
  base::HashAlgorithm hash;
};

// None when the key is not of a kind that the suite takes.
std::optional<SuiteAlgorithm> AlgorithmOf(const Cryptosuite& suite, const PublicKey& key);

}  // namespace passerelle::proof
