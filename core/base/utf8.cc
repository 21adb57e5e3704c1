#include "core/base/utf8.h"

#include <simdjson.h>

#include "absl/strings/ascii.h"

namespace passerelle::base {

bool IsUtf8(absl::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::string ToUtf8(absl::string_view bytes) {
  if (IsUtf8(bytes)) return std::string(bytes);
  std::string text;
  for (const char c : bytes) {
    if (absl::ascii_isascii(static_cast<unsigned char>(c))) {
      text += c;
    } else {
      text += "\uFFFD";
    }
  }
  return text;
}

}  // namespace passerelle::base
