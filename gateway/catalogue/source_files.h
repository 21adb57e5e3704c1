// The files of a source of catalogues.
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace passerelle::gateway {

struct CataloguePath {
  std::string path;
  std::string name;  // keeps from harvest to harvest, and no two files have the same
};

// Files of one source. Test: tests/unit/gateway/catalogue/source_files_test.cc.
inline constexpr size_t kSourceFilesMax = 100'000;

// Each path itself, or for a folder all files in it and below, by their names: within the folder where it is the only
// path, so that it may be moved, otherwise with the folder's path, since several may have files of one name. Names that
// begin with a full stop are left out: they are files that somebody is still writing. Problems: kInputNotReadable for a
// folder that cannot be read or has no files, kInputTooLarge for more than `most` files.
absl::StatusOr<std::vector<CataloguePath>> SourceFiles(const std::vector<std::string>& paths,
                                                       size_t most = kSourceFilesMax);

}  // namespace passerelle::gateway
