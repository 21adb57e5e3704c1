// Dates and times as text.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace passerelle::base {

// A date (its first moment, UTC) or a date and time with offset, both as RFC 3339 writes them; nothing for other text.
std::optional<absl::Time> ParseDateTime(absl::string_view text);

}  // namespace passerelle::base
