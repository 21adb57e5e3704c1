// Days as the data of catalogues writes them, yyyy-mm-dd.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "core/base/problem.h"

namespace passerelle::catalogue {

// nullopt for what is no day.
std::optional<absl::CivilDay> DayOf(absl::string_view text);

// An empty text is not stated, and no fault; another one that is no day is one, with this reason at the place.
absl::Status CheckDay(absl::string_view text, base::Reason reason, absl::string_view place);

// Whether a day lies in a period whose ends count; an empty end is open. Both ends have to be days.
bool IsWithin(absl::CivilDay day, absl::string_view from, absl::string_view until);

}  // namespace passerelle::catalogue
