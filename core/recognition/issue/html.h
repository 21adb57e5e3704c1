// HTML that is written element by element, so that nothing that stands in a document can become markup.
//
// Texts are shown as they are, but for what could make a reader see something else than is there: control characters,
// and those that change the direction of the text around them, are shown as U+FFFD, in names too.
//
// Thread-safety: one object for one page. Ownership: the writer does not own the text it writes to.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::recognition {

// A text without what is named above; bytes that are no UTF-8 count as it too. Line breaks become blanks.
std::string PlainText(absl::string_view text);

// PlainText with the characters that have a meaning in HTML, in text and in quoted attributes, written as references.
std::string EscapeHtml(absl::string_view text);

class HtmlWriter {
 public:
  using Attributes = std::vector<std::pair<absl::string_view, absl::string_view>>;

  explicit HtmlWriter(std::string* out) : out_(out) {}

  // Tags and names of attributes are the program's own; values and texts can be anything.
  void Open(absl::string_view tag, const Attributes& attributes = {});
  void Close();
  // An element without content, such as meta.
  void Empty(absl::string_view tag, const Attributes& attributes);
  void Text(absl::string_view text) { out_->append(EscapeHtml(text)); }
  // An element with a text.
  void Element(absl::string_view tag, absl::string_view text, const Attributes& attributes = {});
  // What the program itself wrote, such as a style sheet.
  void Raw(absl::string_view text) { out_->append(text.data(), text.size()); }

 private:
  void Begin(absl::string_view tag, const Attributes& attributes);  // without the end of the tag

  std::string* const out_;
  std::vector<std::string> open_;
};

}  // namespace passerelle::recognition
