// What the node says of itself to wallets that come for a credential (OpenID4VCI 1.0, 12; RFC 8414), and the offer that
// leads them there (4.1).
//
// Thread-safety: free functions on values; an Issuer is const after making and can be shared.
#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "core/proof/jades/sealer.h"

namespace passerelle::wallet {

// As whom the node issues.
struct Issuer {
  std::string address;  // of the port for wallets, as wallets reach it: the Credential Issuer Identifier
  std::string name;     // address of the authority, "iss" of what it issues
  std::shared_ptr<const proof::Sealer> seal;
};

// The one kind of credential that is issued.
inline constexpr char kDecisionConfiguration[] = "recognition-decision";
inline constexpr char kPreAuthorizedGrant[] = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
// Digits of a transaction code.
inline constexpr int kTransactionCodeDigits = 6;

// "/.well-known/openid-credential-issuer" and "/.well-known/oauth-authorization-server".
std::string IssuerMetadata(const Issuer& issuer);
std::string ServerMetadata(const Issuer& issuer);

std::string OfferJson(const Issuer& issuer, absl::string_view code, bool with_transaction_code);
// "openid-credential-offer://?credential_offer=…".
std::string OfferUri(absl::string_view offer_json);

}  // namespace passerelle::wallet
