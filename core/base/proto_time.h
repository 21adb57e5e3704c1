// Times and durations in messages. For the rooms that link protobuf; base itself does not.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace passerelle::base {

// The time as a message, cut to microseconds. Years outside 1 to 9999, which a message cannot state, become the nearest
// that it can.
inline google::protobuf::Timestamp ToProto(absl::Time time) {
  constexpr int64_t kFirst = -62135596800;  // 0001-01-01T00:00:00Z
  constexpr int64_t kLast = 253402300799;   // 9999-12-31T23:59:59Z
  google::protobuf::Timestamp proto;
  const int64_t seconds = absl::ToUnixSeconds(time);
  if (seconds < kFirst || seconds > kLast) {
    proto.set_seconds(seconds < kFirst ? kFirst : kLast);
    return proto;
  }
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Microseconds(1)) * 1000);
  return proto;
}

inline absl::Time FromProto(const google::protobuf::Timestamp& proto) {
  return absl::FromUnixSeconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

inline absl::Duration FromProto(const google::protobuf::Duration& proto) {
  return absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

// The duration as a message, cut to nanoseconds; it has to be finite.
inline google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::ToInt64Seconds(duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration % absl::Seconds(1))));
  return proto;
}

// Whether the message states a time within the years 1 to 9999.
inline bool IsValid(const google::protobuf::Timestamp& proto) {
  return proto.seconds() >= -62135596800 && proto.seconds() <= 253402300799 && proto.nanos() >= 0 &&
         proto.nanos() <= 999'999'999;
}

}  // namespace passerelle::base
