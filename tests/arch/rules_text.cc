// What single files look like.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/arch/rules.h"

namespace passerelle::arch {
namespace {

constexpr size_t kFunctionLinesMax = 70;
constexpr size_t kFileLinesMax = 600;

bool IsWord(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Where `word` stands alone in the text, from `start`; npos when it does not.
size_t FindWord(absl::string_view text, absl::string_view word) {
  for (size_t at = text.find(word); at != absl::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsWord(word.front()) || !IsWord(text[at - 1]);
    if (begins && (end == text.size() || !IsWord(word.back()) || !IsWord(text[end]))) return at;
  }
  return absl::string_view::npos;
}

// Whether an opening brace after this text, the text since the last statement, opens the body of a function.
bool OpensFunction(absl::string_view head) {
  for (const absl::string_view word : {"namespace", "class", "struct", "enum", "union"}) {
    // "struct" in the parameters of a function, or in a template's head, is not of interest in our style.
    if (FindWord(head, word) != absl::string_view::npos) return false;
  }
  const absl::string_view trimmed = absl::StripTrailingAsciiWhitespace(head);
  return absl::StrContains(trimmed, "(") && !absl::EndsWith(trimmed, "=") && !absl::EndsWith(trimmed, ",");
}

// Follows the braces of a file and reports functions that are too long. A function's length is from the line of its
// opening brace to that of its closing one.
class FunctionMeter {
 public:
  explicit FunctionMeter(const SourceFile& file) : file_(file) {}

  std::vector<Breach> Run() {
    for (line_ = 1; line_ <= file_.code.size(); ++line_) {
      for (const char c : file_.code[line_ - 1]) Take(c);
      head_.push_back(' ');
    }
    return std::move(breaches_);
  }

 private:
  void Take(char c) {
    if (c == '{') {
      Open();
    } else if (c == '}') {
      Close();
    } else if (c == ';') {
      head_.clear();
    } else {
      head_.push_back(c);
    }
  }

  void Open() {
    ++depth_;
    if (function_depth_ == 0 && OpensFunction(head_)) {
      function_depth_ = depth_;
      function_line_ = line_;
    }
    head_.clear();
  }

  void Close() {
    if (depth_ == 0) return;
    if (depth_ == function_depth_) {
      const size_t length = line_ - function_line_ + 1;
      if (length > kFunctionLinesMax) {
        breaches_.push_back({file_.path, function_line_, absl::StrCat("a function of ", length, " lines")});
      }
      function_depth_ = 0;
    }
    --depth_;
    head_.clear();
  }

  const SourceFile& file_;
  std::vector<Breach> breaches_;
  std::string head_;
  size_t line_ = 0;
  size_t depth_ = 0;
  size_t function_depth_ = 0;  // 0 outside of functions
  size_t function_line_ = 0;
};

struct Banned {
  absl::string_view call;
  absl::string_view where;      // below this folder; empty for everywhere
  absl::string_view elsewhere;  // but allowed below this one; empty for nowhere
  absl::string_view instead;
};

constexpr Banned kBanned[] = {
    {"std::regex", "", "", "RE2"},
    {"std::rand", "", "", "base::Random"},
    {"rand(", "", "", "base::Random"},
    {"random_device", "", "", "base::Random"},
    {"mt19937", "core/", "", "base::Random"},
    {"system_clock::now", "core/", "", "base::Clock"},
    {"system_clock::now", "adapters/", "", "a date of the source, or ImportOptions::translation_time"},
    {"absl::Now", "core/", "", "base::Clock"},
    {"absl::Now", "adapters/", "", "a date of the source, or ImportOptions::translation_time"},
    {"absl::SleepFor", "core/", "", "Record::due"},
    {"time(nullptr)", "", "", "base::Clock"},
    {"getenv", "", "gateway/config/", "a key of the configuration"},
    {"system(", "core/", "", "nothing: the core starts no process"},
    {"printf(", "core/", "", "a status or a returned text"},
    {"std::cout", "core/", "", "a status or a returned text"},
    {"std::cerr", "core/", "", "a status or a returned text"},
    {"printf(", "adapters/", "", "a diagnostic"},
    {"std::cout", "adapters/", "", "a diagnostic"},
    {"std::cerr", "adapters/", "", "a diagnostic"},
    {"strtok", "", "", "absl::StrSplit"},
    {"gmtime(", "", "", "absl::FormatTime"},
    {"localtime(", "", "", "absl::FormatTime"},
};

bool IsProduct(absl::string_view path) {
  return absl::StartsWith(path, "core/") || absl::StartsWith(path, "adapters/") || absl::StartsWith(path, "gateway/");
}

// Bytes of the UTF-8 sequence at `at`, or 0 when there is none.
size_t Utf8Length(absl::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || at + length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// What is wrong with the characters of a line; empty when nothing is.
std::string CharacterBreach(absl::string_view line) {
  // Zero-width and direction marks: what is read is not what is compiled.
  static constexpr absl::string_view kInvisible[] = {"\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\x8E",
                                                     "\xE2\x80\x8F", "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC",
                                                     "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA7",
                                                     "\xE2\x81\xA8", "\xE2\x81\xA9", "\xEF\xBB\xBF"};
  for (size_t at = 0; at < line.size();) {
    const size_t length = Utf8Length(line, at);
    if (length == 0) return "a byte that is not UTF-8";
    if (length == 1 && absl::ascii_iscntrl(line[at])) return "a tab or another control character";
    const absl::string_view character = line.substr(at, length);
    if (std::find(std::begin(kInvisible), std::end(kInvisible), character) != std::end(kInvisible)) {
      return "an invisible character";
    }
    at += length;
  }
  return absl::EndsWith(line, " ") ? "blanks at the end of the line" : "";
}

// The mark of something unfinished; empty when there is none. A mark opens a comment or is followed by a colon or an
// owner: documents may well speak of the word.
std::string UnfinishedMark(absl::string_view line) {
  absl::string_view opening = line.substr(std::min(line.size(), line.find_first_not_of(" /#*-;<!")));
  for (const absl::string_view mark : {"TODO", "FIXME", "XXX", "HACK", "PLACEHOLDER"}) {
    const size_t at = FindWord(line, mark);
    if (at == absl::string_view::npos) continue;
    const absl::string_view after = line.substr(at + mark.size());
    if (absl::StartsWith(opening, mark) || absl::StartsWith(after, ":") || absl::StartsWith(after, "(")) {
      return std::string(mark);
    }
  }
  return "";
}

}  // namespace

std::vector<Breach> CheckHeaders(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    if (!absl::EndsWith(file.path, ".h")) continue;
    if (std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end()) {
      breaches.push_back({file.path, 1, "no #pragma once"});
    }
    if (!absl::StartsWith(file.text, "// ")) breaches.push_back({file.path, 1, "no comment at the top"});
  }
  return breaches;
}

std::vector<Breach> CheckFileLength(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    if (IsCpp(file.path) && file.lines.size() > kFileLinesMax) {
      breaches.push_back({file.path, file.lines.size(), absl::StrCat(file.lines.size(), " lines")});
    }
  }
  return breaches;
}

std::vector<Breach> CheckFunctionLength(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    const std::vector<Breach> found = FunctionMeter(file).Run();
    breaches.insert(breaches.end(), found.begin(), found.end());
  }
  return breaches;
}

