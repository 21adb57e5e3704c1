// Rule markup.html: simple HTML without active content.
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/text.h"

namespace passerelle::adapters::elmo {
namespace {

// Elements that only mark up text; all others are taken out, and with the first list their content too.
constexpr absl::string_view kActive[] = {"script", "style", "iframe", "object", "embed", "form", "svg", "template"};
constexpr absl::string_view kHarmless[] = {
    "a",   "b",   "blockquote", "br",    "code", "dd", "div",   "dl", "dt", "em",  "h1",   "h2",
    "h3",  "h4",  "h5",         "h6",    "hr",   "i",  "li",    "ol", "p",  "pre", "span", "strong",
    "sub", "sup", "table",      "tbody", "td",   "th", "thead", "tr", "u",  "ul"};

template <size_t kSize>
bool Contains(const absl::string_view (&names)[kSize], absl::string_view name) {
  for (const absl::string_view one : names) {
    if (one == name) return true;
  }
  return false;
}

// The address of a link if it leads to the web.
std::string LinkOf(absl::string_view tag) {
  const std::string lower = absl::AsciiStrToLower(tag);
  const size_t href = lower.find(" href=");
  if (href == std::string::npos || href + 7 >= lower.size()) return "";
  const char quote = lower[href + 6];
  if (quote != '"' && quote != '\'') return "";
  const size_t end = tag.find(quote, href + 7);
  if (end == absl::string_view::npos) return "";
  const absl::string_view address = tag.substr(href + 7, end - href - 7);
  return IsWebAddress(address) ? absl::StrCat(" href=\"", address, "\"") : "";
}

}  // namespace

std::string StripActiveContent(absl::string_view html) {
  const std::string lower = absl::AsciiStrToLower(html);
  std::string result;
  size_t at = 0;
  while (at < html.size()) {
    const size_t open = html.find('<', at);
    absl::StrAppend(&result, html.substr(at, open - at));
    if (open == absl::string_view::npos) break;
    const size_t close = html.find('>', open);
    if (close == absl::string_view::npos) break;
    const absl::string_view tag = html.substr(open + 1, close - open - 1);
    const bool end_tag = !tag.empty() && tag[0] == '/';
    const absl::string_view rest = end_tag ? tag.substr(1) : tag;
    const std::string name = absl::AsciiStrToLower(rest.substr(0, rest.find_first_of(" \t\r\n/")));
    at = close + 1;
    if (Contains(kHarmless, name)) {
      absl::StrAppend(&result, end_tag ? "</" : "<", name, name == "a" && !end_tag ? LinkOf(tag) : "", ">");
    } else if (!end_tag && Contains(kActive, name)) {
      const size_t end = lower.find(absl::StrCat("</", name), at);
      at = end == std::string::npos ? html.size() : end;
    }
  }
  return std::string(absl::StripAsciiWhitespace(result));
}

}  // namespace passerelle::adapters::elmo
