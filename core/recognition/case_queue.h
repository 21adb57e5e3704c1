// The queue of the competent authority: which case is due on which day, kept beside the cases so that a page of it is
// found without looking at any other case.
//
// For every day on which something is due there is one record, and one for every case of that day, in the day's group:
// a page is the list of days, a few hundred at most, and then a range of the index over groups for each day it takes.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "core/base/port/store.h"

namespace passerelle::recognition {

// A place in the queue. `key` is what a page token holds.
struct QueuePlace {
  std::string key;
  std::string day;  // yyyy-mm-dd
  std::string case_id;
};

// Moves a case from one day to another; nullopt for no place in the queue.
absl::Status MoveInQueue(absl::string_view case_id, std::optional<absl::CivilDay> from,
                         std::optional<absl::CivilDay> to, base::Transaction& tx);

// Up to `limit` places after the place with the key `after` (from the first when empty), by day, until the last day
// `until` (all when empty). A place that is no longer there leads back to the begin of its day, so that nothing is left
// out. kFieldInvalid at "page_token" for what is no key of a place.
absl::StatusOr<std::vector<QueuePlace>> ListQueue(absl::string_view after, absl::string_view until, int limit,
                                                  base::Transaction& tx);

}  // namespace passerelle::recognition
