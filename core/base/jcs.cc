#include "core/base/jcs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::base {
namespace {

namespace dom = simdjson::dom;

// Every integer up to this magnitude is a double.
constexpr uint64_t kExactIntegerMax = uint64_t{1} << 53;

bool IsExact(uint64_t magnitude) {
  if (magnitude <= kExactIntegerMax) return true;
  // A double has 53 significant bits: the magnitude must end in enough zeros.
  int low_zeros = 0;
  for (uint64_t rest = magnitude; (rest & 1) == 0; rest >>= 1) ++low_zeros;
  return (magnitude >> low_zeros) < kExactIntegerMax;
}

class Canonicalizer {
 public:
  absl::Status Append(dom::element element) {
    if (const auto object = AsObject(element)) return AppendObject(*object);
    if (const auto array = AsArray(element)) return AppendArray(*array);
    if (const auto text = AsString(element)) {
      AppendJsonString(*text, out_);
      return absl::OkStatus();
    }
    if (element.is_number()) return AppendNumber(element);
    bool value = false;
    const bool is_bool = element.get(value) == simdjson::SUCCESS;
    out_.append(is_bool ? (value ? "true" : "false") : "null");
    return absl::OkStatus();
  }

  std::string Take() { return std::move(out_); }

 private:
  absl::Status AppendObject(dom::object object) {
    std::vector<std::pair<absl::string_view, dom::element>> members;
    for (const dom::key_value_pair member : object) members.emplace_back(View(member.key), member.value);
    std::sort(members.begin(), members.end(),
              [](const auto& left, const auto& right) { return Utf16Less(left.first, right.first); });
    out_.push_back('{');
    bool first = true;
    for (const auto& [name, value] : members) {
      if (!first) out_.push_back(',');
      first = false;
      AppendJsonString(name, out_);
      out_.push_back(':');
      RETURN_IF_ERROR(Within(name, value));
    }
    out_.push_back('}');
    return absl::OkStatus();
  }

  absl::Status AppendArray(dom::array array) {
    out_.push_back('[');
    size_t index = 0;
    for (const dom::element entry : array) {
      if (index > 0) out_.push_back(',');
      RETURN_IF_ERROR(Within(absl::StrCat(index), entry));
      ++index;
    }
    out_.push_back(']');
    return absl::OkStatus();
  }

  // The pointer grows from the inside while a problem is handed out.
  absl::Status Within(absl::string_view token, dom::element value) {
    const absl::Status status = Append(value);
    if (status.ok()) return status;
    std::string pointer;
    AppendPointerToken(token, pointer);
    return Problem(ReasonOf(status), absl::StrCat(pointer, PlaceOf(status)));
  }

  absl::Status AppendNumber(dom::element element) {
    double number = 0;
    uint64_t magnitude = 0;
    int64_t whole = 0;
    if (element.is_int64() && element.get(whole) == simdjson::SUCCESS) {
      magnitude = whole < 0 ? uint64_t{0} - static_cast<uint64_t>(whole) : static_cast<uint64_t>(whole);
      number = static_cast<double>(whole);
    } else if (element.is_uint64() && element.get(magnitude) == simdjson::SUCCESS) {
      number = static_cast<double>(magnitude);
    } else if (element.get(number) != simdjson::SUCCESS) {
      return Problem(Reason::kInternal, "", "a number of no kind");
    }
    if (!IsExact(magnitude)) return Problem(Reason::kJsonNumberInexact, "");
    out_.append(EcmaScriptNumber(number));
    return absl::OkStatus();
  }

  std::string out_;
};

}  // namespace

bool Utf16Less(absl::string_view left, absl::string_view right) {
  const size_t shared = std::min(left.size(), right.size());
  size_t i = 0;
  while (i < shared && left[i] == right[i]) ++i;
  if (i == shared) return left.size() < right.size();
  const auto a = static_cast<uint8_t>(left[i]);
  const auto b = static_cast<uint8_t>(right[i]);
  // In UTF-16, what lies above U+FFFF (lead bytes from 0xf0) begins with a surrogate, which is less than U+E000 to
  // U+FFFF (lead bytes 0xee and 0xef).
  constexpr uint8_t kPrivateUse = 0xee;
  constexpr uint8_t kAstral = 0xf0;
  if (a >= kPrivateUse && b >= kPrivateUse && (a >= kAstral) != (b >= kAstral)) return a >= kAstral;
  return a < b;
}

std::string EcmaScriptNumber(double number) {
  if (number == 0) return "0";  // also for -0
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
  absl::string_view text(buffer.data(), static_cast<size_t>(end.ptr - buffer.data()));
  std::string out;
  if (text[0] == '-') {
    out.push_back('-');
    text.remove_prefix(1);
  }
  // d.ddde±xx: the digits, and n, the place of the decimal point after the first n digits (ECMA-262, 6.1.6.1.20).
  const size_t mark = text.find('e');
  std::string digits(1, text[0]);
  if (mark > 2) absl::StrAppend(&digits, text.substr(2, mark - 2));
  int exponent = 0;
  absl::string_view exponent_text = text.substr(mark + 1);
  if (exponent_text[0] == '+') exponent_text.remove_prefix(1);
  if (!absl::SimpleAtoi(exponent_text, &exponent)) return out;
  const int k = static_cast<int>(digits.size());
  const int n = exponent + 1;
  constexpr int kPlainMax = 21;
  constexpr int kPlainMin = -6;
  if (k <= n && n <= kPlainMax) return absl::StrCat(out, digits, std::string(static_cast<size_t>(n - k), '0'));
  if (0 < n && n <= kPlainMax) {
    return absl::StrCat(out, digits.substr(0, static_cast<size_t>(n)), ".", digits.substr(static_cast<size_t>(n)));
  }
  if (kPlainMin < n && n <= 0) return absl::StrCat(out, "0.", std::string(static_cast<size_t>(-n), '0'), digits);
  const int power = n - 1;
  absl::StrAppend(&out, digits.substr(0, 1), k > 1 ? "." : "", digits.substr(1));
  return absl::StrCat(out, "e", power < 0 ? "-" : "+", std::abs(power));
}

absl::StatusOr<std::string> CanonicalJson(dom::element element) {
  Canonicalizer canonicalizer;
  RETURN_IF_ERROR(canonicalizer.Append(element));
  return canonicalizer.Take();
}

}  // namespace passerelle::base
