#include "gateway/conformance/case.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

struct Column {
  absl::string_view name;
  std::string ConformanceCase::*field;
};

constexpr Column kColumns[] = {{"case_id", &ConformanceCase::id},       {"kind", &ConformanceCase::kind},
                               {"crypto", &ConformanceCase::crypto},    {"gateway", &ConformanceCase::gateway},
                               {"file", &ConformanceCase::file},        {"params", &ConformanceCase::params},
                               {"evidence", &ConformanceCase::evidence}};

}  // namespace

absl::StatusOr<std::string> ConformanceCase::Content() const { return Read(file); }

absl::StatusOr<std::string> ConformanceCase::Read(absl::string_view path) const {
  return ReadFile(ResolvePath(folder, path), base::kDocumentBytesMax);
}

absl::StatusOr<std::vector<ConformanceCase>> ReadCases(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/cases.tsv");
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, base::kDocumentBytesMax));
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.empty()) return base::Problem(base::Reason::kInputEmpty, path);
  const std::vector<std::string> head = absl::StrSplit(lines.front(), '\t');
  std::vector<ConformanceCase> cases(lines.size() - 1);
  for (const Column& column : kColumns) {
    const auto found = std::find(head.begin(), head.end(), column.name);
    if (found == head.end()) return base::Problem(base::Reason::kFieldMissing, absl::StrCat(path, ", ", column.name));
    for (size_t i = 0; i < cases.size(); ++i) {
      const std::vector<std::string> cells = absl::StrSplit(lines[i + 1], '\t');
      if (cells.size() != head.size()) {
        return base::Problem(base::Reason::kFieldInvalid, absl::StrCat(path, ", line ", i + 2),
                             "other number of cells");
      }
      cases[i].*column.field = cells[static_cast<size_t>(found - head.begin())];
      cases[i].folder = folder;
    }
  }
  return cases;
}

}  // namespace passerelle::gateway
