// The check "accreditation": whether the award was quality-assured on its date, by the registers in the trust bundle:
// reports of quality assurance, and the accreditations of issuers in EBSI.
//
// Thread-safety: a free function on values.
#pragma once

#include "core/authenticity/sealed.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::authenticity {

// `credential` is null when the document cannot be read. FAIL only when a register says no: a report with a negative
// decision that holds on the date, or EBSI not having accredited the issuer for the type then. That no report covers
// the award is no statement about it, and UNKNOWN.
v1::Check CheckAccreditation(const Sealed& sealed, const elm::v3::EuropeanDigitalCredential* credential,
                             const Evidence& evidence);

}  // namespace passerelle::authenticity
