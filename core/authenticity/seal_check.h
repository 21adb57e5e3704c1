// The check "seal": whether the content of a document is as it was signed. It says nothing about who signed: that is
// the check "signer", to which the result hands on what the signature proves.
//
// Thread-safety: a free function on values. Cost: linear in the size of the document, plus its signatures.
#pragma once

#include "absl/strings/string_view.h"
#include "core/authenticity/sealed.h"

namespace passerelle::authenticity {

// Judges seals of every family that is verified here. FAIL only when a signature does not verify, or a disclosure is
// none that the issuer signed; whatever the profile objects to, and a key that is not at hand, leaves the check UNKNOWN
// with its reason. Total: any bytes.
Sealed CheckSeal(absl::string_view content, const Evidence& evidence);

}  // namespace passerelle::authenticity
