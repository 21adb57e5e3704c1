// The cubes that a node has published, from the folders that `passerelle statistics publish` wrote. Only what the
// report of a folder lists is published: it is written last, so that a folder is taken whole or not at all.
//
// Thread-safety: thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "passerelle/statistics/v1/cube.pb.h"

namespace passerelle::gateway {

// Cubes in one folder: there are fewer indicators. Test: tests/unit/gateway/statistics/published_cubes_test.cc.
inline constexpr int kCubesInFolderMax = 100;

// By period, newest first, and then by indicator.
using CubesByPeriod =
    std::map<std::pair<std::string, std::string>, statistics::v1::Cube,
             bool (*)(const std::pair<std::string, std::string>&, const std::pair<std::string, std::string>&)>;

// Reads the folders. Problems: kInputNotReadable and kInputTooLarge; those of statistics::ReadCubeJson with the file;
// kConfigInvalid with the file for a cube that is not the one that the report lists, or that two folders have.
absl::StatusOr<std::shared_ptr<const CubesByPeriod>> LoadCubes(const std::vector<std::string>& folders);

class PublishedCubes {
 public:
  // Problems: those of LoadCubes.
  static absl::StatusOr<std::unique_ptr<PublishedCubes>> Open(std::vector<std::string> folders);

  std::shared_ptr<const CubesByPeriod> Get() const;

  // Looks whether a report changed, and says whether other cubes are in use now. The problem of folders that cannot be
  // used; those before stay in use, and the folders are not tried again until a report changes.
  absl::StatusOr<bool> Refresh();

 private:
  explicit PublishedCubes(std::vector<std::string> folders) : folders_(std::move(folders)) {}
  std::string Fingerprint() const;

  const std::vector<std::string> folders_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const CubesByPeriod> cubes_ ABSL_GUARDED_BY(mutex_);
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);  // of the reports that were last tried
};

}  // namespace passerelle::gateway
