// The files of the repository as the rules see them.
//
// Thread-safety: immutable after construction.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::arch {

struct SourceFile {
  std::string path;                // from the root, with slashes
  std::string text;                // as it is
  std::vector<std::string> lines;  // of the text
  // C++ only: the lines with the content of comments and literals blanked, so that a word in a text is no call.
  std::vector<std::string> code;
};

// Whether the path ends in .h or .cc.
bool IsCpp(absl::string_view path);

class SourceTree {
 public:
  // Reads every text file below `root` but for build/, .git/ and what a dot hides. Aborts the test program when the
  // root cannot be read.
  static SourceTree Read(const std::string& root);
  // A tree of (path, text), for the tests of the rules.
  explicit SourceTree(const std::map<std::string, std::string>& files);

  const std::vector<SourceFile>& files() const { return files_; }
  // The file of a path, or null.
  const SourceFile* Find(absl::string_view path) const;
  // Whether there is such a file, or a folder with files.
  bool Exists(absl::string_view path) const;
  // Folders without a file below them.
  const std::vector<std::string>& empty_folders() const { return empty_folders_; }

 private:
  std::vector<SourceFile> files_;  // by path
  std::vector<std::string> empty_folders_;
};

// The code of a C++ text, line by line: comments and the insides of literals become blanks, preprocessor lines other
// than #include stay empty.
std::vector<std::string> CodeLines(absl::string_view text);

}  // namespace passerelle::arch
