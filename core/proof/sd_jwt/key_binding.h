// The key binding of an SD-JWT (RFC 9901, 4.3 and 7.3): the holder's signature over just what is presented, for one
// receiver and one request. It can be checked without the issuer's key; that the issuer named the holder's key is then
// still to be shown.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/base/selective_disclosure.h"
#include "core/proof/finding.h"
#include "core/proof/public_key.h"
#include "core/proof/sd_jwt/sd_jwt.h"

namespace passerelle::proof {

// The holder's key, as the claims of a credential have it in "cnf" (RFC 7800, 3.2). Problems: kKeyBinding at "cnf",
// kKeyUnusable.
absl::StatusOr<PublicKey> ConfirmedKey(simdjson::dom::object claims);

// Whether the key binding of `parts`, which have one, is by the key that the claims name, over what is presented, and
// for that receiver and request if a demand says which. Problems: kKeyBinding with the member, kJwsMalformed, those of
// base::JsonDocument and of the key; its age goes to the findings, as kKeyBindingOld.
absl::Status CheckKeyBinding(const base::SdJwtParts& parts, base::HashAlgorithm hash, simdjson::dom::object claims,
                             const std::optional<KeyBindingDemand>& demand, absl::Time at, Findings& findings);

}  // namespace passerelle::proof
