// What is stated in one place and has to be true in another.
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/arch/rules.h"

namespace passerelle::arch {
namespace {

constexpr absl::string_view kLimits = "core/base/limits.h";
constexpr absl::string_view kProblems = "core/base/problems.def";
constexpr absl::string_view kAdapterTable = "adapters/adapters.cmake";

// The identifiers of a line of code.
std::set<std::string> Identifiers(absl::string_view line) {
  std::set<std::string> words;
  std::string word;
  for (const char c : absl::StrCat(line, " ")) {
    if (absl::ascii_isalnum(c) || c == '_') {
      word.push_back(c);
    } else if (!word.empty()) {
      words.insert(std::move(word));
      word.clear();
    }
  }
  return words;
}

// The paths "tests/…" in a text.
std::vector<std::string> TestPaths(absl::string_view text) {
  std::vector<std::string> paths;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!absl::StartsWith(word, "tests/")) continue;
    word = word.substr(0, word.find_last_not_of(",.;:") + 1);
    paths.emplace_back(word);
  }
  return paths;
}

absl::string_view Folder(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash);
}

// Whether the CMakeLists.txt of the file's folder, or of one above it, or a function in cmake/, names the file.
bool IsNamedInBuild(const SourceTree& tree, absl::string_view path) {
  for (const SourceFile& file : tree.files()) {
    if (absl::StartsWith(file.path, "cmake/") && absl::StrContains(file.text, path)) return true;
  }
  for (absl::string_view folder = Folder(path); !folder.empty(); folder = Folder(folder)) {
    const SourceFile* list = tree.Find(absl::StrCat(folder, "/CMakeLists.txt"));
    if (list != nullptr && absl::StrContains(list->text, path.substr(folder.size() + 1))) return true;
  }
  return false;
}

}  // namespace

std::vector<Breach> CheckLimitsAreTested(const SourceTree& tree) {
  std::vector<Breach> breaches;
  const SourceFile* limits = tree.Find(kLimits);
  if (limits == nullptr) return {{std::string(kLimits), 0, "is missing"}};
  std::string comment;
  for (size_t i = 0; i < limits->lines.size(); ++i) {
    absl::string_view line = limits->lines[i];
    if (absl::ConsumePrefix(&line, "//")) {
      absl::StrAppend(&comment, line);
    } else if (line.empty()) {
      comment.clear();
    } else if (absl::StartsWith(line, "inline constexpr")) {
      const size_t test = comment.find("Test: ");
      const auto paths = TestPaths(test == std::string::npos ? "" : absl::string_view(comment).substr(test));
      if (paths.empty()) breaches.push_back({limits->path, i + 1, "names no test"});
      for (const std::string& path : paths) {
        if (!tree.Exists(path)) breaches.push_back({limits->path, i + 1, absl::StrCat("there is no ", path)});
      }
    }
  }
  return breaches;
}

std::vector<Breach> CheckReasonsAreUsed(const SourceTree& tree) {
  const SourceFile* problems = tree.Find(kProblems);
  if (problems == nullptr) return {{std::string(kProblems), 0, "is missing"}};
  std::set<std::string> used;
  for (const SourceFile& file : tree.files()) {
    if (!IsCpp(file.path) || absl::StartsWith(file.path, "tests/")) continue;
    for (const std::string& line : file.code) used.merge(Identifiers(line));
  }
  std::vector<Breach> breaches;
  for (size_t i = 0; i < problems->lines.size(); ++i) {
    absl::string_view line = problems->lines[i];
    if (!absl::ConsumePrefix(&line, "PROBLEM(")) continue;
    const std::string constant(line.substr(0, line.find(',')));
    if (used.count(constant) == 0) {
      breaches.push_back({problems->path, i + 1, absl::StrCat(constant, " is never the reason of anything")});
    }
  }
  return breaches;
}

std::vector<Breach> CheckAdapterTable(const SourceTree& tree) {
  const SourceFile* table = tree.Find(kAdapterTable);
  if (table == nullptr) return {{std::string(kAdapterTable), 0, "is missing"}};
  std::vector<Breach> breaches;
  std::set<std::string> listed;
  for (size_t i = 0; i < table->lines.size(); ++i) {
    absl::string_view line = table->lines[i];
    if (!absl::ConsumePrefix(&line, "passerelle_adapter(")) continue;
    const std::string name(line.substr(0, line.find_first_of(" )")));
    listed.insert(name);
    for (const std::string& path :
         {absl::StrCat("adapters/", name, "/adapter.h"), absl::StrCat("tests/golden/", name)}) {
      if (!tree.Exists(path)) breaches.push_back({table->path, i + 1, absl::StrCat("there is no ", path)});
    }
  }
  for (const SourceFile& file : tree.files()) {
    const std::vector<std::string> parts = absl::StrSplit(file.path, '/');
    if (parts.size() < 3 || parts[0] != "adapters" || listed.count(parts[1]) > 0) continue;
    if (parts[1] == "families") continue;  // shared by adapters, none itself
    breaches.push_back({file.path, 0, absl::StrCat(kAdapterTable, " has no line for ", parts[1])});
  }
  return breaches;
}

std::vector<Breach> CheckSourcesAreBuilt(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    // adapters/CMakeLists.txt takes every source of an adapter's folder.
    if (!absl::EndsWith(file.path, ".cc") || absl::StartsWith(file.path, "adapters/")) continue;
    if (!IsNamedInBuild(tree, file.path)) breaches.push_back({file.path, 0, "no CMakeLists.txt names it"});
  }
  return breaches;
}

std::vector<Breach> CheckEmptyFolders(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const std::string& folder : tree.empty_folders()) breaches.push_back({folder, 0, "holds no file"});
  return breaches;
}

}  // namespace passerelle::arch
