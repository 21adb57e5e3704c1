// Dates and times as text.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace passerelle::base {

// A date (its first moment, UTC) or a date and time with offset, both as RFC 3339 writes them; nothing for other text.
std::optional<absl::Time> ParseDateTime(absl::string_view text);

// "2026-01-31T12:00:00Z": cut to the second, UTC. "infinite-future" and "infinite-past" for these.
std::string WriteDateTime(absl::Time time);

}  // namespace passerelle::base
