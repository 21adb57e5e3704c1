// Workload: durations by xsd:duration, credit points, and what sources write of them.
//
// Three rules hold for every format. Credits stay the text that the source has. Hours never become credits, or credits
// hours, on the way through an adapter. How many hours a credit stands for belongs to the award: the ECTS Users' Guide
// names 25 to 30, awards with 20 exist, so that without a stated factor the answer is a range.
//
// A day counts 24 hours, because the EU's sealer writes PT60H as P2DT12H. Months and years are kept apart: how many
// hours of learning a month holds is not known, so it is never guessed.
//
//   const std::optional<std::string> point = CreditPoints("7,5");               // "7.5"
//   if (IsEcts(scheme) && point.has_value()) *spec->add_credit_point() = EctsCredits(*point);
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/decimal.h"
#include "passerelle/elm/v3/elm.pb.h"

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

// --- What sources write ---------------------------------------------------------------------------------------------

// A number as sources write it, for a field of text: the digits stay ("7.50"), a decimal comma becomes a point, blanks
// around it go. nullopt if it is none: signs, exponents and both kinds of point are none.
std::optional<std::string> PlainDecimal(absl::string_view text);

// Rule credit.ects: a number of credits; nullopt for none and for zero, which both count as missing.
std::optional<std::string> CreditPoints(absl::string_view text);

// Rule credit.ects: whether the source means ECTS. Any other scheme stays text and is never converted.
bool IsEcts(absl::string_view scheme);

// The node for a number of ECTS credits that CreditPoints gave.
v3::CreditPoint EctsCredits(absl::string_view points);

// Rule workload.hours: a number of hours as xsd:duration, "PT60H" or "PT7H30M"; a fraction is rounded to the minute.
// nullopt for no number, for zero, and for more than kHoursMax.
std::optional<std::string> HoursAsDuration(absl::string_view hours);
inline constexpr double kHoursMax = 1e6;  // more than a working life

// Whether a number of hours can be read in two ways: "1,200" and "1.500" are thousands for one half of Europe and
// decimals for the other. Such hours stay text, because the two differ by a factor of a thousand.
bool HasThousandsOrDecimals(absl::string_view number);

// Rule workload.text: what a free text says of the workload. "5 ECTS", "7,5 op", "125 Stunden", "PT125H"; all else is
// text for people, and the element counts as stated as text.
struct TextWorkload {
  enum class Kind { kText, kCredits, kDuration };
  Kind kind = Kind::kText;
  std::string value;       // points, or an xsd:duration
  std::string unit;        // as written: "ECTS", "op"; empty for durations
  bool ambiguous = false;  // stays a text because of HasThousandsOrDecimals
};
TextWorkload WorkloadOfText(absl::string_view text);

// --- Hours and credits compared (never written into a credential) ----------------------------------------------------

// The ECTS credits that a number of hours can stand for.
struct CreditRange {
  base::Decimal low;
  base::Decimal high;
  bool estimate = true;  // no factor was stated
};

// Hours per credit that are usual where an award states none.
inline constexpr absl::string_view kHoursPerCreditLeast = "25";
inline constexpr absl::string_view kHoursPerCreditMost = "30";

// The range of a number of hours by the award's own hours per credit, or by what is usual. nullopt for a factor of zero
// and for more than can be counted.
std::optional<CreditRange> CreditsOfHours(base::Decimal hours, std::optional<base::Decimal> hours_per_credit);

// Whether the credits reach a minimum: by the lower bound; unknown where the range contains the minimum.
enum class Reach { kYes, kNo, kUnknown };
Reach Reaches(const CreditRange& credits, base::Decimal minimum);

// --- For checks and tables
// --------------------------------------------------------------------------------------------

// A number of credits, written with a decimal point; nullopt if the text is none.
std::optional<double> ParseCredits(absl::string_view text);

// A number as people write it: no trailing zeros, at most two decimals.
std::string DescribeNumber(double number);

}  // namespace passerelle::elm
