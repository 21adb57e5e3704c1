// Durations of the configuration.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::gateway {

// Whether the duration of a key is at most `most`; it may be 0. Problem: kConfigInvalid.
inline absl::Status CheckMost(absl::string_view key, const google::protobuf::Duration& duration, absl::Duration most) {
  if (base::FromProto(duration) <= most) return absl::OkStatus();
  return base::Problem(base::Reason::kConfigInvalid, key, absl::StrCat("at most ", absl::FormatDuration(most)));
}

// The same for what cannot be without any time.
inline absl::Status CheckLimit(absl::string_view key, const google::protobuf::Duration& duration, absl::Duration most) {
  if (base::FromProto(duration) > absl::ZeroDuration()) return CheckMost(key, duration, most);
  return base::Problem(base::Reason::kConfigInvalid, key, "more than 0 is expected");
}

}  // namespace passerelle::gateway
