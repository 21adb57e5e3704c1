#include "gateway/catalogue/source_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;
using base::Problem;
using base::Reason;

// A name as it can be kept and printed, whatever bytes the file system has in it.
std::string NameOf(const fs::path& path) {
  const std::string name = path.string();
  return base::IsUtf8(name) ? name : absl::CHexEscape(name);
}

absl::Status CheckCount(size_t count, size_t most) {
  if (count <= most) return absl::OkStatus();
  return Problem(Reason::kInputTooLarge, "catalogue", absl::StrCat("it has more than ", most, " files"));
}

// `base` is what the names of its files are relative to; empty for none.
absl::Status AddFolder(const std::string& folder, const std::string& base, size_t most,
                       std::vector<CataloguePath>* files) {
  const size_t before = files->size();
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const bool hidden = absl::StartsWith(entry->path().filename().string(), ".");
    if (hidden) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file(error)) {
      const fs::path& path = entry->path();
      files->push_back({path.string(), NameOf(base.empty() ? path.lexically_normal() : path.lexically_relative(base))});
      RETURN_IF_ERROR(CheckCount(files->size(), most));
    }
  }
  if (error) return Problem(Reason::kInputNotReadable, folder, error.message());
  if (files->size() == before) return Problem(Reason::kInputNotReadable, folder, "the folder has no files");
  std::sort(files->begin() + static_cast<std::ptrdiff_t>(before), files->end(),
            [](const CataloguePath& a, const CataloguePath& b) { return a.name < b.name; });
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CataloguePath>> SourceFiles(const std::vector<std::string>& paths, size_t most) {
  std::vector<CataloguePath> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      RETURN_IF_ERROR(AddFolder(path, paths.size() == 1 ? path : "", most, &files));
    } else {
      files.push_back({path, NameOf(path)});
      RETURN_IF_ERROR(CheckCount(files.size(), most));
    }
  }
  return files;
}

}  // namespace passerelle::gateway
