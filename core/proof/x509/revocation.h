// Whether a certificate was revoked, by evidence that is at hand: revocation lists (RFC 5280) and answers of OCSP
// (RFC 6960). Nothing is fetched.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

// In DER, as documents carry it. OCSP is either a whole response or the basic response in it.
struct RevocationEvidence {
  std::vector<std::string> revocation_lists;
  std::vector<std::string> ocsp_responses;
};

enum class RevocationStatus { kGood, kRevoked, kUnknown };

struct RevocationAnswer {
  RevocationStatus status = RevocationStatus::kUnknown;
  absl::Time as_of = absl::InfinitePast();  // when the evidence was made
  std::optional<absl::Time> next_update;    // when newer evidence is promised by
  std::optional<absl::Time> revoked_at;
};

// What the evidence says of a certificate. Only what its issuer, or a responder that the issuer delegated, has signed
// counts; of several pieces the newest. A revocation after `at` does not count.
RevocationAnswer CheckRevocation(const Certificate& certificate, const Certificate& issuer,
                                 const RevocationEvidence& evidence, absl::Time at);

}  // namespace passerelle::proof
