// The preview on the side that would share, and the decision of the holder who has seen it.
//
// Whoever is logged in at the portal has to be the one for whom was asked: a request that somebody else looks at is
// over, and nothing can be authorised under it. Who it was asked for is deleted once that was compared; from then on
// the request belongs to a client and to one holder of the register.
//
// Thread-safety: thread-safe. Ownership: owns nothing of its options.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/registers/register.h"
#include "passerelle/sharing/v1/preview.pb.h"
#include "passerelle/sharing/v1/stored.pb.h"

namespace passerelle::sharing {

// Credentials of one holder that are looked at for those that are authorised. A busy life has a hundred.
inline constexpr int kHolderCredentialsMax = 2000;

class Previews {
 public:
  struct Options {
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    registers::Register* reg = nullptr;  // null: the node has nothing to share
  };
  explicit Previews(Options options) : options_(options) {}

  // `client` is the authenticated caller, a portal. Problems: kFieldMissing, kFieldInvalid; kResourceNotFound at
  // "token" for a request that is not open, or is another client's; kIdentitySwap at "holder", then and whenever that
  // request is asked for again; kRegisterUnavailable, kStoreUnavailable.
  absl::StatusOr<v1::PreviewAuthorisationResponse> Preview(absl::string_view client,
                                                           const v1::PreviewAuthorisationRequest& request);

  // The authorisation becomes the client's, as with Authorisations::Create. Request ids count per client. Problems:
  // those above, those of Authorisations::Create but at "authorisation"; kFieldMissing at
  // "authorisation.elements" where elements were asked for and none is named; kFieldInvalid at "token" for an approval
  // that no preview came before.
  absl::StatusOr<v1::DecideAuthorisationResponse> Decide(absl::string_view client,
                                                         const v1::DecideAuthorisationRequest& request);

 private:
  // Compares, and makes the request the client's.
  absl::StatusOr<v1::StoredRequest> Claim(absl::string_view client, const v1::PreviewAuthorisationRequest& request);
  absl::Status CheckHoldersOwn(const v1::DecideAuthorisationRequest& request, absl::string_view holder_reference) const;

  const Options options_;
};

}  // namespace passerelle::sharing
