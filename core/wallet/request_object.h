// The request that a wallet fetches and shows to its holder: a signed request object (RFC 9101; OpenID4VP 1.0, 5), and
// the link that leads to it.
//
// Thread-safety: free functions on values; a Verifier is const after making and can be shared.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/jades/sealer.h"
#include "passerelle/wallet/v1/stored.pb.h"

namespace passerelle::wallet {

// As whom the node asks wallets.
struct Verifier {
  std::string address;    // of the port for wallets, as wallets reach it; with https, without a slash at the end
  std::string client_id;  // with its prefix: "x509_hash:…" or "x509_san_dns:…", by the certificate of the signer
  std::shared_ptr<const proof::Sealer> signer;
};

// Bytes of a "wallet_nonce".
inline constexpr size_t kWalletNonceBytesMax = 256;

// "openid4vp://?client_id=…&request_uri=…&request_uri_method=post".
std::string WalletUri(const Verifier& verifier, absl::string_view id);

// The signed request object, with the nonce of the wallet if it gave one. Problems: kInputTooLarge at "wallet_nonce";
// kCertificateExpired when the signer's certificate is not valid; kKeyUnusable, kInternal.
absl::StatusOr<std::string> SignRequestObject(const Verifier& verifier, const v1::StoredPresentation& stored,
                                              absl::string_view wallet_nonce, absl::Time now);

}  // namespace passerelle::wallet
