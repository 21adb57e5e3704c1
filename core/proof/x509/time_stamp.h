// Time-stamp tokens (RFC 3161, with RFC 5816): that some bytes existed at a time, by the word of an authority.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

struct TimeStamp {
  absl::Time time;
  // Whether the authority has a path to an anchor at that time. Without one the time is a mere claim.
  bool trusted = false;
};

// Checks a token, a CMS SignedData in DER, over the pieces one after another: the imprint (SHA-2), one signature that
// verifies with a certificate for time-stamping and nothing else, and the attribute that names that certificate.
// `others` are certificates to build paths with. Without anchors no token is trusted. Problems: kTimeStampInvalid with
// what is wrong, and kTimeStampMalformed when it cannot even be read.
absl::StatusOr<TimeStamp> VerifyTimeStamp(absl::string_view der, absl::Span<const absl::string_view> stamped,
                                          absl::Span<const Certificate> others, const TrustAnchors& anchors);

}  // namespace passerelle::proof
