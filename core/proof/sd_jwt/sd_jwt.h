// Verifying SD-JWT (RFC 9901) and SD-JWT VC (IETF draft-ietf-oauth-sd-jwt-vc), with key binding.
//
// Of a presentation three things are told apart: whether it is whole (the issuer's signature, every disclosure in its
// place, the holder's signature over just this), whether the profile takes it (type, algorithm, times, what must not be
// left to the holder), and what it says. The claims are those that were verified, and the only bytes to go on with.
//
// Thread-safety: a free function on values. Ownership: a verdict owns what it tells.
//
//   const SdJwtVerdict verdict = VerifySdJwt(text, keys, clock.Now(), {});
//   if (verdict.Accepted()) Use(*verdict.claims);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/finding.h"
#include "core/proof/jose/key_set.h"

namespace passerelle::proof {

// What a verifier asked the holder for, and must find in the key binding.
struct KeyBindingDemand {
  std::string audience;
  std::string nonce;
};

struct SdJwtDemands {
  // Take a token of any type, as RFC 9901 does by itself; otherwise it has to be an SD-JWT VC.
  bool any_type = false;
  // Without it, a key binding may be missing; one that is there has to be whole all the same.
  std::optional<KeyBindingDemand> key_binding;
};

struct SdJwtVerdict {
  bool verified = false;  // the issuer's signature, the disclosures and the key binding, as far as there is one
  Findings findings;
  // The claims with the disclosures in place; only if verified.
  std::optional<base::JsonDocument> claims;
  // JSON pointers into the claims: what the holder disclosed, and where something was withheld.
  std::vector<std::string> disclosed;
  std::vector<std::string> withheld;
  bool bound_to_holder = false;  // a key binding verified

  bool Accepted() const { return verified && !findings.refused(); }
};

SdJwtVerdict VerifySdJwt(absl::string_view text, const KeySet& issuer_keys, absl::Time at, const SdJwtDemands& demands);

}  // namespace passerelle::proof
