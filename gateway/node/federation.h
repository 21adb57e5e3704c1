// What a node needs of its federation: the node map in force, the key that signs now, newer maps from other nodes, and
// how long all material lasts.
//
// Thread-safety: thread-safe. Ownership: what Options points to outlives the object.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "core/federation/decryption_keys.h"
#include "core/federation/message_keys.h"
#include "gateway/config/node_config.h"
#include "gateway/grpc/peer_transport.h"
#include "gateway/node/node_map_file.h"

namespace passerelle::gateway {

class NodeFederation {
 public:
  struct Options {
    const config::v1::NodeConfig* config = nullptr;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    Log* log = nullptr;
    Metrics* metrics = nullptr;
  };

  // The map in force has to name this node with a key of `files` and its certificate. Problems: those of
  // NodeMapFile::Open and CheckOwnEntry.
  static absl::StatusOr<std::unique_ptr<NodeFederation>> Open(const Options& options, const NodeFiles& files);

  const federation::NodeMapHolder* nodes() const { return map_->holder(); }
  const federation::MessageKeys* keys() const { return &keys_; }
  const federation::DecryptionKeys* decryption_keys() const { return &decryption_keys_; }
  std::shared_ptr<const std::string> signed_map() const { return map_->signed_map(); }

  // Looks at the files of map and keys, and tells what runs out. Problem: kStoreUnavailable.
  absl::Status Refresh();
  // Asks the next other node for a newer map. A node that does not answer is passed over. The first call asks nobody
  // unless the map has expired: nodes may be starting together, and one that does not listen yet would be waited for
  // before the next call to it. Problem: kStoreUnavailable.
  absl::Status AskNext(PeerTransport& transport);

 private:
  NodeFederation(const Options& options, std::unique_ptr<NodeMapFile> map);
  void RefreshDecryptionKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RefreshKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellExpiries(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const std::unique_ptr<NodeMapFile> map_;
  federation::MessageKeys keys_;
  federation::DecryptionKeys decryption_keys_;
  absl::Mutex mutex_;
  // Of the key files that were last tried.
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);
  std::string decryption_fingerprint_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_expiries_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  uint64_t told_version_ ABSL_GUARDED_BY(mutex_) = 0;
  federation::MapAge told_age_ ABSL_GUARDED_BY(mutex_) = federation::MapAge::kFresh;
  bool may_ask_ ABSL_GUARDED_BY(mutex_) = false;
  std::string asked_ ABSL_GUARDED_BY(mutex_);  // id of the node that was asked last
};

}  // namespace passerelle::gateway
