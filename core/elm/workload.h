// Workload as credentials state it: durations by xsd:duration and credit points.
//
// A day counts 24 hours, because the EU's sealer writes PT60H as P2DT12H. Months and years are kept apart: how many
// hours of learning a month holds is not known, so it is never guessed.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

// A duration by xsd:duration.
struct Duration {
  bool negative = false;
  int64_t months = 0;  // years count twelve
  double hours = 0;    // days count 24
};

// Reads xsd:duration; nullopt if the text is none (weeks are none).
std::optional<Duration> ParseDuration(absl::string_view text);

// "60 hours", "3 months", "2 months and 12 hours".
std::string DescribeDuration(const Duration& duration);

// A number of credits, written with a decimal point; nullopt if the text is none.
std::optional<double> ParseCredits(absl::string_view text);

// A number as people write it: no trailing zeros, at most two decimals.
std::string DescribeNumber(double number);

}  // namespace passerelle::elm
