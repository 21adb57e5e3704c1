#include "core/relay/sending_slots.h"

namespace passerelle::relay {

std::shared_ptr<SendingSlots::Slot> SendingSlots::Take(absl::string_view node) {
  {
    const absl::MutexLock lock(&mutex_);
    Node& entry = nodes_[node];
    if (entry.running >= (entry.slow ? kSlowDeliveriesAtOnce : kDeliveriesAtOnce)) return nullptr;
    ++entry.running;
  }
  return std::make_shared<Slot>(this, node);
}

bool SendingSlots::IsSlow(absl::string_view node) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = nodes_.find(node);
  return found != nodes_.end() && found->second.slow;
}

void SendingSlots::Return(absl::string_view node) {
  const absl::MutexLock lock(&mutex_);
  const auto found = nodes_.find(node);
  if (--found->second.running == 0 && !found->second.slow) nodes_.erase(found);
}

void SendingSlots::Took(absl::string_view node, absl::Duration duration) {
  const absl::MutexLock lock(&mutex_);
  nodes_[node].slow = duration > kSlowDelivery;
}

}  // namespace passerelle::relay
