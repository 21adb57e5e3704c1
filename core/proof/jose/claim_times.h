// The times in the claims of a token (RFC 7519, 4.1) and in a credential, and what they mean as of a moment.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/finding.h"

namespace passerelle::proof {

// Seconds since 1970, possibly with a fraction (RFC 7519, 2); nothing for anything else.
std::optional<absl::Time> NumericDate(simdjson::dom::element value);

// One member that names a moment, read by `read`: before a begin or after an end the document is not valid. A member
// that cannot be read is refused. Reasons: kExpired, kNotYetValid, kClaimInvalid.
void CheckMoment(simdjson::dom::object members, absl::string_view name,
                 std::optional<absl::Time> (*read)(simdjson::dom::element), bool is_end, absl::Time at,
                 Findings& findings);

// "exp" and "nbf", with kTokenClockSkew; an "iat" that is no number is only noted.
void CheckClaimTimes(simdjson::dom::object claims, absl::Time at, Findings& findings);

// "validFrom", "issuanceDate", "validUntil" and "expirationDate".
void CheckCredentialTimes(simdjson::dom::object credential, absl::Time at, Findings& findings);

}  // namespace passerelle::proof
