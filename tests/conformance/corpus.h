// The documents of ../shared/corpus.
//
// Thread-safety: free functions on values.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace passerelle {

inline const std::filesystem::path& Corpus() {
  static const auto& path = *new std::filesystem::path(std::filesystem::path(testing::kSourceDir) / "../shared/corpus");
  return path;
}

// The documents in a folder and all below it, in the order of their names; without the tables about them.
inline std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::filesystem::path extension = entry.path().extension();
    if (entry.is_regular_file() && extension != ".md" && extension != ".tsv") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

}  // namespace passerelle
