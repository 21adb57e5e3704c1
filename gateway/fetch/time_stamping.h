// Asking a time-stamping authority over HTTP (RFC 3161, 3.4).
//
// Thread-safety: a free function. Takes as long as Fetcher may (kFetchTime).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/random.h"

namespace passerelle::gateway {

// A token of the authority over the bytes. Whose it is, and whether it holds, is up to the caller. Problems:
// kFieldInvalid for an address that is none; kNoEvidence, kInputTooLarge; kTimeStampMalformed, kTimeStampInvalid.
absl::StatusOr<std::string> AskTimeStamp(const std::string& authority, absl::string_view bytes, base::Random& random);

}  // namespace passerelle::gateway
