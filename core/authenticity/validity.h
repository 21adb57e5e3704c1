// Whether a European credential is within the validity that it states itself.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/time/time.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::authenticity {

// The check "validity": validFrom and issuanceDate must have come, validUntil and expirationDate must not. A time
// without a zone is taken at its earliest and at its latest; where the two disagree the outcome is UNKNOWN, and so it
// is for a text that is no time. NOT_STATED when the credential states none of them.
v1::Check CheckValidity(const elm::v3::EuropeanDigitalCredential& credential, absl::Time at);

}  // namespace passerelle::authenticity
