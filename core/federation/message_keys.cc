#include "core/federation/message_keys.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::federation {

void MessageKeys::Hold(std::vector<Key> keys) {
  const absl::MutexLock lock(&mutex_);
  keys_ = std::move(keys);
}

absl::StatusOr<MessageKeys::Key> MessageKeys::Active(absl::Time now) const {
  // Messages are dated in whole seconds, and whoever receives them asks whether the key was active then.
  const absl::Time signed_at = absl::FromUnixSeconds(absl::ToUnixSeconds(now));
  const std::shared_ptr<const NodeDirectory> directory = nodes_->Get();
  const absl::MutexLock lock(&mutex_);
  Key chosen;
  absl::Time chosen_since = absl::InfinitePast();
  const v1::Node* const node = directory->Find(node_);
  for (int i = 0; node != nullptr && i < node->message_keys_size(); ++i) {
    const v1::MessageKey& stated = node->message_keys(i);
    if (directory->MessageKey(node_, stated.kid(), signed_at) == nullptr) continue;
    const auto held = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) {
      return key->verification_key().thumbprint() == stated.kid();
    });
    if (held == keys_.end()) continue;
    const absl::Time since = stated.has_not_before() ? base::FromProto(stated.not_before()) : absl::InfinitePast();
    if (chosen != nullptr && since <= chosen_since) continue;
    chosen = *held;
    chosen_since = since;
  }
  if (chosen == nullptr) {
    return base::Problem(base::Reason::kMessageKeyNotActive, absl::StrCat("nodes[", node_, "].message_keys"),
                         "it makes none of the keys active that the node holds");
  }
  return chosen;
}

}  // namespace passerelle::federation
