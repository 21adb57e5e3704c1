// Offers of decisions to the wallets of their holders, from the client that makes one to the wallet that fetches the
// credential (OpenID4VCI 1.0, with the pre-authorised code of 3.5).
//
// A code is used once and gives an access token, which is used once and gives the credential, bound to the key that the
// wallet proves to hold. The authority signs what the case says and nothing else, at the moment when it is fetched: a
// decision that was replaced or revoked meanwhile is not issued any more.
//
// Thread-safety: thread-safe. Ownership: owns nothing of its options but the issuer's seal.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/document/adapter.h"
#include "core/wallet/issuer_metadata.h"
#include "passerelle/recognition/v1/recognition.pb.h"
#include "passerelle/wallet/v1/stored.pb.h"
#include "passerelle/wallet/v1/wallet_service.pb.h"

namespace passerelle::wallet {

// How long a code may be used: a holder at a desk, or one who was sent a link.
inline constexpr absl::Duration kOfferLifeDefault = absl::Minutes(10);
inline constexpr absl::Duration kOfferLifeLeast = absl::Seconds(30);
inline constexpr absl::Duration kOfferLifeMost = absl::Hours(1);
// How long an access token may be used: the wallet goes on at once.
inline constexpr absl::Duration kTokenLife = absl::Minutes(5);
// Offers of one client that are not over.
inline constexpr int kOffersMax = 200;
// Wrong transaction codes and proofs before an offer fails: of a million codes, five are tried.
inline constexpr uint32_t kOfferRefusalsMax = 5;
// Bytes of what a wallet posts.
inline constexpr size_t kTokenRequestBytesMax = 16u << 10;
inline constexpr size_t kCredentialRequestBytesMax = 64u << 10;

class Offers {
 public:
  struct Options {
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    Issuer issuer = {};
    const document::Registry* adapters = nullptr;
    // A case that a client may see, with its document.
    std::function<absl::StatusOr<recognition::v1::RecognitionCase>(absl::string_view client, absl::string_view id)>
        find_case = {};
  };
  explicit Offers(Options options) : options_(std::move(options)) {}

  // For clients. `client` is the authenticated caller, who may decide; request ids count per client. Problems:
  // kFieldMissing, kFieldInvalid; those of finding the case, recognition::CheckIssuable, HolderOf and
  // DecisionAsStatement; kFieldInvalid at "decision_sha256" for another decision; kOverloaded for too many offers;
  // kRequestIdReused, kStoreUnavailable.
  absl::StatusOr<v1::Offer> Make(absl::string_view client, const v1::OfferDecisionRequest& request);
  // What another client offered is not there: kResourceNotFound at "id".
  absl::StatusOr<v1::Offer> Get(absl::string_view client, absl::string_view id);

  const Issuer& issuer() const { return options_.issuer; }

  // For wallets; what they return is JSON.
  // The token endpoint (6), with the body of a form. Problems: kGrantInvalid at "pre-authorized_code" or "tx_code";
  // kFieldMissing, kFieldInvalid, those of ReadForm; kStoreUnavailable.
  absl::StatusOr<std::string> Token(absl::string_view body);
  // The nonce endpoint (7). Problem: kStoreUnavailable.
  absl::StatusOr<std::string> Nonce();
  // The credential endpoint (8), with every value of "authorization". Problems: kGrantInvalid at "authorization";
  // kWalletProof, at "nonce" for one that has to be fetched anew; kFieldInvalid at "credential_configuration_id";
  // kFieldMissing, those of base::JsonDocument; those of Make about the case, for what cannot be issued any more.
  absl::StatusOr<std::string> Credential(const std::vector<std::string>& authorization, absl::string_view body);

 private:
  // The credential for a wallet's key; without a key, whether it could be made.
  absl::StatusOr<std::string> Sign(absl::string_view client, const v1::OfferDecisionRequest& wish,
                                   absl::string_view jwk, absl::Time now) const;
  absl::StatusOr<v1::StoredOffer> Redeemed(const std::vector<std::string>& authorization);
  // Counts a refused attempt, and returns why it was refused.
  absl::Status Refuse(absl::string_view id, const absl::Status& problem);

  const Options options_;
};

}  // namespace passerelle::wallet
