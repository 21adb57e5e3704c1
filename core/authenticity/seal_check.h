// The check "seal": whether the content of a document is as it was signed, with the key that the document names itself.
// It says nothing about whose key that is, so that an intact seal alone makes no document authentic.
//
// Thread-safety: a free function on values. Cost: linear in the size of the document, plus its signatures.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

// Judges seals of European credentials (JAdES), W3C Data Integrity proofs with self-certifying keys, and XML signatures
// that carry their certificate. FAIL only when a signature does not verify; whatever the profile objects to, and a key
// that is not at hand, leaves the check UNKNOWN with its reason. Total: any bytes.
v1::Check CheckSeal(absl::string_view content, absl::Time at);

}  // namespace passerelle::authenticity
