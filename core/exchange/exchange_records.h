// How exchanges lie in the store: what lists show in one record, the documents and the signed answer in another, so
// that a list never reads documents.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::exchange {

// Writes a new exchange, which has neither documents nor an answer yet.
absl::Status InsertExchange(const v1::Exchange& exchange, base::Transaction& tx);

// Writes a changed exchange. `with_delivery` also writes its documents and answer, which happens once, at its end.
absl::Status UpdateExchange(const v1::Exchange& exchange, bool with_delivery, base::Transaction& tx);

// A delivery of which pieces are still missing: documents and answer, shown to nobody until it is whole.
absl::Status InsertArriving(const v1::Exchange& exchange, base::Transaction& tx);
// The exchange with them. kResourceNotFound.
absl::StatusOr<v1::Exchange> LoadArriving(absl::string_view id, base::Transaction& tx);
// Its end, whatever that is; the pieces stay.
absl::Status DeleteArriving(absl::string_view id, base::Transaction& tx);

// Deletes the documents and the answer of an exchange that has come to its end, and notes when; erasing again does
// nothing. Problems: kResourceNotFound; kFieldInvalid at "state" for a pending one.
absl::Status EraseDelivery(absl::string_view id, absl::Time now, base::Transaction& tx);

// The same for one that is erased whatever its state, because it was erased before the store was put back from a
// backup: a pending one fails, and takes no answer any more. kResourceNotFound.
absl::Status EraseAgain(absl::string_view id, absl::Time now, base::Transaction& tx);

// Ids of exchanges that ended at or before `time` and are not erased, earliest first. Only those that ended since
// exchanges have a time for this; older ones are erased by request.
absl::StatusOr<std::vector<std::string>> EndedUntil(absl::Time time, int limit, base::Transaction& tx);

// An exchange without documents and answer. kResourceNotFound.
absl::StatusOr<v1::Exchange> LoadExchange(absl::string_view id, base::Transaction& tx);

// The whole exchange. kResourceNotFound.
absl::StatusOr<v1::Exchange> LoadWholeExchange(absl::string_view id, base::Transaction& tx);

// The exchange of a record of a list.
absl::StatusOr<v1::Exchange> ReadExchange(const base::Record& record);

}  // namespace passerelle::exchange
