// Whether an item is what a pathway asks for. Three answers: what is not stated is unknown, never no.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/pathway/amount.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// In this order, so that the least of several answers is the answer to all of them together.
enum class Answer { kNo, kUnknown, kYes };

// Credits of an item by what it states: 0 to kAnyAmount where it states none.
struct Credits {
  Amount low = 0;
  Amount high = kAnyAmount;
};
Credits CreditsOf(const v1::Item& item);

// Whether the item's awarding body is the one with this identifier; unknown where the item names none.
Answer IsAwardedBy(const v1::Item& item, absl::string_view provider);

// Whether a field of study is the stated one of ISCED-F 2013, or below it. Unknown where the item states none, or only
// a broader one.
Answer IsInField(const v1::Item& item, absl::string_view field);

// Whether an item belongs to a scope: everything that the scope states has to hold.
Answer IsInScope(const v1::Item& item, const v1::Scope& scope);

// Whether an item is what an element asks for. An item without any identifier whose title is that of the element is
// unknown: a person can tell.
Answer IsElement(const v1::Item& item, const v1::Element& element);

// "of field 061, at level 5 or higher"; empty for all credits.
std::string DescribeScope(const v1::Scope& scope);

}  // namespace passerelle::pathway
