// Whether a certificate was revoked, by lists of its issuer (RFC 5280, 5) that were fetched beforehand.
//
// Thread-safety: a free function on values; lists can be shared.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/proof/status/status_check.h"
#include "core/proof/status/status_lists.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

// What the newest of the lists at the addresses says of a certificate now. Only a list that its issuer has signed
// counts. Fresh until its nextUpdate, and at most kStatusStaleMax after its making; its age counts from its making. A
// revocation counts however old the list. Without a list that counts: kUnknown with kNoEvidence.
StatusOutcome CheckCertificateStatus(const Certificate& certificate, const Certificate& issuer,
                                     absl::Span<const std::string> addresses, const StatusLists& lists, absl::Time now);

}  // namespace passerelle::proof
