#include "gateway/fetch/status_list_cache.h"

#include "core/base/limits.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

std::optional<proof::StoredStatusList> StatusListCache::Find(absl::string_view address) const {
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(address);
  if (found != entries_.end()) {
    found->second.asked = now;
    return found->second.list;
  }
  if (address.size() <= base::kJsonLdPrefixBytesMax && entries_.size() < kStatusListsKeptMax &&
      fetcher_.Allows(address)) {
    entries_.emplace(address, Entry{std::nullopt, now, now});
  }
  return std::nullopt;
}

std::string StatusListCache::TakeDue(absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  auto most_overdue = entries_.end();
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.asked + kStatusUnused < now) {
      entry = entries_.erase(entry);
      continue;
    }
    const bool due = entry->second.due <= now;
    if (due && (most_overdue == entries_.end() || entry->second.due < most_overdue->second.due)) most_overdue = entry;
    ++entry;
  }
  if (most_overdue == entries_.end()) return "";
  // If it fails, it is not tried again at once.
  most_overdue->second.due = now + kStatusRetry;
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
  return true;
}

}  // namespace passerelle::gateway
