#include "core/federation/decryption_keys.h"

#include <algorithm>
#include <utility>

namespace passerelle::federation {

void DecryptionKeys::Hold(std::vector<Key> keys) {
  const absl::MutexLock lock(&mutex_);
  keys_ = std::move(keys);
}

DecryptionKeys::Key DecryptionKeys::Find(absl::string_view thumbprint) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const Key& key) { return key->encryption_key().thumbprint() == thumbprint; });
  return found == keys_.end() ? nullptr : *found;
}

}  // namespace passerelle::federation
