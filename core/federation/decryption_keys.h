// The private keys that other nodes encrypt to. All that are held open messages: which key is encrypted to is the
// sender's choice by the node map, and messages under way may name the one before.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "core/proof/encryption_key.h"

namespace passerelle::federation {

class DecryptionKeys {
 public:
  using Key = std::shared_ptr<const proof::DecryptionKey>;

  // Replaces what is held.
  void Hold(std::vector<Key> keys);
  // The key with this thumbprint; null when it is not held.
  Key Find(absl::string_view thumbprint) const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<Key> keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::federation
