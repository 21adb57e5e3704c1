// Rules markup.html and markup.plain: simple HTML without active content, or without any markup.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
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

// Elements of HTML that are taken out, and whose content stays.
constexpr absl::string_view kOther[] = {
    "abbr",    "acronym",  "address", "applet",   "area",   "article",    "aside",  "audio",    "base",     "big",
    "body",    "button",   "canvas",  "caption",  "center", "cite",       "col",    "colgroup", "del",      "details",
    "dfn",     "dialog",   "dir",     "fieldset", "figure", "figcaption", "font",   "footer",   "frame",    "frameset",
    "head",    "header",   "html",    "img",      "input",  "ins",        "kbd",    "label",    "legend",   "link",
    "main",    "map",      "mark",    "marquee",  "math",   "meta",       "nav",    "noscript", "optgroup", "option",
    "param",   "picture",  "q",       "s",        "samp",   "section",    "select", "small",    "source",   "strike",
    "summary", "textarea", "tfoot",   "time",     "title",  "track",      "tt",     "var",      "video",    "wbr"};

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

// An element of a word processor: "o:p".
bool IsPrefixed(absl::string_view name) {
  const size_t colon = name.find(':');
  return colon != absl::string_view::npos && colon + 1 < name.size() &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return absl::ascii_isalnum(c) || c == ':'; });
}

// What Markdown has in angle brackets: the beginning of a web address, or an e-mail address.
bool IsAddress(absl::string_view name) { return absl::EndsWith(name, ":") || absl::StrContains(name, '@'); }

// What begins like an element, a comment or a declaration.
struct Tag {
  absl::string_view text;  // behind the bracket that opens, up to the next one
  std::string name;        // in small letters; empty for comments and declarations
  bool ends = false;       // of an element
  bool closed = false;     // the next bracket closes it
};

// nullopt where the bracket at `open` is one of the text: "T < 0", "vector<int>". What has attributes is a tag whatever
// its name, since it may be active.
std::optional<Tag> TagAt(absl::string_view html, size_t open) {
  absl::string_view rest = html.substr(open + 1);
  Tag tag;
  tag.ends = absl::ConsumePrefix(&rest, "/");
  const bool letter = !rest.empty() && absl::ascii_isalpha(static_cast<unsigned char>(rest[0]));
  const bool declares = !tag.ends && (absl::StartsWith(rest, "!") || absl::StartsWith(rest, "?"));
  if (!letter && !declares) return std::nullopt;
  const size_t bracket = html.find_first_of("<>", open + 1);
  tag.text = html.substr(open + 1, bracket == absl::string_view::npos ? bracket : bracket - open - 1);
  tag.closed = bracket != absl::string_view::npos && html[bracket] == '>';
  if (declares) return tag;
  rest = tag.text.substr(tag.ends ? 1 : 0);
  tag.name = absl::AsciiStrToLower(rest.substr(0, rest.find_first_of(" \t\r\n/")));
  const bool known = Contains(kHarmless, tag.name) || Contains(kActive, tag.name) || Contains(kOther, tag.name);
  const bool other = absl::StrContains(rest, '=') || IsPrefixed(tag.name);
  return known || (other && !IsAddress(tag.name)) ? std::optional<Tag>(tag) : std::nullopt;
}

}  // namespace

bool HasMarkup(absl::string_view text) {
  for (size_t at = text.find('<'); at != absl::string_view::npos; at = text.find('<', at + 1)) {
    const auto tag = TagAt(text, at);
    if (tag.has_value() && !tag->name.empty()) return true;
    // A browser takes "<x:/onclick=y" for an element as well, and an address with "=" cannot be told from it.
    const absl::string_view rest = text.substr(at + 1, text.find_first_of("<>", at + 1) - at - 1);
    if (absl::StrContains(rest, '=') && (absl::ascii_isalpha(static_cast<unsigned char>(rest[0])) || rest[0] == '/')) {
      return true;
    }
  }
  return false;
}

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
    const auto tag = TagAt(html, open);
    if (!tag.has_value() || !tag->closed) {
      absl::StrAppend(&result, "&lt;");
      at = open + 1;
      continue;
    }
    at = open + tag->text.size() + 2;
    if (Contains(kHarmless, tag->name)) {
      const std::string link = tag->name == "a" && !tag->ends ? LinkOf(tag->text) : "";
      absl::StrAppend(&result, tag->ends ? "</" : "<", tag->name, link, ">");
    } else if (!tag->ends && Contains(kActive, tag->name)) {
      const size_t end = lower.find(absl::StrCat("</", tag->name), at);
      at = end == std::string::npos ? html.size() : end;
    }
  }
  return std::string(absl::StripAsciiWhitespace(result));
}

}  // namespace passerelle::elm
