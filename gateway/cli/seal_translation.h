// The seal that `passerelle translate --seal` puts on its result.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/document/translate.h"
#include "gateway/cli/document_commands.h"

namespace passerelle::gateway {

// The sealed result: JAdES for "elm", B-T with a time-stamp and B-B without; an enveloped XML signature for "elmo".
// Problems: kKeyUnusable, kCertificateExpired, and of the time-stamp kNoEvidence when the authority does not answer,
// kTimeStampInvalid and kTimeStampMalformed.
absl::StatusOr<std::string> SealTranslation(const document::Translated& translated, const SealRequest& request);

}  // namespace passerelle::gateway
