// Rules markup.html and markup.plain: simple HTML without active content, or without any markup.
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/elm/rules/text.h"

namespace passerelle::elm {
namespace {

// Elements that only mark up text; all others are taken out, and with the first list their content too.
constexpr absl::string_view kActive[] = {"script", "style", "iframe", "object", "embed", "form", "svg", "template"};
constexpr absl::string_view kHarmless[] = {
    "a",   "b",   "blockquote", "br",    "code", "dd", "div",   "dl", "dt", "em",  "h1",   "h2",
    "h3",  "h4",  "h5",         "h6",    "hr",   "i",  "li",    "ol", "p",  "pre", "span", "strong",
    "sub", "sup", "table",      "tbody", "td",   "th", "thead", "tr", "u",  "ul"};

// Those of the harmless that stand within a word.
constexpr absl::string_view kInline[] = {"a", "b", "code", "em", "i", "span", "strong", "sub", "sup", "u"};

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

// Appends a character of Unicode as UTF-8; the replacement character for what is none.
void AppendUtf8(uint32_t code, std::string* out) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
  const auto byte = [out](uint32_t value) { out->push_back(static_cast<char>(value)); };
  const auto tail = [&byte](uint32_t value) { byte(0x80 | (value & 0x3F)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    tail(code);
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    tail(code >> 6);
    tail(code);
  } else {
    byte(0xF0 | code >> 18);
    tail(code >> 12);
    tail(code >> 6);
    tail(code);
  }
}

// The character of an entity's name ("amp", "#228", "#xE4"); false for others.
bool AppendEntity(absl::string_view name, std::string* out) {
  static constexpr std::pair<absl::string_view, absl::string_view> kNamed[] = {
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}};
  for (const auto& [known, text] : kNamed) {
    if (name != known) continue;
    absl::StrAppend(out, text);
    return true;
  }
  uint32_t code = 0;
  if (!absl::ConsumePrefix(&name, "#")) return false;
  const bool hex = absl::ConsumePrefix(&name, "x") || absl::ConsumePrefix(&name, "X");
  if (hex ? !absl::SimpleHexAtoi(name, &code) : !absl::SimpleAtoi(name, &code)) return false;
  AppendUtf8(code, out);
  return true;
}

}  // namespace

std::string PlainTextOf(absl::string_view html) {
  const std::string safe = StripActiveContent(html);
  constexpr size_t kEntityBytesMax = 10;  // "#x10FFFF" and one to spare
  std::string text;
  for (size_t at = 0; at < safe.size(); ++at) {
    const size_t end = safe[at] == '<' ? safe.find('>', at) : safe[at] == '&' ? safe.find(';', at) : std::string::npos;
    if (safe[at] == '<' && end != std::string::npos) {
      absl::string_view name = absl::string_view(safe).substr(at + 1, end - at - 1);
      absl::ConsumePrefix(&name, "/");
      if (!Contains(kInline, name.substr(0, name.find(' ')))) text.push_back(' ');  // a block ends a word
      at = end;
    } else if (safe[at] == '&' && end != std::string::npos && end - at <= kEntityBytesMax &&
               AppendEntity(absl::string_view(safe).substr(at + 1, end - at - 1), &text)) {
      at = end;
    } else {
      text.push_back(safe[at]);
    }
  }
  absl::RemoveExtraAsciiWhitespace(&text);
  return text;
}

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

}  // namespace passerelle::elm
