// Writes a European credential as an Open Badge 3.0 with the members of the profile educredentials.
//
// A badge is for one achievement in one language and has no seal of its own here: it is unsigned. What it has no place
// for is listed, and what only text can say goes into the narrative.
//
// Thread-safety: free function on values.
#pragma once

#include "absl/status/statusor.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::openbadges3 {

// Problems: kNothingAwarded without a learning achievement, kTitleMissing.
absl::StatusOr<document::Exported> WriteBadge(const elm::v3::EuropeanDigitalCredential& credential,
                                              const document::ExportOptions& options);

}  // namespace passerelle::adapters::openbadges3
