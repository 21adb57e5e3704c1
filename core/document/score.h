// What a translation is worth for a decision, and what its loss may not be.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/document/v1/document.pb.h"

namespace passerelle::document {

// Whether an element is in the translation at all: stated, as text, or derived.
bool Survives(v1::ElementStatus status);

// TranslationReport.score.
uint32_t Score(const v1::TranslationReport& report);

// Elements by id or by name: "A1-M08", "level", "workload", "outcomes", "assessment", "quality-assurance"; "decision"
// stands for these five, on which a decision on recognition rests. kFieldInvalid for others.
absl::StatusOr<std::vector<std::string>> ElementsOf(const std::vector<std::string>& names);

// kLossRefused if the translation lacks one of the elements, by id.
absl::Status RefuseLoss(const v1::TranslationReport& report, const std::vector<std::string>& elements);

}  // namespace passerelle::document
