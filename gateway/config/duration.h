// Durations of the configuration.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace passerelle::gateway {

inline absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

inline void SetDefault(google::protobuf::Duration* duration, absl::Duration value) {
  if (duration->seconds() == 0 && duration->nanos() == 0) duration->set_seconds(absl::ToInt64Seconds(value));
}

}  // namespace passerelle::gateway
