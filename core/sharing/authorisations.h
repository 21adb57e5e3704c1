// Sharing authorisations, kept on the node from which personal data would leave (Recommendation, point 5(g)).
//
// Thread-safety: thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"

namespace passerelle::sharing {

// What a credential id of an authorisation begins with when it names a document by its digest.
inline constexpr absl::string_view kDigestPrefix = "sha256:";

class Authorisations {
 public:
  struct Options {
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
  };
  explicit Authorisations(Options options) : options_(options) {}

  // `client` is the authenticated caller; request ids count per client, and an authorisation is there for the client
  // that recorded it and for no other one: kResourceNotFound, as for an id that was never given. Problems:
  // kFieldMissing, kFieldInvalid, kRequestIdReused, kResourceNotFound, kEtagMismatch, kStoreUnavailable.
  // State and etag follow from the rest: an authorisation whose time has not begun is ACTIVE, and cannot be used yet.
  absl::StatusOr<v1::Authorisation> Create(absl::string_view client, const v1::CreateAuthorisationRequest& request);
  absl::StatusOr<v1::Authorisation> Get(absl::string_view client, absl::string_view id);
  absl::StatusOr<v1::Authorisation> Withdraw(absl::string_view client, const v1::WithdrawAuthorisationRequest& request);
  absl::StatusOr<v1::ListUsesResponse> ListUses(absl::string_view client, absl::string_view id);

  // Who asks for what is authorised, what for, and by which message; none for a client of this node.
  struct Asked {
    std::string node;
    v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
    std::string message_id = {};
  };

  // Whether the authorisation covers this receiver and purpose now; uses it up by one in `tx` when `consume` is set,
  // and notes that for the holder.
  // Every reason why not is kAuthorisationInvalid; callers that answer other nodes turn it into kNotAvailable, so that
  // "declined" cannot be told from "absent".
  absl::StatusOr<v1::Authorisation> Use(base::Transaction& tx, absl::string_view id, const Asked& asked,
                                        bool consume) const;

  // The same for a client of this node, which uses its own authorisations only.
  absl::StatusOr<v1::Authorisation> UseOwn(base::Transaction& tx, absl::string_view client, absl::string_view id,
                                           const Asked& asked, bool consume) const;

  // Notes for the holder that it was asked for and refused, and why, which whoever asked is not told; does nothing
  // where there is no authorisation with this id.
  absl::Status NoteRefused(base::Transaction& tx, absl::string_view id, const Asked& asked) const;

  // Whether what was delivered to the receiver may still be handed on in parts: the authorisation is neither withdrawn
  // nor over. A use that was made does not matter. kAuthorisationInvalid.
  absl::Status CheckStands(base::Transaction& tx, absl::string_view id, absl::string_view receiver) const;

  // Records it under an id, a UUID in lower case that no other one has, as Create does under one that it makes.
  // Problems: those of CheckForm, kStoreUnavailable.
  static absl::Status Record(absl::string_view client, absl::string_view id, const v1::Authorisation& wished,
                             absl::Time now, base::Transaction& tx);
  // The authorisation of a client, within a transaction. kResourceNotFound.
  static absl::StatusOr<v1::Authorisation> ReadOwn(absl::string_view client, absl::string_view id, absl::Time now,
                                                   base::Transaction& tx);
  // From when on it cannot be used, as far as it is known by now: when it was withdrawn, or when its time is over.
  static absl::Time EndOf(const v1::Authorisation& authorisation);
  // Files those whose end has come, earliest first: they are due no longer, so that they are in nobody's way who looks
  // for what is due among the records of wallets, which lie in the same table. Looks at up to `limit` records. Returns
  // how many were filed.
  static absl::StatusOr<int> FileEnded(absl::Time now, int limit, base::Transaction& tx);
  // Ids of those that are filed and ended at or before `time`, up to `limit`, in the order in which they were filed;
  // those that were recorded or changed since authorisations have a time for this.
  static absl::StatusOr<std::vector<std::string>> EndedUntil(absl::Time time, int limit, base::Transaction& tx);
  // Withdraws it for the person whom it concerns; does nothing where it is withdrawn or not there.
  static absl::Status WithdrawForHolder(absl::string_view id, absl::Time now, base::Transaction& tx);
  // Deletes the record, and what was noted of its uses; does nothing where there is none.
  static absl::Status Erase(absl::string_view id, base::Transaction& tx);

 private:
  Options options_;
};

}  // namespace passerelle::sharing
