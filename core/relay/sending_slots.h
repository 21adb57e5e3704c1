// How many deliveries to one node run at a time, so that a node that answers slowly does not keep every sender: an
// answer that comes late is no failure, and no circuit opens for it.
//
// Thread-safety: thread-safe. Cost: one look into a table of the nodes that are called.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace passerelle::relay {

// Deliveries to one node at a time, and to one whose last delivery took longer than kSlowDelivery.
inline constexpr int kDeliveriesAtOnce = 4;
inline constexpr int kSlowDeliveriesAtOnce = 1;
inline constexpr absl::Duration kSlowDelivery = absl::Seconds(1);

class SendingSlots {
 public:
  // One delivery; its end gives the place back. Ends before the SendingSlots.
  class Slot {
   public:
    Slot(SendingSlots* slots, absl::string_view node) : slots_(slots), node_(node) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() { slots_->Return(node_); }
    // How long the other node took.
    void Took(absl::Duration duration) { slots_->Took(node_, duration); }

   private:
    SendingSlots* const slots_;
    const std::string node_;
  };

  // Null while as many run as may.
  std::shared_ptr<Slot> Take(absl::string_view node);
  // Whether its last delivery took long.
  bool IsSlow(absl::string_view node) const;

 private:
  struct Node {
    int running = 0;
    bool slow = false;
  };
  void Return(absl::string_view node);
  void Took(absl::string_view node, absl::Duration duration);

  mutable absl::Mutex mutex_;
  // A node of which nothing is to be remembered has no entry.
  absl::flat_hash_map<std::string, Node> nodes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::relay
