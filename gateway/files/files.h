// Files that a node reads and writes: bounded reads, and writes that nobody sees half done.
//
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// The bytes of a regular file. Problems: kInputNotReadable (absent, no permission, no regular file), kInputTooLarge.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// `limit` bytes of it from `offset` on, or what is left. kInputNotReadable.
absl::StatusOr<std::string> ReadFileRange(const std::string& path, uint64_t offset, size_t limit);

struct FileDigest {
  std::string sha256;  // lower-case hexadecimal
  uint64_t bytes = 0;
};
// Reads the file once, in the memory of a block. Problems: as of ReadFile.
absl::StatusOr<FileDigest> DigestFile(const std::string& path, uint64_t bytes_max);

// Writes a file under another name, readable by the owner only, and puts it in the place of `path`; durable when it is
// OK. Problem: kInternal with the path.
absl::Status ReplaceFile(const std::string& path, absl::string_view bytes);

// `path` itself when absolute, otherwise below `folder`.
std::string ResolvePath(absl::string_view folder, absl::string_view path);

// The folder of a file; "." when the path has none.
std::string FolderOf(absl::string_view path);

// The problem of what stands in a file, with the file before its place; OK as it is.
absl::Status InFile(absl::string_view path, const absl::Status& problem);

// What changes when a file is written or replaced: modification time in ns, size and inode; empty when absent.
std::string FileFingerprint(const std::string& path);

}  // namespace passerelle::gateway
