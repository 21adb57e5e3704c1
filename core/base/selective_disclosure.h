// Selective disclosure (RFC 9901): the parts of an SD-JWT, and the claims that come of putting the holder's disclosures
// into the places for which the issuer signed their digests. Nothing here looks at a signature: core/proof verifies,
// and an adapter reads what it is given; both put the claims together in this one way.
//
// A disclosure that belongs nowhere, or that says something twice, spoils the whole: what a verifier and a reader could
// see differently is refused.
//
// Thread-safety: free functions on values.
//
//   ASSIGN_OR_RETURN(const SdJwtParts parts, SplitSdJwt(text));
//   ASSIGN_OR_RETURN(const DisclosedClaims claims, ResolveDisclosures(payload, parts.disclosures));
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "core/base/json.h"

namespace passerelle::base {

// The parts of "<issuer's token>~<disclosure>~...~<key binding>", which point into the text.
struct SdJwtParts {
  absl::string_view token;
  std::vector<absl::string_view> disclosures;  // base64url, as sent
  absl::string_view key_binding;               // empty when there is none
  absl::string_view bound;                     // what a key binding is about: all up to the last tilde, included
};

// Strict: no white space, no part but the last empty, the last a token or nothing, at most kDisclosuresMax disclosures.
// Problem: kSdJwtMalformed.
absl::StatusOr<SdJwtParts> SplitSdJwt(absl::string_view text);

struct DisclosedClaims {
  std::string json;  // the claims with the disclosures in place, without a trace of how they came there
  // JSON pointers into `json`: what the holder disclosed, and the objects and arrays of which something was withheld.
  // Decoys cannot be told from what was withheld.
  std::vector<std::string> disclosed;
  std::vector<std::string> withheld;
  HashAlgorithm hash = HashAlgorithm::kSha256;  // of the digests, and of a key binding's
};

// RFC 9901, 7.1, steps 3 and 4, on an issuer's payload. Problem: kDisclosure, with the place in the payload, or
// "disclosure N" counted from 0, or without a place where the pointers would take more than kTokenBytesMax;
// kInputTooDeep.
absl::StatusOr<DisclosedClaims> ResolveDisclosures(const JsonDocument& payload,
                                                   const std::vector<absl::string_view>& disclosures);

}  // namespace passerelle::base
