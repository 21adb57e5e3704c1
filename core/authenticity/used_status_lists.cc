#include "core/authenticity/used_status_lists.h"

#include "core/base/proto_time.h"

namespace passerelle::authenticity {

UsedStatusLists::UsedStatusLists(const Lists& lists) {
  for (const trust::v1::PinnedStatusList& list : lists) found_.emplace(list.uri(), list);
}

const trust::v1::PinnedStatusList* UsedStatusLists::Find(const std::string& uri) {
  const auto [entry, is_new] = found_.try_emplace(uri);
  if (is_new && source_ != nullptr) {
    if (const std::optional<proof::StoredStatusList> stored = source_->Find(uri)) {
      trust::v1::PinnedStatusList& list = entry->second.emplace();
      list.set_uri(uri);
      list.set_content(*stored->bytes);
      *list.mutable_fetch_time() = base::ToProto(stored->fetched_at);
    }
  }
  return entry->second ? &*entry->second : nullptr;
}

UsedStatusLists::Lists UsedStatusLists::Used() const {
  Lists used;
  for (const auto& [uri, list] : found_) {
    if (list) *used.Add() = *list;
  }
  return used;
}

}  // namespace passerelle::authenticity
