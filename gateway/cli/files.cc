#include "gateway/cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// What the system says of an error, in English whatever the locale.
std::string SystemError(int error) {
  const char* text = strerrordesc_np(error);
  return text == nullptr ? "unknown error" : text;
}

absl::Status NotReadable(const std::string& path, absl::string_view why) {
  return Problem(Reason::kInputNotReadable, path, why);
}

}  // namespace

absl::StatusOr<std::string> ReadInput(const std::string& path, size_t bytes_max) {
  const bool standard_input = path == "-";
  const int descriptor = standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return NotReadable(path, SystemError(errno));
  const auto closer = absl::MakeCleanup([&] {
    if (!standard_input) close(descriptor);
  });

  struct stat status = {};
  if (fstat(descriptor, &status) != 0) return NotReadable(path, SystemError(errno));
  if (S_ISDIR(status.st_mode)) return NotReadable(path, "it is a folder, not a file");
  const absl::Status too_large = Problem(Reason::kInputTooLarge, path, absl::StrCat("more than ", bytes_max, " bytes"));
  if (S_ISREG(status.st_mode) && static_cast<size_t>(status.st_size) > bytes_max) return too_large;

  // One byte more than allowed tells a full input from one that goes on; pipes have no size to look at.
  std::string bytes;
  char block[64 * 1024];
  while (bytes.size() <= bytes_max) {
    const ssize_t count = read(descriptor, block, std::min(sizeof(block), bytes_max + 1 - bytes.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return NotReadable(path, SystemError(errno));
    if (count == 0) return bytes;
    bytes.append(block, static_cast<size_t>(count));
  }
  return too_large;
}

absl::Status WriteResult(const std::string& path, absl::string_view content) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) {
    return ReplaceFile(path, content).ok() ? absl::OkStatus() : Problem(Reason::kOutputNotWritable, path);
  }
  std::ofstream out(path);
  out << content << std::flush;
  return out ? absl::OkStatus() : Problem(Reason::kOutputNotWritable, path);
}

}  // namespace passerelle::gateway
