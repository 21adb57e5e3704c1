// Counter-signatures ("cSig", TS 119 182-1, 5.3.2): signatures of others over the text of a signature. They say nothing
// about the signature itself, so a broken one takes nothing away from it.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"

namespace passerelle::proof {

// Checks one, compact or flattened, over the text of the signature that it stands in, with the certificate that it
// carries. Whether anybody trusts that certificate is not asked. Problems: kSignatureInvalid, also when it is attached
// to something else; kSignerCertificate; those of Jws.
absl::Status CheckCounterSignature(simdjson::dom::element value, absl::string_view signature_text);

}  // namespace passerelle::proof
