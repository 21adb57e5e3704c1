// The node map of a running node: from a file that may change, and from other nodes.
//
// With a federation root, maps are signed, and the one in force is kept in the store: a node goes on with it after a
// restart, whatever the file says. Without one, the file is YAML, and only its version is kept. A map that cannot be
// used leaves the one before in place, is logged, and is counted.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/federation/map_keeper.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class NodeMapFile {
 public:
  struct Options {
    std::string path;
    std::string root;  // path of the federation root, YAML; empty for maps that are not signed
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    Log* log = nullptr;
    Metrics* metrics = nullptr;
  };

  // Problems: those of NodeMapKeeper when neither the file nor the store has a map that holds; kConfigInvalid,
  // kInputNotReadable, kStoreUnavailable.
  static absl::StatusOr<std::unique_ptr<NodeMapFile>> Open(Options options);

  const federation::NodeMapHolder* holder() const { return keeper_->holder(); }
  // The signed file in force; null when maps are not signed.
  std::shared_ptr<const std::string> signed_map() const { return keeper_->signed_map(); }

  // Looks whether the file changed, and puts a newer map in place. Problem: kStoreUnavailable; then it is tried again.
  absl::Status Refresh();
  // Takes what another node handed on. Problem: kStoreUnavailable.
  absl::Status Offer(absl::string_view signed_map, absl::string_view peer);

 private:
  explicit NodeMapFile(Options options) : options_(std::move(options)) {}
  absl::StatusOr<bool> Load();
  // Logs and counts; returns the problem of a store, which does not speak against the map.
  absl::Status Tell(const absl::StatusOr<bool>& newer, absl::string_view source);

  const Options options_;
  std::unique_ptr<federation::NodeMapKeeper> keeper_;
  absl::Mutex mutex_;
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);  // of the file that was last tried
};

// A map file as a node without a history takes it: signed by the root, or YAML when `root` is empty. Problems:
// those of federation::OpenNodeMap, kConfigInvalid, kInputNotReadable.
absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> LoadNodeMap(const std::string& path,
                                                                             const std::string& root, absl::Time now);

// A federation root, YAML. Problems: kConfigInvalid, kNodeMapUnusable, kInputNotReadable.
absl::StatusOr<federation::v1::FederationRoot> LoadFederationRoot(const std::string& path);

}  // namespace passerelle::gateway
