// The keys with which this node signs messages, and which of them signs now: the node map decides, by the times in
// which it activates each. So a key is replaced without a restart: the new one is held, then announced, then active.
//
// Thread-safety: thread-safe. Ownership: the holder outlives MessageKeys; a source owns nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/federation/node_map.h"
#include "core/proof/key.h"

namespace passerelle::federation {

class MessageKeys {
 public:
  using Key = std::shared_ptr<const proof::SigningKey>;

  MessageKeys(std::string node, const NodeMapHolder* nodes) : node_(std::move(node)), nodes_(nodes) {}

  // Replaces what is held.
  void Hold(std::vector<Key> keys);
  // Of the keys held, the one that signs at `now`: active by the map, and activated last. Problem:
  // kMessageKeyNotActive when the map makes none of them active.
  absl::StatusOr<Key> Active(absl::Time now) const;

 private:
  const std::string node_;
  const NodeMapHolder* const nodes_;
  mutable absl::Mutex mutex_;
  std::vector<Key> keys_ ABSL_GUARDED_BY(mutex_);
};

// Where the relay gets its key from: a node's keys, or a single one that is always active.
class MessageKeySource {
 public:
  MessageKeySource() = default;
  MessageKeySource(const proof::SigningKey* key) : key_(key) {}  // NOLINT: a key is a source
  MessageKeySource(const MessageKeys* keys) : keys_(keys) {}     // NOLINT: as above

  absl::StatusOr<MessageKeys::Key> At(absl::Time now) const {
    if (keys_ != nullptr) return keys_->Active(now);
    return MessageKeys::Key(MessageKeys::Key(), key_);
  }

 private:
  const proof::SigningKey* key_ = nullptr;
  const MessageKeys* keys_ = nullptr;
};

}  // namespace passerelle::federation
