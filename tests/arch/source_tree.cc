#include "tests/arch/source_tree.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace passerelle::arch {
namespace {

namespace fs = std::filesystem;

SourceFile MakeFile(std::string path, std::string text) {
  SourceFile file;
  file.lines = absl::StrSplit(text, '\n');
  if (!file.lines.empty() && file.lines.back().empty()) file.lines.pop_back();
  if (IsCpp(path)) file.code = CodeLines(text);
  file.path = std::move(path);
  file.text = std::move(text);
  return file;
}

bool Skipped(const std::string& name) {
  return name == "build" || name == "node_modules" || (absl::StartsWith(name, ".") && name != ".ci");
}

// Number of files below the folder; adds them.
size_t ReadFolder(const fs::path& root, const fs::path& folder, std::vector<SourceFile>* files,
                  std::vector<std::string>* empty) {
  size_t count = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (Skipped(name) || entry.is_symlink()) continue;
    const std::string path = fs::relative(entry.path(), root).generic_string();
    if (entry.is_directory()) {
      const size_t below = ReadFolder(root, entry.path(), files, empty);
      if (below == 0) empty->push_back(path);
      count += below;
      continue;
    }
    ++count;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files->push_back(MakeFile(path, text.str()));
  }
  return count;
}

// Walks over C++ text and blanks what is no code.
class Stripper {
 public:
  explicit Stripper(absl::string_view text) : text_(text) {}

  std::string Run() {
    while (at_ < text_.size()) {
      if (Ahead("//")) {
        BlankUntil("\n", false);
      } else if (Ahead("/*")) {
        BlankUntil("*/", true);
      } else if (Ahead("R\"") && !WordBefore()) {
        RawString();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !DigitBefore())) {
        Literal(text_[at_]);
      } else {
        code_.push_back(text_[at_++]);
      }
    }
    return std::move(code_);
  }

 private:
  bool Ahead(absl::string_view what) const { return absl::StartsWith(text_.substr(at_), what); }
  bool WordBefore() const { return !code_.empty() && (absl::ascii_isalnum(code_.back()) || code_.back() == '_'); }
  // 1'000 is no character literal.
  bool DigitBefore() const { return !code_.empty() && absl::ascii_isxdigit(code_.back()); }

  void Blank(size_t count) {
    for (; count > 0 && at_ < text_.size(); --count, ++at_) code_.push_back(text_[at_] == '\n' ? '\n' : ' ');
  }

  void BlankUntil(absl::string_view end, bool with_end) {
    const size_t found = text_.find(end, at_ + 2);
    if (found == absl::string_view::npos) return Blank(text_.size() - at_);
    Blank(found - at_ + (with_end ? end.size() : 0));
  }

  void RawString() {
    const size_t open = text_.find('(', at_);
    if (open == absl::string_view::npos) return Blank(2);
    BlankUntil(absl::StrCat(")", text_.substr(at_ + 2, open - at_ - 2), "\""), true);
  }

  // Keeps the quotes.
  void Literal(char quote) {
    code_.push_back(text_[at_++]);
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') Blank(text_[at_] == '\\' ? 2 : 1);
    if (at_ < text_.size()) code_.push_back(text_[at_++]);
  }

  absl::string_view text_;
  size_t at_ = 0;
  std::string code_;
};

}  // namespace

bool IsCpp(absl::string_view path) { return absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc"); }

std::vector<std::string> CodeLines(absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(Stripper(text).Run(), '\n');
  bool continued = false;
  for (std::string& line : lines) {
    const bool directive = continued || absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "#");
    continued = directive && absl::EndsWith(line, "\\");
    if (directive) line.clear();
  }
  return lines;
}

SourceTree SourceTree::Read(const std::string& root) {
  SourceTree tree({});
  std::error_code error;
  if (!fs::is_directory(root, error)) {
    std::cerr << "no folder: " << root << "\n";
    std::abort();
  }
  ReadFolder(root, root, &tree.files_, &tree.empty_folders_);
  std::sort(tree.files_.begin(), tree.files_.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return tree;
}

SourceTree::SourceTree(const std::map<std::string, std::string>& files) {
  for (const auto& [path, text] : files) files_.push_back(MakeFile(path, text));
}

const SourceFile* SourceTree::Find(absl::string_view path) const {
  const auto found = std::lower_bound(files_.begin(), files_.end(), path, [](const SourceFile& file, auto wanted) {
    return absl::string_view(file.path) < wanted;
  });
  return found != files_.end() && found->path == path ? &*found : nullptr;
}

bool SourceTree::Exists(absl::string_view path) const {
  const std::string folder = absl::StrCat(absl::StripSuffix(path, "/"), "/");
  return Find(path) != nullptr || std::any_of(files_.begin(), files_.end(), [&](const SourceFile& file) {
           return absl::StartsWith(file.path, folder);
         });
}

}  // namespace passerelle::arch
