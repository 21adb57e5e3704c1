// A wallet's proof that it holds a key (OpenID4VCI 1.0, F.1): a token that the key has signed, for this issuer, with a
// nonce of this issuer.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/jose/header.h"
#include "core/proof/public_key.h"

namespace passerelle::wallet {

// Algorithms with which keys of wallets sign: ECDSA on the curves of NIST, and Ed25519.
const proof::JoseProfile& KeyProofProfile();

struct KeyProof {
  proof::PublicKey key;
  std::string nonce;  // that it was made with; to be checked
};

// The key is in the header, as "jwk" or in a name (did:jwk, did:key) as "kid". Problem: kWalletProof at "proofs.jwt[0]"
// and the member.
absl::StatusOr<KeyProof> ReadKeyProof(absl::string_view token, absl::string_view issuer, absl::Time now);

}  // namespace passerelle::wallet
