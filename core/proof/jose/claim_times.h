// The times in the claims of a token (RFC 7519, 4.1), and what they mean as of a moment.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/finding.h"

namespace passerelle::proof {

// Seconds since 1970, possibly with a fraction (RFC 7519, 2); nothing for anything else.
std::optional<absl::Time> NumericDate(simdjson::dom::element value);

// "exp" and "nbf", with kTokenClockSkew; one that cannot be read is refused. An "iat" that is no number is only noted.
// Reasons: kExpired, kNotYetValid, kClaimInvalid.
void CheckClaimTimes(simdjson::dom::object claims, absl::Time at, Findings& findings);

}  // namespace passerelle::proof
