#include "core/base/json_scanner.h"

#include <cstdint>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace passerelle::base {
namespace {

// Length of the UTF-8 sequence at the start of the text; 0 if there is none that is valid (RFC 3629: no overlong forms,
// no surrogates, nothing above U+10FFFF).
size_t Utf8Length(absl::string_view text) {
  const auto byte = [text](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0}; };
  const auto follows = [&byte](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;
    if (first == 0xed && byte(1) > 0x9f) return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  std::optional<JsonFault> Run() {
    SkipBlanks();
    if (!Value(0)) return fault_;
    SkipBlanks();
    if (!AtEnd()) Fail("something stands after the end of the value");
    return fault_;
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Here() const { return AtEnd() ? '\0' : text_[at_]; }

  bool Fail(const char* detail, Reason reason = Reason::kJsonMalformed) {
    if (!fault_.has_value()) {
      // A byte that is no UTF-8 is the cause, whatever else was expected in its place.
      const bool utf8 = AtEnd() || Utf8Length(text_.substr(at_)) > 0;
      fault_ = utf8 ? JsonFault{at_, reason, detail} : JsonFault{at_, Reason::kJsonNotUtf8, "bytes that are not UTF-8"};
    }
    return false;
  }

  void SkipBlanks() {
    while (!AtEnd() && (Here() == ' ' || Here() == '\t' || Here() == '\n' || Here() == '\r')) ++at_;
  }

  bool Value(size_t depth) {
    if (AtEnd()) return Fail("the text ends where a value is expected");
    switch (Here()) {
      case '{':
        return Object(depth + 1);
      case '[':
        return Array(depth + 1);
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  bool Object(size_t depth) {
    if (depth > kNestingMax) return Fail("", Reason::kInputTooDeep);
    ++at_;
    SkipBlanks();
    if (Here() == '}' && !AtEnd()) return ++at_, true;
    while (true) {
      SkipBlanks();
      if (Here() != '"') return Fail("the name of a member is expected, in double quotes");
      if (!String()) return false;
      SkipBlanks();
      if (Here() != ':') return Fail("a colon is expected after the name of a member");
      ++at_;
      SkipBlanks();
      if (!Value(depth)) return false;
      SkipBlanks();
      if (Here() == '}') return ++at_, true;
      if (Here() != ',') return Fail("a comma or the end of the object is expected");
      ++at_;
    }
  }

  bool Array(size_t depth) {
    if (depth > kNestingMax) return Fail("", Reason::kInputTooDeep);
    ++at_;
    SkipBlanks();
    if (Here() == ']') return ++at_, true;
    while (true) {
      SkipBlanks();
      if (!Value(depth)) return false;
      SkipBlanks();
      if (Here() == ']') return ++at_, true;
      if (Here() != ',') return Fail("a comma or the end of the array is expected");
      ++at_;
    }
  }

  bool Word(absl::string_view word) {
    for (const char c : word) {
      if (Here() != c) return Fail("a value is expected");
      ++at_;
    }
    return true;
  }

  bool String() {
    ++at_;
    while (!AtEnd()) {
      const char c = Here();
      if (c == '"') return ++at_, true;
      if (static_cast<uint8_t>(c) < 0x20) return Fail("a control character in a string that is not escaped");
      if (c == '\\') {
        if (!Escape()) return false;
        continue;
      }
      const size_t length = Utf8Length(text_.substr(at_));
      if (length == 0) return Fail("");
      at_ += length;
    }
    return Fail("the text ends inside a string");
  }

  bool Escape() {
    ++at_;
    if (Here() != 'u') {
      if (AtEnd() || !absl::StrContains("\"\\/bfnrt", Here())) {
        return Fail("an escape that JSON does not know");
      }
      ++at_;
      return true;
    }
    uint32_t unit = 0;
    if (!CodeUnit(unit)) return false;
    if (unit < 0xd800 || unit > 0xdfff) return true;
    if (unit > 0xdbff || Here() != '\\') return Fail("half of a surrogate pair");
    ++at_;
    if (Here() != 'u') return Fail("half of a surrogate pair");
    if (!CodeUnit(unit)) return false;
    return (unit >= 0xdc00 && unit <= 0xdfff) || Fail("half of a surrogate pair");
  }

  // Four hexadecimal digits after the "u".
  bool CodeUnit(uint32_t& unit) {
    ++at_;
    unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (AtEnd() || !absl::ascii_isxdigit(static_cast<unsigned char>(Here()))) {
        return Fail("four hexadecimal digits are expected");
      }
      const char c = absl::ascii_tolower(static_cast<unsigned char>(Here()));
      unit = unit * 16 + static_cast<uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
  }

  bool Digits() {
    const size_t start = at_;
    while (!AtEnd() && absl::ascii_isdigit(static_cast<unsigned char>(Here()))) ++at_;
    return at_ > start;
  }

  bool Number() {
    const size_t start = at_;
    if (Here() == '-') ++at_;
    if (Here() == '0') {
      ++at_;
      if (absl::ascii_isdigit(static_cast<unsigned char>(Here()))) return Fail("a number that begins with 0");
    } else if (!Digits()) {
      return Fail(at_ > start ? "a digit is expected" : "a value is expected");
    }
    bool integer = true;
    if (Here() == '.') {
      integer = false;
      ++at_;
      if (!Digits()) return Fail("a digit is expected after the decimal point");
    }
    if (Here() == 'e' || Here() == 'E') {
      integer = false;
      ++at_;
      if (Here() == '+' || Here() == '-') ++at_;
      if (!Digits()) return Fail("a digit is expected in the exponent");
    }
    return InRange(start, integer);
  }

  bool InRange(size_t start, bool integer) {
    const absl::string_view token = text_.substr(start, at_ - start);
    bool in_range = false;
    if (integer) {
      int64_t number = 0;
      uint64_t unsigned_number = 0;
      in_range = absl::SimpleAtoi(token, &number) || absl::SimpleAtoi(token, &unsigned_number);
    } else {
      double number = 0;
      const auto result = absl::from_chars(token.data(), token.data() + token.size(), number);
      // Too small becomes 0, which is no fault; too large has no double.
      in_range = result.ec != std::errc::result_out_of_range || (number < 1 && number > -1);
    }
    if (in_range) return true;
    at_ = start;
    return Fail("a number beyond 64 bits");
  }

  const absl::string_view text_;
  size_t at_ = 0;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> FindJsonFault(absl::string_view text) { return Scanner(text).Run(); }

}  // namespace passerelle::base
