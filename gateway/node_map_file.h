// The node map as a file that may change while the node runs.
//
// The highest version ever used is kept in the store, so that an older map is refused after a restart too. A changed
// file that cannot be used leaves the map before in place.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/store.h"
#include "core/federation/node_map.h"
#include "gateway/telemetry/log.h"

namespace passerelle::gateway {

class NodeMapFile {
 public:
  // `directory` is what the file holds. Problems: kNodeMapUnusable when a newer version was used before,
  // kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<NodeMapFile>> Open(std::string path,
                                                           std::shared_ptr<const federation::NodeDirectory> directory,
                                                           base::Store* store, Log* log);

  const federation::NodeMapHolder* holder() const { return &holder_; }

  // Looks whether the file changed, and puts a newer map in place. Problem: kStoreUnavailable; then it is tried again.
  absl::Status Refresh();

 private:
  NodeMapFile(std::string path, std::shared_ptr<const federation::NodeDirectory> directory, base::Store* store,
              Log* log);
  absl::Status KeepVersion(uint64_t version);

  const std::string path_;
  base::Store* const store_;
  Log* const log_;
  federation::NodeMapHolder holder_;
  absl::Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);  // of the file that was last tried
};

}  // namespace passerelle::gateway
