#include "core/pathway/amount.h"

#include <cmath>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/decimal.h"

namespace passerelle::pathway {

std::optional<Amount> ParseAmount(absl::string_view text) {
  const std::optional<base::Decimal> number = base::Decimal::Parse(text);
  if (!number.has_value()) return std::nullopt;
  // A decimal has at most twelve digits, which a double holds exactly enough for the nearest whole number to be right.
  return std::llround(number->ToDouble() * static_cast<double>(kOneCredit));
}

std::string WriteAmount(Amount amount) {
  if (amount >= kAnyAmount) return "unknown";
  std::string text = absl::StrFormat("%d.%06d", amount / kOneCredit, amount % kOneCredit);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string WriteRange(Amount low, Amount high) {
  if (low == high) return WriteAmount(low);
  if (high >= kAnyAmount) return absl::StrCat(WriteAmount(low), " or more");
  return absl::StrCat(WriteAmount(low), " to ", WriteAmount(high));
}

bool IsShare(Amount part, Amount whole, Amount fraction) {
  return absl::int128(part) * kOneCredit >= absl::int128(whole) * fraction;
}

std::string WriteShare(Amount part, Amount whole) {
  if (whole == 0) return "none";
  const auto tenths = static_cast<int64_t>(absl::int128(part) * 1000 / whole);
  return absl::StrCat(tenths / 10, ".", tenths % 10, " %");
}

}  // namespace passerelle::pathway
