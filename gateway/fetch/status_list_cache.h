// Status lists at hand: fetched in the background from the servers of the configuration, kept in memory, and handed out
// with their age. A list that is asked for and not there is fetched in the next round; until then nobody knows.
//
// Documents name the lists, and anybody can write a document: addresses at which there is no list hold up no list and
// take no place from one.
//
// Thread-safety: thread-safe. Ownership: owns its lists; the clock outlives it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/proof/status/status_lists.h"
#include "gateway/fetch/fetcher.h"

namespace passerelle::gateway {

// Lists that are kept; beyond, a further one takes the place of an address at which none was found. A country has some
// dozens.
inline constexpr size_t kStatusListsKeptMax = 1024;
// How old a list is when it is fetched anew, well before it counts as stale (base::kStatusFreshMax).
inline constexpr absl::Duration kStatusRefresh = absl::Minutes(10);
// How long a server that failed is left alone about a list: first, doubled each time, up to the last where there never
// was one.
inline constexpr absl::Duration kStatusRetry = absl::Minutes(1);
inline constexpr absl::Duration kStatusRetryLast = absl::Hours(1);
// How long a list is kept that nobody asks for.
inline constexpr absl::Duration kStatusUnused = absl::Hours(48);

class StatusListCache : public proof::StatusLists {
 public:
  StatusListCache(Fetcher fetcher, const base::Clock* clock) : fetcher_(std::move(fetcher)), clock_(clock) {}

  // Never fetches. Takes the question as a wish, if the server is allowed.
  std::optional<proof::StoredStatusList> Find(absl::string_view address) const override;

  // Fetches the list that is most overdue, if there is one, and forgets what nobody asks for. Returns whether there may
  // be more to do. The problem of a list that could not be fetched; what was there before stays.
  absl::StatusOr<bool> Refresh();

 private:
  struct Entry {
    std::optional<proof::StoredStatusList> list;
    absl::Time due;    // when to fetch it
    absl::Time asked;  // when it was last asked for
    int failures = 0;  // since it was fetched last
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  // Makes a place for a further entry, if need be that of an address without a list; false where there is none.
  static bool MakeRoom(Entries& entries);
  // The address of the list to fetch now; empty when there is none.
  std::string TakeDue(absl::Time now);

  const Fetcher fetcher_;
  const base::Clock* const clock_;
  mutable absl::Mutex mutex_;
  mutable Entries entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway
