// How requests for presentations lie in the store: one record each, in the group of the open ones of its client until
// something came of it, and due when its time is over or when it is to be forgotten.
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

// How long what came of a request stays for the client to fetch. Personal data: a case that is opened with it has its
// own copy.
inline constexpr absl::Duration kPresentationKept = absl::Hours(24);

absl::Status InsertPresentation(const v1::StoredPresentation& stored, base::Transaction& tx);
absl::Status UpdatePresentation(const v1::StoredPresentation& stored, base::Transaction& tx);

// Problem: kResourceNotFound at "id".
absl::StatusOr<v1::StoredPresentation> LoadPresentation(absl::string_view id, base::Transaction& tx);

// How many requests of a client are open, up to `most`.
absl::StatusOr<int> CountOpen(absl::string_view client, int most, base::Transaction& tx);

// Ends it in a state: what only an open request needs is erased, and the day set on which it is forgotten.
void Conclude(v1::PresentationState state, absl::Time now, v1::StoredPresentation* stored);

// Ends a request whose time is over, or forgets one that has been kept long enough. Returns whether the record that is
// due is one.
absl::StatusOr<bool> ForgetPresentation(const base::Record& due, absl::Time now, base::Transaction& tx);

}  // namespace passerelle::wallet
