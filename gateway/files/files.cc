#include "gateway/files/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

class FileDescriptorOwner {
 public:
  explicit FileDescriptorOwner(int fd) : fd_(fd) {}
  FileDescriptorOwner(const FileDescriptorOwner&) = delete;
  FileDescriptorOwner& operator=(const FileDescriptorOwner&) = delete;
  ~FileDescriptorOwner() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// Makes the names in a folder durable.
bool SyncFolder(const std::string& folder) {
  const FileDescriptorOwner opened(open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  return opened.get() >= 0 && fsync(opened.get()) == 0;
}

bool WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status TooLarge(absl::string_view path, uint64_t bytes_max) {
  return Problem(Reason::kInputTooLarge, path, absl::StrCat("larger than ", bytes_max, " bytes"));
}

// Gives `take` one block after the other, until it wants no more or the file ends.
absl::Status ReadBlocks(const std::string& path, uint64_t offset,
                        absl::FunctionRef<absl::StatusOr<bool>(absl::string_view)> take) {
  // Not blocking, so that a named pipe in the place of a file cannot hold the node up.
  const FileDescriptorOwner file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info = {};
  if (file.get() < 0 || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Problem(Reason::kInputNotReadable, path);
  }
  char buffer[64 * 1024];
  while (true) {
    const ssize_t count = pread(file.get(), buffer, sizeof(buffer), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Problem(Reason::kInputNotReadable, path);
    if (count == 0) return absl::OkStatus();
    offset += static_cast<uint64_t>(count);
    ASSIGN_OR_RETURN(const bool more, take(absl::string_view(buffer, static_cast<size_t>(count))));
    if (!more) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  std::string bytes;
  RETURN_IF_ERROR(ReadBlocks(path, 0, [&](absl::string_view block) -> absl::StatusOr<bool> {
    bytes.append(block.data(), block.size());
    if (bytes.size() > bytes_max) return TooLarge(path, bytes_max);
    return true;
  }));
  return bytes;
}

absl::StatusOr<std::string> ReadFileRange(const std::string& path, uint64_t offset, size_t limit) {
  std::string bytes;
  RETURN_IF_ERROR(ReadBlocks(path, offset, [&](absl::string_view block) -> absl::StatusOr<bool> {
    block = block.substr(0, limit - bytes.size());
    bytes.append(block.data(), block.size());
    return bytes.size() < limit;
  }));
  return bytes;
}

absl::StatusOr<FileDigest> DigestFile(const std::string& path, uint64_t bytes_max) {
  base::Sha256Stream digest;
  uint64_t bytes = 0;
  RETURN_IF_ERROR(ReadBlocks(path, 0, [&](absl::string_view block) -> absl::StatusOr<bool> {
    digest.Add(block);
    bytes += block.size();
    if (bytes > bytes_max) return TooLarge(path, bytes_max);
    return true;
  }));
  return FileDigest{digest.EndHex(), bytes};
}

absl::Status ReplaceFile(const std::string& path, absl::string_view bytes) {
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  bool ok = false;
  {
    const FileDescriptorOwner file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ok = file.get() >= 0 && WriteAll(file.get(), bytes) && fsync(file.get()) == 0;
  }
  ok = ok && rename(temporary.c_str(), path.c_str()) == 0;
  if (!ok) unlink(temporary.c_str());
  if (ok && SyncFolder(FolderOf(path))) return absl::OkStatus();
  return Problem(Reason::kInternal, path, "the file cannot be written");
}

std::string ResolvePath(absl::string_view folder, absl::string_view path) {
  return !path.empty() && path.front() == '/' ? std::string(path) : absl::StrCat(folder, "/", path);
}

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

absl::Status InFile(absl::string_view path, const absl::Status& problem) {
  if (problem.ok()) return problem;
  return Problem(base::ReasonOf(problem), absl::StrCat(path, ": ", base::PlaceOf(problem)), base::DetailOf(problem));
}

std::string FileFingerprint(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) != 0) return "";
  return absl::StrCat(info.st_mtim.tv_sec, ".", info.st_mtim.tv_nsec, "/", info.st_size, "/", info.st_ino);
}

}  // namespace passerelle::gateway
