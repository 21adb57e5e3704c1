#include "core/base/decimal.h"

#include <limits>

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace passerelle::base {
namespace {

constexpr size_t kDigits = 6;  // on each side of the point
constexpr int64_t kOne = 1'000'000;

std::optional<int64_t> ReadDigits(absl::string_view digits) {
  if (digits.empty() || digits.size() > kDigits) return std::nullopt;
  int64_t number = 0;
  for (const char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(absl::string_view text) {
  const size_t point = text.find('.');
  const std::optional<int64_t> whole = ReadDigits(text.substr(0, point));
  if (!whole.has_value()) return std::nullopt;
  if (point == absl::string_view::npos) return Decimal(*whole * kOne);
  const absl::string_view digits = text.substr(point + 1);
  std::optional<int64_t> fraction = ReadDigits(digits);
  if (!fraction.has_value()) return std::nullopt;
  for (size_t i = digits.size(); i < kDigits; ++i) *fraction *= 10;
  return Decimal(*whole * kOne + *fraction);
}

std::string Decimal::ToString() const {
  const int64_t whole = millionths_ / kOne;
  const int64_t fraction = millionths_ % kOne;
  if (fraction == 0) return absl::StrCat(whole);
  std::string digits = absl::StrCat(fraction);
  digits.insert(0, kDigits - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  return absl::StrCat(whole, ".", digits);
}

std::optional<Decimal> Decimal::Plus(Decimal other) const {
  if (millionths_ > std::numeric_limits<int64_t>::max() - other.millionths_) return std::nullopt;
  return Decimal(millionths_ + other.millionths_);
}

std::optional<Decimal> Decimal::DividedBy(Decimal divisor, Rounding rounding) const {
  if (divisor.millionths_ == 0) return std::nullopt;
  const absl::int128 scaled = absl::int128(millionths_) * kOne;
  absl::int128 quotient = scaled / divisor.millionths_;
  if (rounding == Rounding::kUp && scaled % divisor.millionths_ != 0) ++quotient;
  if (quotient > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return Decimal(static_cast<int64_t>(quotient));
}

}  // namespace passerelle::base
