// What sources write of workloads: rules credit.ects, workload.hours and workload.text.
#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

// Units of credit that free texts use for ECTS: English and Dutch, Finnish, Swedish, Italian, German, Estonian.
constexpr absl::string_view kCreditUnits[] = {"ECTS", "EC", "op", "sp", "CFU", "LP", "AP"};

constexpr absl::string_view kHourWords[] = {
#define HOUR_WORD(word) word,
#include "core/elm/rules/hour_words.def"
#undef HOUR_WORD
};

bool IsZeroDecimal(absl::string_view decimal) { return decimal.find_first_not_of("0.") == absl::string_view::npos; }

}  // namespace

std::optional<std::string> PlainDecimal(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  constexpr size_t kNumberBytesMax = 32;  // more digits mean nothing
  if (text.empty() || text.size() > kNumberBytesMax) return std::nullopt;
  if (text.find_first_not_of("0123456789.,") != absl::string_view::npos) return std::nullopt;
  const auto separators = std::count_if(text.begin(), text.end(), [](char c) { return c == '.' || c == ','; });
  if (separators > 1 || !absl::ascii_isdigit(text.front()) || !absl::ascii_isdigit(text.back())) return std::nullopt;
  return absl::StrReplaceAll(text, {{",", "."}});
}

std::optional<std::string> CreditPoints(absl::string_view text) {
  std::optional<std::string> points = PlainDecimal(text);
  if (points.has_value() && IsZeroDecimal(*points)) points.reset();
  return points;
}

bool IsEcts(absl::string_view scheme) { return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(scheme), "ects"); }

v3::CreditPoint EctsCredits(absl::string_view points) {
  v3::CreditPoint credit;
  credit.add_type("CreditPoint");
  const std::optional<v3::Concept> framework = ConceptOf(Vocabulary::kCreditSystem, kCreditSystemEcts);
  if (framework.has_value()) *credit.mutable_framework() = *framework;
  credit.set_point(std::string(points));
  return credit;
}

std::optional<std::string> HoursAsDuration(absl::string_view hours) {
  const std::optional<std::string> decimal = PlainDecimal(hours);
  double number = 0;
  if (!decimal.has_value() || !absl::SimpleAtod(*decimal, &number) || number > kHoursMax) return std::nullopt;
  const auto minutes = static_cast<int64_t>(std::llround(number * 60));
  if (minutes == 0) return std::nullopt;
  const std::string rest = minutes % 60 == 0 ? "" : absl::StrCat(minutes % 60, "M");
  const std::string whole = minutes / 60 == 0 ? "" : absl::StrCat(minutes / 60, "H");
  return absl::StrCat("PT", whole, rest);
}

bool HasThousandsOrDecimals(absl::string_view number) {
  constexpr size_t kGroup = 3;
  number = absl::StripAsciiWhitespace(number);
  size_t at = number.find_first_of(".,");
  // A number of thousands does not begin with zero.
  if (at == absl::string_view::npos || at == 0 || at > kGroup || number[0] == '0') return false;
  if (!std::all_of(number.begin(), number.begin() + static_cast<ptrdiff_t>(at), absl::ascii_isdigit)) return false;
  for (; at < number.size(); at += 1 + kGroup) {
    const absl::string_view group = number.substr(at + 1, kGroup);
    const bool whole = group.size() == kGroup && std::all_of(group.begin(), group.end(), absl::ascii_isdigit);
    if (!whole || (number[at] != '.' && number[at] != ',')) return false;
  }
  return true;
}

TextWorkload WorkloadOfText(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  constexpr size_t kTextBytesMax = 64;  // a number and a unit; sentences are for people
  if (text.empty() || text.size() > kTextBytesMax) return {};
  const std::optional<Duration> duration = ParseDuration(text);
  if (duration.has_value()) {
    // What counts months is a span of time, not an amount of work.
    const bool work = duration->months == 0 && duration->hours > 0 && !duration->negative;
    return work ? TextWorkload{TextWorkload::Kind::kDuration, std::string(text), ""} : TextWorkload{};
  }
  const size_t digits = text.find_first_not_of("0123456789.,");
  if (digits == absl::string_view::npos) return {};
  const absl::string_view number = text.substr(0, digits);
  const absl::string_view unit = absl::StripAsciiWhitespace(text.substr(digits));
  for (const absl::string_view credit : kCreditUnits) {
    if (!absl::EqualsIgnoreCase(unit, credit)) continue;
    const std::optional<std::string> points = CreditPoints(number);
    if (!points.has_value()) return {};
    return {TextWorkload::Kind::kCredits, *points, std::string(unit)};
  }
  if (std::find(std::begin(kHourWords), std::end(kHourWords), InSmallLetters(unit)) == std::end(kHourWords)) return {};
  if (HasThousandsOrDecimals(number)) return {TextWorkload::Kind::kText, "", "", true};
  const std::optional<std::string> hours = HoursAsDuration(number);
  if (!hours.has_value()) return {};
  return {TextWorkload::Kind::kDuration, *hours, ""};
}

std::optional<CreditRange> CreditsOfHours(base::Decimal hours, std::optional<base::Decimal> hours_per_credit) {
  using Rounding = base::Decimal::Rounding;
  const bool estimate = !hours_per_credit.has_value();
  const base::Decimal most = estimate ? *base::Decimal::Parse(kHoursPerCreditMost) : *hours_per_credit;
  const base::Decimal least = estimate ? *base::Decimal::Parse(kHoursPerCreditLeast) : *hours_per_credit;
  const std::optional<base::Decimal> low = hours.DividedBy(most, Rounding::kDown);
  const std::optional<base::Decimal> high = hours.DividedBy(least, Rounding::kUp);
  if (!low.has_value() || !high.has_value()) return std::nullopt;
  return CreditRange{*low, *high, estimate};
}

Reach Reaches(const CreditRange& credits, base::Decimal minimum) {
  if (!(credits.low < minimum)) return Reach::kYes;
  return credits.high < minimum ? Reach::kNo : Reach::kUnknown;
}

}  // namespace passerelle::elm
