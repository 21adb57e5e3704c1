// What a node says in the map that it takes: senders keep to it, and the node itself holds them to it.
//
// Thread-safety: free functions on values; MessageRate is thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

// Whether the node takes a message of so many bytes. kInputTooLarge at "nodes[<id>].limits.message_bytes_max": another
// attempt would be no smaller.
absl::Status CheckMessageSize(const v1::Node& receiver, size_t bytes);

// How many messages came from each node. A node may send as many as a minute allows at once, and after that as they
// come back, evenly. What is counted is this process's: replicas each count their own.
class MessageRate {
 public:
  // Counts a message, if the sender has not sent too many; `receiver` is the node that takes it. kOverloaded at
  // "nodes[<id>].limits.messages_per_minute_max".
  absl::Status Take(const v1::Node& receiver, absl::string_view sender, absl::Time now);

 private:
  struct Bucket {
    double left;
    absl::Time counted_at;
  };
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);  // by sender, of which the map has so many
};

}  // namespace passerelle::federation
