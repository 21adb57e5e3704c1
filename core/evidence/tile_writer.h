// Appends entries to the files of a log: bundles of entries and tiles of hashes, under the names of full ones. A file
// is read when it is first needed, and written once: when it is full, or at the end.
//
// Thread-safety: for one thread. Ownership: the two functions must outlive it.
//
//   TileWriter writer(size, read, write);
//   for (const std::string& entry : entries) RETURN_IF_ERROR(writer.Append(entry));
//   ASSIGN_OR_RETURN(const TreeHead head, writer.Finish());
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/evidence/merkle.h"
#include "core/evidence/tiles.h"

namespace passerelle::evidence {

class TileWriter {
 public:
  // The bytes of a file; empty when there is none.
  using ReadFile = absl::FunctionRef<absl::StatusOr<std::string>(const std::string& path)>;
  using WriteFile = absl::FunctionRef<absl::Status(const std::string& path, const std::string& bytes)>;

  // A log that has `size` entries.
  TileWriter(uint64_t size, ReadFile read, WriteFile write) : size_(size), read_(read), write_(write) {}

  // Problems: kLogFile when the last files do not have what a log of this size has; kInputTooLarge for an entry above
  // 65535 bytes; those of the functions.
  absl::Status Append(const std::string& entry);

  // Writes the files, and returns what the log comes down to now.
  absl::StatusOr<TreeHead> Finish();

  uint64_t size() const { return size_; }

 private:
  absl::StatusOr<std::string*> Load(const std::string& path);
  absl::Status AppendHash(MerkleHash hash, uint64_t place);
  absl::Status Close(const std::string& path);

  uint64_t size_;
  const ReadFile read_;
  const WriteFile write_;
  std::map<std::string, std::string> files_;  // by path; those that are not full
  std::string bundle_path_;
  std::string leaves_path_;
  std::string* bundle_ = nullptr;  // where the next entry goes, and its hash; null until they are needed
  std::string* leaves_ = nullptr;
};

}  // namespace passerelle::evidence
