#include "core/recognition/issue/html.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace passerelle::recognition {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
// Format characters that spelling needs: soft hyphen, and the two that join letters or keep them apart.
constexpr UChar32 kSoftHyphen = 0x00AD;
constexpr UChar32 kNonJoiner = 0x200C;
constexpr UChar32 kJoiner = 0x200D;

bool Misleads(UChar32 character) {
  if (character == kSoftHyphen || character == kNonJoiner || character == kJoiner) return false;
  switch (u_charType(character)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_SURROGATE:
    case U_UNASSIGNED:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return true;
    default:
      return false;
  }
}

bool Blank(UChar32 character) { return character == '\n' || character == '\r' || character == '\t'; }

}  // namespace

std::string PlainText(absl::string_view text) {
  std::string plain;
  const char* const bytes = text.data();
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    const int32_t begin = i;
    UChar32 character = 0;
    U8_NEXT(bytes, i, size, character);
    if (character < 0 || (Misleads(character) && !Blank(character))) {
      absl::StrAppend(&plain, kReplacement);
    } else if (Blank(character)) {
      plain.push_back(' ');
    } else {
      plain.append(bytes + begin, static_cast<size_t>(i - begin));
    }
  }
  return plain;
}

std::string EscapeHtml(absl::string_view text) {
  return absl::StrReplaceAll(PlainText(text),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

void HtmlWriter::Begin(absl::string_view tag, const Attributes& attributes) {
  absl::StrAppend(out_, "<", tag);
  for (const auto& [name, value] : attributes) absl::StrAppend(out_, " ", name, "=\"", EscapeHtml(value), "\"");
}

void HtmlWriter::Open(absl::string_view tag, const Attributes& attributes) {
  Begin(tag, attributes);
  out_->append(">");
  open_.emplace_back(tag);
}

void HtmlWriter::Close() {
  absl::StrAppend(out_, "</", open_.back(), ">\n");
  open_.pop_back();
}

void HtmlWriter::Empty(absl::string_view tag, const Attributes& attributes) {
  Begin(tag, attributes);
  // Closed as in XML, so that XML tools can read the page too.
  out_->append("/>\n");
}

void HtmlWriter::Element(absl::string_view tag, absl::string_view text, const Attributes& attributes) {
  Open(tag, attributes);
  Text(text);
  Close();
}

}  // namespace passerelle::recognition
