// The check "accreditation": whether the award was quality-assured on its date, by the registers in the trust bundle:
// reports of quality assurance, and the accreditations of issuers in EBSI. And the check "assessor": the same of
// whoever assessed, where that is not the body that awarded.
//
// Thread-safety: a free function on values.
#pragma once

#include "core/authenticity/sealed.h"
#include "core/elm/annex_one_reading.h"

namespace passerelle::authenticity {

// `reading` is null when the document cannot be read. FAIL only when a register says no: a report with a negative
// decision that holds on the date, or EBSI not having accredited the issuer for the type then. That no report covers
// the award is no statement about it, and UNKNOWN.
v1::Check CheckAccreditation(const Sealed& sealed, const elm::Reading* reading, const Evidence& evidence);

// PASS when those that awarded have assessed themselves, and when a report covers every other assessor on the date of
// the award. Otherwise UNKNOWN, with the first assessor that is open: ASSESSOR_UNRESOLVED when the registers do not
// have them, NO_EVIDENCE when there are no registers. Never FAIL: who assessed does not make a document false.
v1::Check CheckAssessor(const elm::Reading* reading, const Evidence& evidence);

}  // namespace passerelle::authenticity
