// Credentials as JSON Web Tokens: "Securing Verifiable Credentials using JOSE and COSE" for the data model 2.0, and the
// JWT encoding of the data model 1.1 (6.3.1), which Open Badges 3.0 and EBSI use.
//
// Thread-safety: a free function on values. Ownership: a verdict owns what it tells.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/finding.h"
#include "core/proof/jose/key_set.h"

namespace passerelle::proof {

struct VcJwtVerdict {
  bool verified = false;  // the signature, mathematically
  Findings findings;      // what the profile says of header, claims and times
  // The signed claims, and within them the credential or presentation; only if verified and readable.
  std::optional<base::JsonDocument> claims;
  std::optional<simdjson::dom::element> credential;

  bool Accepted() const { return verified && !findings.refused(); }
};

// Checks a compact token with keys of its issuer, as of a time. By the type of the token it is of the model 2.0
// ("vc+jwt", "vc-ld+jwt", for presentations "vp+jwt": the payload is the credential) or 1.1 ("JWT": the claim "vc"
// has it); no other type is taken, so that a token made for another use cannot serve as a credential. Nothing falls
// back to the other model, except that "JWT", or no type at all, may be on a payload that is a credential, as Open
// Badges 3.0 has it.
VcJwtVerdict VerifyVcJwt(absl::string_view token, const KeySet& keys, absl::Time at);

}  // namespace passerelle::proof
