// Words, identifiers and dates as Open Badges 3.0 writes them.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/document/adapter.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::openbadges3 {

// What the profile's words mean; the way back is core/elm/rules/bridge.h.
struct Word {
  absl::string_view code;
  absl::string_view word;
  document::LossClass loss;
};
inline constexpr Word kModes[] = {{elm::kModeOnline, "online", document::kKept},
                                  {elm::kModeBlended, "blended", document::kKept},
                                  {elm::kModePresential, "onsite", document::kKept},
                                  {elm::kModeWorkBased, "work experience", document::kKept},
                                  {elm::kModeProjectBased, "project based", document::kKept},
                                  {elm::kModeResearchLab, "research lab based", document::kKept}};
inline constexpr Word kAssessments[] = {
    {elm::kAssessmentPortfolio, "portfolio", document::kKept},
    {elm::kAssessmentPracticalAssessment, "application of a skill", document::kWidened}};

// Whether the text can stand where a URI is demanded.
bool IsUri(absl::string_view text);

// The profile's dates end in Z or an offset, without a fraction of a second. Empty for what is no date.
std::string DateTimeOf(absl::string_view text);

// A name of a scheme in the enumeration of types of identifiers: one that is listed there, or an extension.
std::string ExtensionOf(absl::string_view scheme);

}  // namespace passerelle::adapters::openbadges3
