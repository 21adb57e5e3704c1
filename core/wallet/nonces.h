// Nonces that wallets put into the proofs of their keys (OpenID4VCI 1.0, 7). Everybody may ask for one, so none is
// remembered before it was used: a nonce holds its time, and a digest with a key of the node's store.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"

namespace passerelle::wallet {

// How long a nonce may be used: a wallet asks for it at once before it is.
inline constexpr absl::Duration kNonceLife = absl::Minutes(5);

// The key, which is made at the first call.
absl::StatusOr<std::string> NonceKey(base::Random& random, base::Transaction& tx);

std::string MakeNonce(absl::string_view key, absl::Time now, base::Random& random);

// Whether it was made with the key, and not too long ago. Problem: kWalletProof at "nonce".
absl::Status CheckNonce(absl::string_view nonce, absl::string_view key, absl::Time now);

// Remembers that it was used, as long as it could be again. Problem: kWalletProof at "nonce" for one that was.
absl::Status UseNonce(absl::string_view nonce, absl::Time now, base::Transaction& tx);

}  // namespace passerelle::wallet
