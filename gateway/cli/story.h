// Text for people, as the demonstration tells its story: headings, wrapped paragraphs, and small tables.
//
// Thread-safety: a Story belongs to one thread.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

class Story {
 public:
  // Colours are for terminals only.
  Story(const Console& console, bool colours) : console_(console), colours_(colours) {}

  void Title(absl::string_view text);
  void Heading(absl::string_view text);
  // Wrapped; words longer than a line stay whole.
  void Paragraph(absl::string_view text);
  // An empty line.
  void Gap();
  // One line of a list.
  void Item(absl::string_view text);
  // A line of a table: cells as wide as stated, the last one as long as it is.
  void Row(const std::vector<std::pair<size_t, std::string>>& cells);
  // A name and its value.
  void Fact(absl::string_view name, absl::string_view value);
  // What came of a step.
  void Outcome(bool good, absl::string_view text);

 private:
  void Wrapped(absl::string_view first, absl::string_view other, absl::string_view text);
  std::string Coloured(absl::string_view code, absl::string_view text) const;

  const Console& console_;
  const bool colours_;
};

// The text cut to a number of characters of UTF-8, with "..." when something was cut; line breaks become blanks.
std::string Shortened(absl::string_view text, size_t characters_max);

}  // namespace passerelle::gateway
