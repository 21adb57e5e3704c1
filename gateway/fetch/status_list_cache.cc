#include "gateway/fetch/status_list_cache.h"

#include <algorithm>
#include <tuple>

#include "core/base/limits.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

bool StatusListCache::MakeRoom(Entries& entries) {
  if (entries.size() < kStatusListsKeptMax) return true;
  auto missed = entries.end();
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    if (entry->second.list || entry->second.failures == 0) continue;
    if (missed == entries.end() || entry->second.asked < missed->second.asked) missed = entry;
  }
  if (missed == entries.end()) return false;
  entries.erase(missed);
  return true;
}

std::optional<proof::StoredStatusList> StatusListCache::Find(absl::string_view address) const {
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(address);
  if (found != entries_.end()) {
    found->second.asked = now;
    return found->second.list;
  }
  if (address.size() <= base::kJsonLdPrefixBytesMax && fetcher_.Allows(address) && MakeRoom(entries_)) {
    entries_.emplace(address, Entry{std::nullopt, now, now});
  }
  return std::nullopt;
}

std::string StatusListCache::TakeDue(absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  // Lists that were there before wishes, and wishes before what failed.
  const auto order = [](const Entry& entry) {
    return std::make_tuple(!entry.list.has_value(), !entry.list && entry.failures > 0, entry.due);
  };
  auto most_overdue = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.asked + kStatusUnused < now) {
      entry = entries_.erase(entry);
      continue;
    }
    const bool due = entry->second.due <= now;
    if (due && (most_overdue == entries_.end() || order(entry->second) < order(most_overdue->second))) {
      most_overdue = entry;
    }
    ++entry;
  }
  if (most_overdue == entries_.end()) return "";
  // If it fails, it is not tried again at once.
  Entry& taken = most_overdue->second;
  const absl::Duration wait = kStatusRetry * (1 << std::min(taken.failures, 6));
  taken.due = now + (taken.list ? kStatusRetry : std::min(wait, kStatusRetryLast));
  ++taken.failures;
  return most_overdue->first;
}

absl::StatusOr<bool> StatusListCache::Refresh() {
  const std::string address = TakeDue(clock_->Now());
  if (address.empty()) return false;
  ASSIGN_OR_RETURN(std::string bytes, fetcher_.Get(address, base::kTokenBytesMax));
  const absl::Time fetched_at = clock_->Now();
  const absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(address);
  if (found == entries_.end()) return true;
  found->second.list = proof::StoredStatusList{std::make_shared<const std::string>(std::move(bytes)), fetched_at};
  found->second.due = fetched_at + kStatusRefresh;
  found->second.failures = 0;
  return true;
}

}  // namespace passerelle::gateway
