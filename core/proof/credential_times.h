// The dates within credentials of the data models 1.1 and 2.0, judged as of a time.
//
// Thread-safety: free functions on values.
#pragma once

#include <simdjson.h>

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/finding.h"

namespace passerelle::proof {

enum class Bound { kBegin, kEnd };

// A member that names a date and time, with or without an offset (without one it is taken to be UTC): refuses what is
// no date, and a begin after `at` or an end before it by more than base::kTokenClockSkew. A member that is not there is
// fine.
void CheckDate(simdjson::dom::object members, absl::string_view name, Bound bound, absl::Time at, Findings& findings);

// validFrom and issuanceDate, validUntil and expirationDate.
void CheckCredentialTimes(simdjson::dom::object credential, absl::Time at, Findings& findings);

// The id of a value that is an id or an object with one, such as an issuer; empty if there is none.
absl::string_view IdOf(std::optional<simdjson::dom::element> value);

}  // namespace passerelle::proof
