// The claims of a token of the W3C's first model that stand for members of the credential in its claim "vc" (Verifiable
// Credentials Data Model 1.1, 6.3.1, JWT decoding): exp for expirationDate, nbf for issuanceDate, iss for the issuer,
// jti for the id and sub for the id of the subject.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/elm/codec.h"

namespace passerelle::elm {

// What became of a claim. Rules:
//   claim.taken      the credential does not state it; the claim counts
//   claim.differs    the credential states something else; a date of the claim is put beside it, everything else stays
//   claim.malformed  no value of the kind that the claim has; not taken
struct ClaimFinding {
  std::string claim;  // "exp"
  Finding finding;    // its pointer is into the credential
};

struct DecodedClaims {
  std::string credential;  // as JSON, with what the claims add to it; empty when they add nothing
  std::vector<ClaimFinding> findings;
};

// Total. Both objects are of the document.
DecodedClaims DecodeClaims(const base::JsonDocument& document, simdjson::dom::object token,
                           simdjson::dom::object credential);

// Whether it is a claim that decoding looks at, or that belongs to the token alone (aud, iat).
bool IsRegisteredClaim(absl::string_view name);

}  // namespace passerelle::elm
