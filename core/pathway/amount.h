// Numbers of ECTS credits, exact, as whole millionths, so that sums and shares are no matter of rounding.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::pathway {

// Millionths of a credit.
using Amount = int64_t;

inline constexpr Amount kOneCredit = 1'000'000;
// More than any item can state (base::Decimal has six digits before the point): what is not stated may be anything.
inline constexpr Amount kAnyAmount = 1'000'000 * kOneCredit;

// Reads a decimal by base::Decimal, such as "7.5"; nullopt for other text.
std::optional<Amount> ParseAmount(absl::string_view text);

// "7.5"; "unknown" for what is no smaller than kAnyAmount.
std::string WriteAmount(Amount amount);

// "24", or "24 to 30", or "24 or more".
std::string WriteRange(Amount low, Amount high);

// Whether `part` is at least this fraction, in millionths, of `whole`. No rounding.
bool IsShare(Amount part, Amount whole, Amount fraction);

// "76.7 %", rounded down to a tenth so that no share looks larger than it is; "none" of nothing.
std::string WriteShare(Amount part, Amount whole);

}  // namespace passerelle::pathway
