// What a caller shows of who it is, as it came and unjudged; and what it is called that shows nothing.
//
// Thread-safety: a value.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// As whom everybody calls who is no client. No client can have this id.
inline constexpr absl::string_view kAnybody = "anybody";

struct CallerCredentials {
  // SHA-256 of its TLS certificate (DER), hexadecimal; kClientUnknown when it has none.
  absl::StatusOr<std::string> certificate_sha256;
  // Every value of the header "authorization". They are secrets: they go into no log, no answer and no problem.
  std::vector<std::string> authorization = {};
};

}  // namespace passerelle::gateway
