#include "core/elm/rules/workload.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace passerelle::elm {
namespace {

// Digits of one component; more would overflow and mean nothing.
constexpr size_t kDigitsMax = 9;

struct Component {
  double number;
  char unit;
  bool fraction;
};

// Takes the next component ("12H") off the text; nullopt if there is none.
std::optional<Component> TakeComponent(absl::string_view& text) {
  size_t end = 0;
  bool fraction = false;
  while (end < text.size() && (absl::ascii_isdigit(text[end]) || text[end] == '.')) {
    if (text[end] == '.') {
      if (fraction || end == 0) return std::nullopt;
      fraction = true;
    }
    ++end;
  }
  if (end == 0 || end > 2 * kDigitsMax || end == text.size() || text[end - 1] == '.') return std::nullopt;
  if (!fraction && end > kDigitsMax) return std::nullopt;
  Component component{0, text[end], fraction};
  if (!absl::SimpleAtod(text.substr(0, end), &component.number)) return std::nullopt;
  text.remove_prefix(end + 1);
  return component;
}

// Reads the components of one half, which must come in the order of `units`. False if the text is not such a list.
template <typename Add>
bool TakeHalf(absl::string_view text, absl::string_view units, const Add& add) {
  size_t next = 0;
  while (!text.empty()) {
    const std::optional<Component> component = TakeComponent(text);
    if (!component.has_value()) return false;
    const size_t unit = units.find(component->unit, next);
    if (unit == absl::string_view::npos || (component->fraction && component->unit != 'S')) return false;
    next = unit + 1;
    add(*component);
  }
  return true;
}

std::string Counted(double number, absl::string_view unit) {
  return absl::StrCat(DescribeNumber(number), " ", unit, number == 1 ? "" : "s");
}

}  // namespace

std::optional<Duration> ParseDuration(absl::string_view text) {
  Duration duration;
  duration.negative = absl::StartsWith(text, "-");
  if (duration.negative) text.remove_prefix(1);
  if (!absl::StartsWith(text, "P")) return std::nullopt;
  text.remove_prefix(1);
  const size_t t = text.find('T');
  const absl::string_view date = text.substr(0, t);
  const absl::string_view time = t == absl::string_view::npos ? absl::string_view() : text.substr(t + 1);
  if (text.empty() || (t != absl::string_view::npos && time.empty())) return std::nullopt;
  const bool dates = TakeHalf(date, "YMD", [&duration](const Component& part) {
    if (part.unit == 'D') {
      duration.hours += 24 * part.number;
    } else {
      duration.months += static_cast<int64_t>(part.number) * (part.unit == 'Y' ? 12 : 1);
    }
  });
  const bool times = TakeHalf(time, "HMS", [&duration](const Component& part) {
    duration.hours += part.number / (part.unit == 'H' ? 1 : part.unit == 'M' ? 60 : 3600);
  });
  if (!dates || !times) return std::nullopt;
  return duration;
}

std::string DescribeDuration(const Duration& duration) {
  std::string text;
  if (duration.months != 0) text = Counted(static_cast<double>(duration.months), "month");
  if (duration.hours != 0 || text.empty()) {
    absl::StrAppend(&text, text.empty() ? "" : " and ", Counted(duration.hours, "hour"));
  }
  return absl::StrCat(duration.negative ? "minus " : "", text);
}

std::optional<double> ParseCredits(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  double number = 0;
  if (text.empty() || text.find_first_not_of("0123456789.+-") != absl::string_view::npos) return std::nullopt;
  if (!absl::SimpleAtod(text, &number) || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string DescribeNumber(double number) {
  std::string text = absl::StrFormat("%.2f", number);
  while (absl::EndsWith(text, "0")) text.pop_back();
  if (absl::EndsWith(text, ".")) text.pop_back();
  return text;
}

}  // namespace passerelle::elm
