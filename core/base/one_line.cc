#include "core/base/one_line.h"

#include <unicode/utf8.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace passerelle::base {
namespace {

bool IsControl(int32_t character) { return character < 0x20 || (character >= 0x7F && character < 0xA0); }

// Of lines and paragraphs.
bool IsSeparator(int32_t character) { return character == 0x2028 || character == 0x2029; }

// Bidi_Control of Unicode.
bool IsDirection(int32_t character) {
  return character == 0x061C || character == 0x200E || character == 0x200F ||
         (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

}  // namespace

std::string OneLine(absl::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    int32_t character = 0;
    U8_NEXT(text.data(), at, text.size(), character);
    if (character < 0) {
      at = begin + 1;
      absl::StrAppendFormat(&line, "\\x%02x", static_cast<unsigned char>(text[begin]));
    } else if (IsControl(character)) {
      absl::StrAppendFormat(&line, "\\x%02x", character);
    } else if (IsSeparator(character) || IsDirection(character)) {
      absl::StrAppendFormat(&line, "\\u%04x", character);
    } else {
      absl::StrAppend(&line, text.substr(begin, at - begin));
    }
  }
  return line;
}

}  // namespace passerelle::base
