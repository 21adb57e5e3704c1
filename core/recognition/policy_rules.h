// The rules of a policy, one function each. policy.cc puts them in order.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/base/decimal.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Ids of the rules; that of a required element is the prefix and the element, "required-element-A1-M06".
inline constexpr absl::string_view kRequiredElementRule = "required-element-";
inline constexpr absl::string_view kLevelRule = "minimum-eqf-level";
inline constexpr absl::string_view kCreditsRule = "minimum-ects";
inline constexpr absl::string_view kAuthenticityRule = "authenticity";
inline constexpr absl::string_view kReadableRule = "document-readable";

// "Learning outcomes" for "A1-M06"; empty for what Annex I does not have.
absl::string_view ElementName(absl::string_view element);

// Whether an element of Annex I is there. What it says is never repeated: among the elements is the learner.
v1::RuleResult RequiredElement(const std::string& element, const document::v1::AnnexOneReport& annex_one);

// Whether every learning achievement stands at least at this level of the European Qualifications Framework.
v1::RuleResult MinimumLevel(uint32_t level, const elm::v3::EuropeanDigitalCredential& credential);

// Whether the learning achievements together earned at least this many ECTS credits.
v1::RuleResult MinimumCredits(base::Decimal credits, const elm::v3::EuropeanDigitalCredential& credential);

// Whether the issuing side confirms the document.
v1::RuleResult Authenticity(const authenticity::v1::AuthenticityVerdict& verdict);

}  // namespace passerelle::recognition
