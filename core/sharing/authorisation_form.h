// What an authorisation that is to be recorded has to state.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"

namespace passerelle::sharing {

// Whether a log-in can have this level of assurance by Regulation (EU) 910/2014, Article 8, or it is left open.
bool IsAssuranceLevel(absl::string_view level);

// Problems at "authorisation.FIELD": kFieldMissing, kFieldInvalid.
absl::Status CheckForm(const v1::Authorisation& authorisation, absl::Time now);

}  // namespace passerelle::sharing