std::vector<Breach> CheckBannedCalls(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    if (!IsCpp(file.path) || !IsProduct(file.path)) continue;
    for (const Banned& banned : kBanned) {
      if (!absl::StartsWith(file.path, banned.where)) continue;
      if (!banned.elsewhere.empty() && absl::StartsWith(file.path, banned.elsewhere)) continue;
      for (size_t i = 0; i < file.code.size(); ++i) {
        if (FindWord(file.code[i], banned.call) == absl::string_view::npos) continue;
        breaches.push_back({file.path, i + 1, absl::StrCat(banned.call, "; use ", banned.instead)});
      }
    }
  }
  return breaches;
}

std::vector<Breach> CheckPlainText(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    const bool ours = IsCpp(file.path) || absl::EndsWith(file.path, ".proto") || absl::EndsWith(file.path, ".def") ||
                      absl::EndsWith(file.path, ".sh") || absl::EndsWith(file.path, ".cmake") ||
                      absl::EndsWith(file.path, "CMakeLists.txt");
    if (!ours) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string what = CharacterBreach(file.lines[i]);
      if (!what.empty()) breaches.push_back({file.path, i + 1, what});
    }
  }
  return breaches;
}

std::vector<Breach> CheckUnfinished(const SourceTree& tree) {
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    if (absl::StartsWith(file.path, "tests/arch/") || absl::StartsWith(file.path, "tests/golden/")) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const std::string mark = UnfinishedMark(file.lines[i]);
      if (!mark.empty()) breaches.push_back({file.path, i + 1, mark});
    }
  }
  return breaches;
}

std::vector<Breach> CheckMachinePaths(const SourceTree& tree) {
  // In two parts, so that this file keeps its own rule.
  static const std::string kRoots[] = {absl::StrCat("/wo", "rk/"), absl::StrCat("/ho", "me/"),
                                       absl::StrCat("/ro", "ot/"), absl::StrCat("/Us", "ers/")};
  std::vector<Breach> breaches;
  for (const SourceFile& file : tree.files()) {
    for (size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& root : kRoots) {
        const size_t at = file.lines[i].find(root);
        // An address such as https://example.org/home/x is no path of a machine.
        const bool path =
            at != std::string::npos &&
            (at == 0 || !(IsWord(file.lines[i][at - 1]) || absl::StrContains("-./}", file.lines[i][at - 1])));
        if (path) breaches.push_back({file.path, i + 1, root});
      }
    }
  }
  return breaches;
}

}  // namespace passerelle::arch
