// Exact decimal numbers, as credits are counted in: binary floats would make three times 2.5 or 0.1 a matter of luck.
//
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::recognition {

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

  friend bool operator<(Decimal a, Decimal b) { return a.millionths_ < b.millionths_; }
  friend bool operator==(Decimal a, Decimal b) { return a.millionths_ == b.millionths_; }
  friend bool operator!=(Decimal a, Decimal b) { return !(a == b); }

 private:
  explicit Decimal(int64_t millionths) : millionths_(millionths) {}

  int64_t millionths_ = 0;
};

}  // namespace passerelle::recognition
