// The ten principles of Annex II of the Recommendation, each with its evidence or none. A checklist judges nobody: that
// no evidence is stated says nothing about a provider.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "passerelle/catalogue/v1/principles.pb.h"

namespace passerelle::catalogue {

// Years after which a review of relevance counts as old where the provider names none. The Recommendation sets no
// number; three years is the usual cycle of internal review.
inline constexpr uint32_t kReviewYears = 3;

// Always ten rows. `day` (yyyy-mm-dd) decides whether the review of relevance is old. kFieldMissing for "provider",
// kFieldInvalid for "day", "relevance_review", "deqar_id", an area that is none, or evidence that is no web address;
// kConfigInvalid for "type".
absl::StatusOr<v1::Checklist> ChecklistOf(const v1::ProviderProfile& profile, const std::string& day);

}  // namespace passerelle::catalogue
