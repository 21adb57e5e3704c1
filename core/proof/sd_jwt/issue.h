// Making SD-JWT VC: what an issuer signs, and how a holder presents it.
//
// Thread-safety: free functions on values.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/random.h"
#include "core/proof/key.h"

namespace passerelle::proof {

struct SdJwtContent {
  std::string claims;  // a JSON object, with "vct", "iss", "cnf" and all
  // JSON pointers into the claims to what the holder may withhold: members of objects, and elements of arrays.
  // Something withheld may itself hold something that may be withheld.
  std::set<std::string> withholdable;
  std::string key_id;  // for the header; empty for none
};

// The credential with all its disclosures, a salt of 128 bits each, and no decoys: "dc+sd-jwt", SHA-256. Digests are in
// the order of their text, which tells nothing. Problems: those of base::JsonDocument; kFieldInvalid for claims that
// are no object, that use a name of RFC 9901, or a pointer that leads nowhere; kClaimDisclosed for a claim that
// everybody must see; those of signing.
absl::StatusOr<std::string> IssueSdJwt(const SdJwtContent& content, const SigningKey& key, base::Random& random);

// The credential with those of its disclosures only. Problems: kSdJwtMalformed; kFieldInvalid for a number beyond them.
absl::StatusOr<std::string> PresentSdJwt(absl::string_view sd_jwt, const std::vector<size_t>& disclosures);

// The presentation with a key binding by the holder; its digest is SHA-256, as IssueSdJwt has it. Problems:
// kSdJwtMalformed, also for one that has a binding already; those of signing.
absl::StatusOr<std::string> BindSdJwt(absl::string_view presentation, const SigningKey& holder_key,
                                      absl::string_view audience, absl::string_view nonce, absl::Time at);

}  // namespace passerelle::proof
