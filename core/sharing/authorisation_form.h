// What an authorisation that is to be recorded has to state.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"

namespace passerelle::sharing {

// Problems at "authorisation.FIELD": kFieldMissing, kFieldInvalid.
absl::Status CheckForm(const v1::Authorisation& authorisation, absl::Time now);

}  // namespace passerelle::sharing
