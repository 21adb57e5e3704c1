// XAdES with trust: whose certificate it is, by a path to an anchor, and when the signature existed, by its
// time-stamps. The same as core/proof/jades does for JSON.
//
//   const TrustedXades seen = VerifyXades(bytes, trust, clock.Now());
//   if (seen.seal.signature.accepted() && seen.trusted) Map(seen.seal.signature.content);
//
// Thread-safety: a free function on values; SealTrust is const after filling and can be shared.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/x509/signer_check.h"
#include "core/proof/xml/xades.h"

namespace passerelle::proof {

struct TrustedXades {
  XadesVerification seal;  // with what is to be said of certificate and time-stamps among its findings
  // What holds, where seal.level is what is carried: T with a time-stamp that verifies, LT with the evidence that the
  // certificate was good. LTA is not told: the archive time-stamps are not verified.
  XadesLevel level = XadesLevel::kNone;
  std::optional<Certificate> signer;
  bool trusted = false;                   // there is a path to an anchor, at the best time
  std::optional<absl::Time> proven_time;  // of the earliest time-stamp of a trusted authority
  RevocationAnswer revocation;            // by the evidence in the document
};

// Total: any bytes. A certificate is judged at the earliest proven time of the signature, or at `at` without one. The
// content stands in the seal as soon as the signature verifies, whoever made it, as it does for JSON.
TrustedXades VerifyXades(absl::string_view bytes, const SealTrust& trust, absl::Time at);

}  // namespace passerelle::proof
