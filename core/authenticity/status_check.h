// The check "status": whether the document was revoked or suspended, by the register that issued it, by the status
// lists that it names, and whether the certificate of its seal was.
//
// Lists are those of the trust bundle; nothing is fetched. A list that is too old leaves the status UNKNOWN with its
// age, unless it revokes, which is for good. What was revoked only after the time that is asked about, was not revoked
// then.
//
// Thread-safety: a free function on values.
#pragma once

#include <optional>

#include "core/authenticity/sealed.h"
#include "core/elm/annex_one_reading.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"

namespace passerelle::authenticity {

// `issued` is what the register says of a document that it confirms; null when it was not asked or does not. `reading`
// is as for CheckSigner. Without a statement of anybody NOT_STATED, if the signed content is known, and NO_EVIDENCE
// otherwise.
v1::Check CheckStatus(const v1::AuthenticityAnswer* issued, const Sealed& sealed, const elm::Reading* reading,
                      const Evidence& evidence, const v1::VerdictPolicy& policy);

}  // namespace passerelle::authenticity
