#include "core/base/json_peek.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "core/base/limits.h"

namespace passerelle::base {
namespace {

// End of the value at the start of the text, as far as brackets and quotes tell.
size_t ValueEnd(absl::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i;
      --depth;
    } else if (c == ',' && depth == 0) {
      return i;
    }
  }
  return text.size();
}

}  // namespace

std::optional<JsonPeek> JsonPeek::Of(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  text = absl::StripLeadingAsciiWhitespace(text);
  if (absl::ConsumePrefix(&text, "[")) text = absl::StripLeadingAsciiWhitespace(text);
  if (!absl::ConsumePrefix(&text, "{")) return std::nullopt;
  JsonPeek peek;
  while (peek.members_.size() < kPeekMembersMax) {
    text = absl::StripLeadingAsciiWhitespace(text);
    if (!absl::ConsumePrefix(&text, "\"")) return peek;
    const size_t quote = text.find('"');
    if (quote == absl::string_view::npos) return peek;
    const absl::string_view name = text.substr(0, quote);
    text = absl::StripLeadingAsciiWhitespace(text.substr(quote + 1));
    if (!absl::ConsumePrefix(&text, ":")) return peek;
    text = absl::StripLeadingAsciiWhitespace(text);
    const size_t end = ValueEnd(text);
    peek.members_.emplace_back(name, text.substr(0, end));
    text.remove_prefix(end);
    if (!absl::ConsumePrefix(&text, ",")) return peek;
  }
  return peek;
}

absl::string_view JsonPeek::Value(absl::string_view name) const {
  for (const auto& [member, value] : members_) {
    if (member == name) return value;
  }
  return "";
}

}  // namespace passerelle::base
