// The check of one case at the competent authority: what is asked, what follows, and what is written.
//
// Thread-safety: free functions; the store gives the isolation.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"

namespace passerelle::recognition {

// Takes up to `limit` due cases, so that no other caller takes them within the next minute.
absl::StatusOr<std::vector<StoredCase>> ClaimDueCases(const CaseContext& context, int limit);

// Looks at a claimed case, unless the claim was lost meanwhile. One that was not checked yet is: translates, asks,
// evaluates, and writes what follows; the document that counts is the original, a translation made by the sender is
// never used. In every other one a clock has run out, which is recorded and followed up.
absl::Status LookAtCase(const CaseContext& context, const StoredCase& claimed);

}  // namespace passerelle::recognition
