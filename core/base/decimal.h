// Exact decimal numbers, as credits are counted in: binary floats would make three times 2.5 or 0.1 a matter of luck.
//
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::base {

class Decimal {
 public:
  // Zero.
  Decimal() = default;

  // Up to six digits, and after a point up to six more: "5", "7.50". Nullopt for everything else: signs, exponents,
  // blanks and decimal commas, which another country reads as thousands.
  static std::optional<Decimal> Parse(absl::string_view text);

  // The shortest way to write it: "7.5".
  std::string ToString() const;

  // Nothing when the sum would be larger than can be counted.
  std::optional<Decimal> Plus(Decimal other) const;

  // The quotient, cut or raised to six digits after the point, so that what is below or above it stays so. Nothing when
  // the divisor is zero, or the quotient larger than can be counted.
  enum class Rounding { kDown, kUp };
  std::optional<Decimal> DividedBy(Decimal divisor, Rounding rounding) const;

  bool IsZero() const { return millionths_ == 0; }
  // The nearest binary number, for those who only show it.
  double ToDouble() const { return static_cast<double>(millionths_) / 1e6; }

  friend bool operator<(Decimal a, Decimal b) { return a.millionths_ < b.millionths_; }
  friend bool operator==(Decimal a, Decimal b) { return a.millionths_ == b.millionths_; }
  friend bool operator!=(Decimal a, Decimal b) { return !(a == b); }

 private:
  explicit Decimal(int64_t millionths) : millionths_(millionths) {}

  int64_t millionths_ = 0;
};

}  // namespace passerelle::base
