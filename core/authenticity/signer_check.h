// The check "signer": whether whoever made the seal may speak for the issuer that the document names, at the time of
// the signature, by the trust bundle. Only a binding of the bundle, or the identifier of the organisation in a
// qualified certificate (ETSI EN 319 412-1, 5.1.4), says so; a key that certifies itself says nothing about who.
//
// Thread-safety: a free function on values.
#pragma once

#include "core/authenticity/sealed.h"
#include "core/elm/annex_one_reading.h"

namespace passerelle::authenticity {

// `reading` is of the signed content as the adapter of its format reads it; null when it cannot be read. PASS when the
// signer may speak for everybody whom the document names as its issuer or as having awarded. FAIL when the bundle knows
// who may and the signer is not among them, was not then, or its key or certificate was withdrawn. UNKNOWN otherwise.
v1::Check CheckSigner(const Sealed& sealed, const elm::Reading* reading, const Evidence& evidence,
                      const v1::VerdictPolicy& policy);

}  // namespace passerelle::authenticity
