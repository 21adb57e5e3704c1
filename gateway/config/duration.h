// Durations of the configuration.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace passerelle::gateway {

inline absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

}  // namespace passerelle::gateway
