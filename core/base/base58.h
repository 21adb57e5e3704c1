// Base58 with the alphabet of Bitcoin, as multibase "z" uses it (W3C Controlled Identifiers 1.0, 2.4).
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

std::string Base58Encode(absl::string_view bytes);

// Strict inverse. InvalidArgument for other characters, and for more than kBase58TextMax of them: the work grows with
// the square of the length.
absl::StatusOr<std::string> Base58Decode(absl::string_view text);

}  // namespace passerelle::base
