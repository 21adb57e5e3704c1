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

// Translates, asks, evaluates, and writes what follows, unless the claim was lost meanwhile. The document that counts
// is the original: a translation made by the sender is never used.
absl::Status CheckCase(const CaseContext& context, const StoredCase& claimed);

}  // namespace passerelle::recognition
