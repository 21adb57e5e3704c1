// What `passerelle check` says of the seal of a European credential. A document whose seal does not hold is not as it
// was issued, so that it does not conform either; whose seal it is, `passerelle verify` judges.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/elm/check_report.h"

namespace passerelle::gateway {

// Adds findings "seal.<reason>" to the conformance of a sealed document. A certificate that was not valid at the time
// is a matter of plausibility: the content may be as issued all the same.
void AddSealFindings(absl::string_view sealed, absl::Time at, elm::CheckResult* result);

}  // namespace passerelle::gateway
