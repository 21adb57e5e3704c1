#include "core/base/xml_scan.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml_encoding.h"

namespace passerelle::base {
namespace {

constexpr absl::string_view kWhite = " \t\r\n";

// What a byte is, for loops that look at every one.
enum ByteClass : uint8_t { kWhiteByte = 1, kNameEndByte = 2, kControlByte = 4 };

constexpr std::array<uint8_t, 256> ByteClasses() {
  std::array<uint8_t, 256> classes{};
  for (size_t c = 0; c < 0x20; ++c) classes[c] = kControlByte;
  for (const char c : {' ', '\t', '\r', '\n'}) classes[static_cast<uint8_t>(c)] = kWhiteByte | kNameEndByte;
  for (const char c : {'/', '>', '=', '<', '"', '\'', '&', '?'}) classes[static_cast<uint8_t>(c)] = kNameEndByte;
  return classes;
}
constexpr std::array<uint8_t, 256> kByteClasses = ByteClasses();

bool Is(ByteClass of, char c) { return (kByteClasses[static_cast<uint8_t>(c)] & of) != 0; }

bool IsWhiteByte(char c) { return Is(kWhiteByte, c); }

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// Whether a number after "&#" names a character that XML allows.
bool IsCharacterReference(absl::string_view number) {
  const bool hexadecimal = !number.empty() && number[0] == 'x';
  if (hexadecimal) number.remove_prefix(1);
  uint32_t code = 0;
  for (const char c : number) {
    const bool digit = hexadecimal ? absl::ascii_isxdigit(c) : absl::ascii_isdigit(c);
    if (!digit || code > 0x10FFFF) return false;
    const uint32_t value = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    code = code * (hexadecimal ? 16 : 10) + value;
  }
  return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF) ||
         (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

class XmlScanner {
 public:
  explicit XmlScanner(absl::string_view text) : text_(text) {}

  absl::Status Scan() {
    while (at_ < text_.size()) RETURN_IF_ERROR(text_[at_] == '<' ? ScanMarkup() : ScanText());
    if (!open_.empty()) return Malformed(at_, "an element is not closed");
    if (!root_seen_) return Malformed(at_, "there is no element");
    return absl::OkStatus();
  }

 private:
  struct OpenElement {
    absl::string_view name;
    size_t prefixes;  // how many of declared_ were in force outside it
  };

  absl::Status Malformed(size_t at, absl::string_view detail) const {
    return Problem(Reason::kXmlMalformed, XmlLineAndColumn(text_, at), detail);
  }

  bool StartsWith(absl::string_view what) const { return text_.substr(at_, what.size()) == what; }

  // Moves behind the next `end`, which must exist.
  absl::Status SkipBehind(absl::string_view end, absl::string_view detail) {
    const size_t found = text_.find(end, at_);
    if (found == absl::string_view::npos) return Malformed(at_, detail);
    RETURN_IF_ERROR(CheckCharacters(at_, found));
    at_ = found + end.size();
    return absl::OkStatus();
  }

  absl::Status CheckCharacters(size_t from, size_t to) const {
    for (size_t i = from; i < to; ++i) {
      if (Is(kControlByte, text_[i])) return Malformed(i, "a control character");
    }
    return absl::OkStatus();
  }

  // Entities must be one of the five that need no declaration, or a character reference.
  absl::Status CheckReferences(size_t from, size_t to) const {
    const absl::string_view run = text_.substr(from, to - from);  // not the text: the whole stays linear
    for (size_t i = run.find('&'); i != absl::string_view::npos; i = run.find('&', i + 1)) {
      const size_t end = run.find(';', i);
      const absl::string_view name = end == absl::string_view::npos ? "" : run.substr(i + 1, end - i - 1);
      const bool known = name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "apos" ||
                         (name.size() > 1 && name[0] == '#' && IsCharacterReference(name.substr(1)));
      if (!known) return Malformed(from + i, "an entity that is not defined");
    }
    return absl::OkStatus();
  }

  absl::Status ScanText() {
    const size_t from = at_;
    at_ = std::min(text_.find('<', at_), text_.size());
    const absl::string_view run = text_.substr(from, at_ - from);
    if (open_.empty() && run.find_first_not_of(kWhite) != absl::string_view::npos) {
      return Malformed(from + run.find_first_not_of(kWhite), "text outside the root element");
    }
    RETURN_IF_ERROR(CheckCharacters(from, at_));
    const size_t section_end = run.find("]]>");
    if (section_end != absl::string_view::npos) return Malformed(from + section_end, "]]> in a text");
    return CheckReferences(from, at_);
  }

  absl::Status ScanMarkup() {
    if (StartsWith("<!--")) return ScanComment();
    if (StartsWith("<![CDATA[")) {
      if (open_.empty()) return Malformed(at_, "a CDATA section outside the root element");
      return SkipBehind("]]>", "a CDATA section is not closed");
    }
    if (StartsWith("<!DOCTYPE")) return Problem(Reason::kXmlDoctype, XmlLine(text_, at_));
    if (StartsWith("<!")) return Malformed(at_, "a declaration");
    if (StartsWith("<?")) {
      if (at_ > 0 && StartsWith("<?xml") && text_.size() > at_ + 5 && Is(kNameEndByte, text_[at_ + 5])) {
        return Malformed(at_, "an XML declaration that is not at the beginning");
      }
      return SkipBehind("?>", "a processing instruction is not closed");
    }
    return StartsWith("</") ? ScanEndTag() : ScanStartTag();
  }

  absl::Status ScanComment() {
    const size_t begin = at_;
    const size_t dashes = text_.find("--", at_ + 4);
    if (dashes == absl::string_view::npos) return Malformed(begin, "a comment is not closed");
    if (text_.substr(dashes, 3) != "-->") return Malformed(dashes, "-- in a comment");
    RETURN_IF_ERROR(CheckCharacters(begin, dashes));
    at_ = dashes + 3;
    return absl::OkStatus();
  }

  void SkipWhite() {
    while (at_ < text_.size() && IsWhiteByte(text_[at_])) ++at_;
  }

  absl::StatusOr<absl::string_view> ScanName() {
    const size_t from = at_;
    while (at_ < text_.size() && !Is(kNameEndByte, text_[at_])) ++at_;
    const absl::string_view name = text_.substr(from, at_ - from);
    const size_t colon = name.find(':');
    const bool one_colon =
        colon == absl::string_view::npos || (name.find(':', colon + 1) == absl::string_view::npos &&
                                             colon + 1 < name.size() && IsNameStart(name[colon + 1]));
    if (name.empty() || !IsNameStart(name[0]) || !one_colon) return Malformed(from, "a name was expected");
    RETURN_IF_ERROR(CheckCharacters(from, at_));
    return name;
  }

  absl::Status ScanEndTag() {
    const size_t begin = at_;
    at_ += 2;
    ASSIGN_OR_RETURN(const absl::string_view name, ScanName());
    SkipWhite();
    if (at_ >= text_.size() || text_[at_] != '>') return Malformed(at_, "the end tag is not closed");
    ++at_;
    if (open_.empty() || open_.back().name != name) return Malformed(begin, "the end tag has no start tag");
    Close();
    return absl::OkStatus();
  }

  void Close() {
    while (declared_.size() > open_.back().prefixes) {
      --in_force_[declared_.back()];
      declared_.pop_back();
    }
    open_.pop_back();
  }

  absl::Status ScanStartTag() {
    const size_t begin = at_++;
    if (open_.empty() && root_seen_) return Malformed(begin, "a second root element");
    root_seen_ = true;
    ASSIGN_OR_RETURN(const absl::string_view name, ScanName());
    if (open_.size() >= kNestingMax) return Problem(Reason::kInputTooDeep, XmlLine(text_, begin));
    open_.push_back({name, declared_.size()});
    attributes_.clear();
    while (true) {
      const bool white = at_ < text_.size() && IsWhiteByte(text_[at_]);
      SkipWhite();
      if (at_ >= text_.size()) return Malformed(begin, "the start tag is not closed");
      if (text_[at_] == '>' || StartsWith("/>")) break;
      if (!white) return Malformed(at_, "white space was expected");
      if (attributes_.size() >= kXmlAttributesMax) {
        return Problem(Reason::kInputTooLarge, XmlLine(text_, begin), "too many attributes");
      }
      RETURN_IF_ERROR(ScanAttribute());
    }
    RETURN_IF_ERROR(CheckNames(name, begin));
    nodes_ += 1 + attributes_.size();
    if (nodes_ > kXmlNodesMax) return Problem(Reason::kInputTooLarge, XmlLine(text_, begin), "too many nodes");
    const bool empty = text_[at_] == '/';
    at_ += empty ? 2 : 1;
    if (empty) Close();
    return absl::OkStatus();
  }

  absl::Status ScanAttribute() {
    ASSIGN_OR_RETURN(const absl::string_view name, ScanName());
    SkipWhite();
    if (at_ >= text_.size() || text_[at_] != '=') return Malformed(at_, "= was expected");
    ++at_;
    SkipWhite();
    if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return Malformed(at_, "a quote was expected");
    const size_t from = at_ + 1;
    const size_t to = text_.find(text_[at_], from);
    if (to == absl::string_view::npos) return Malformed(at_, "an attribute is not closed");
    const size_t less = text_.substr(from, to - from).find('<');
    if (less != absl::string_view::npos) return Malformed(from + less, "< in an attribute");
    RETURN_IF_ERROR(CheckCharacters(from, to));
    RETURN_IF_ERROR(CheckReferences(from, to));
    attributes_.push_back(name);
    if (name.substr(0, 6) == "xmlns:") {
      declared_.push_back(name.substr(6));
      ++in_force_[declared_.back()];
    }
    at_ = to + 1;
    return absl::OkStatus();
  }

  // Attributes must differ, and prefixes must be declared.
  absl::Status CheckNames(absl::string_view element, size_t begin) {
    RETURN_IF_ERROR(CheckPrefix(element, begin));
    for (const absl::string_view attribute : attributes_) {
      if (attribute.substr(0, 6) != "xmlns:") RETURN_IF_ERROR(CheckPrefix(attribute, begin));
    }
    std::sort(attributes_.begin(), attributes_.end());
    if (std::adjacent_find(attributes_.begin(), attributes_.end()) != attributes_.end()) {
      return Malformed(begin, "two attributes of the same name");
    }
    return absl::OkStatus();
  }

  absl::Status CheckPrefix(absl::string_view name, size_t begin) const {
    const size_t colon = name.find(':');
    if (colon == absl::string_view::npos) return absl::OkStatus();
    const absl::string_view prefix = name.substr(0, colon);
    const auto found = in_force_.find(prefix);
    if (prefix == "xml" || (found != in_force_.end() && found->second > 0)) return absl::OkStatus();
    return Malformed(begin, "a namespace prefix that is not declared");
  }

  const absl::string_view text_;
  size_t at_ = 0;
  size_t nodes_ = 0;
  bool root_seen_ = false;
  std::vector<OpenElement> open_;
  std::vector<absl::string_view> attributes_;
  std::vector<absl::string_view> declared_;               // prefixes of the open elements, in order
  absl::flat_hash_map<absl::string_view, int> in_force_;  // how often a prefix is declared by open elements
};

}  // namespace

absl::Status ScanXml(absl::string_view text) { return XmlScanner(text).Scan(); }

}  // namespace passerelle::base
