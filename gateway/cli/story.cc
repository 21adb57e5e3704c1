#include "gateway/cli/story.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace passerelle::gateway {
namespace {

constexpr size_t kLineCharacters = 96;
constexpr absl::string_view kBold = "1";
constexpr absl::string_view kGreen = "32";
constexpr absl::string_view kYellow = "33";

bool StartsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

}  // namespace

std::string Shortened(absl::string_view text, size_t characters_max) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (Characters(line) <= characters_max) return line;
  size_t end = 0;
  for (size_t count = 0; end < line.size(); ++end) {
    if (StartsCharacter(line[end]) && count++ + 3 == characters_max) break;
  }
  return line.substr(0, end) + "...";
}

std::string Story::Coloured(absl::string_view code, absl::string_view text) const {
  return colours_ ? absl::StrCat("\033[", code, "m", text, "\033[0m") : std::string(text);
}

void Story::Title(absl::string_view text) {
  console_.out << "\n" << Coloured(kBold, text) << "\n" << std::string(Characters(text), '=') << "\n\n";
}

void Story::Heading(absl::string_view text) {
  console_.out << "\n" << Coloured(kBold, text) << "\n" << std::string(Characters(text), '-') << "\n\n";
  console_.out.flush();
}

void Story::Wrapped(absl::string_view first, absl::string_view other, absl::string_view text) {
  std::string line(first);
  size_t used = Characters(first);
  bool fresh = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const size_t width = Characters(word);
    if (!fresh && used + 1 + width > kLineCharacters) {
      console_.out << line << "\n";
      line = std::string(other);
      used = Characters(other);
      fresh = true;
    }
    if (!fresh) line += ' ';
    absl::StrAppend(&line, word);
    used += width + (fresh ? 0 : 1);
    fresh = false;
  }
  console_.out << line << "\n";
}

void Story::Paragraph(absl::string_view text) {
  Wrapped("", "", text);
  console_.out << "\n";
}

void Story::Gap() { console_.out << "\n"; }

void Story::Item(absl::string_view text) { Wrapped("  - ", "    ", text); }

void Story::Row(const std::vector<std::pair<size_t, std::string>>& cells) {
  std::string line = "  ";
  for (const auto& [width, text] : cells) {
    const std::string shown = width == 0 ? text : Shortened(text, width);
    line += shown;
    if (width == 0) break;
    line.append(width - Characters(shown) + 2, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  console_.out << line << "\n";
}

void Story::Fact(absl::string_view name, absl::string_view value) {
  Row({{22, std::string(name)}, {0, std::string(value)}});
}

void Story::Outcome(bool good, absl::string_view text) {
  console_.out << "\n" << Coloured(good ? kGreen : kYellow, text) << "\n";
  console_.out.flush();
}

}  // namespace passerelle::gateway
