// How offers lie in the store: one record each, in the group of its client while it is not over; and the nonces that
// were used.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "passerelle/wallet/v1/stored.pb.h"

namespace passerelle::wallet {

// Beside authorisations, whose ids are UUIDs, and which are due no longer once their end is filed.
inline constexpr base::Table kOfferTable = base::Table::kAuthorisation;
inline constexpr absl::string_view kUsedNoncePrefix = "offer/nonce/";

// How long it can be seen what became of an offer.
inline constexpr absl::Duration kOfferKept = absl::Hours(24);

absl::Status InsertOffer(const v1::StoredOffer& stored, base::Transaction& tx);
absl::Status UpdateOffer(const v1::StoredOffer& stored, base::Transaction& tx);

// Problem: kResourceNotFound at "id".
absl::StatusOr<v1::StoredOffer> LoadOffer(absl::string_view id, base::Transaction& tx);

// How many offers of a client are not over, up to `most`.
absl::StatusOr<int> CountOffers(absl::string_view client, int most, base::Transaction& tx);

// Until when something can be done with it: its code, or its token.
absl::Time EndOf(const v1::StoredOffer& stored);

// Ends it in a state: its secrets are erased, and the day set on which it is forgotten.
void ConcludeOffer(v1::OfferState state, absl::Time now, v1::StoredOffer* stored);

// Ends an offer whose time is over, or forgets one that has been kept long enough, or a nonce. Returns whether the
// record that is due is one of them.
absl::StatusOr<bool> ForgetOffer(const base::Record& due, absl::Time now, base::Transaction& tx);

}  // namespace passerelle::wallet
