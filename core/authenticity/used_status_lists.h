// The status lists of one judgement beyond those of its trust bundle. Each is looked up once, so that the record of the
// verdict holds the very bytes that were judged by.
//
// Thread-safety: of one thread. Ownership: owns the lists; the source outlives it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/proof/status/status_lists.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "passerelle/trust/v1/trust_bundle.pb.h"

namespace passerelle::authenticity {

class UsedStatusLists {
 public:
  using Lists = google::protobuf::RepeatedPtrField<trust::v1::PinnedStatusList>;

  // Lists that somebody keeps up to date.
  explicit UsedStatusLists(const proof::StatusLists* source) : source_(source) {}
  // Those of an earlier judgement.
  explicit UsedStatusLists(const Lists& lists);

  // Null for a list that is not at hand.
  const trust::v1::PinnedStatusList* Find(const std::string& uri);

  // What Find has found, by address.
  Lists Used() const;

 private:
  const proof::StatusLists* source_ = nullptr;
  std::map<std::string, std::optional<trust::v1::PinnedStatusList>> found_;
};

}  // namespace passerelle::authenticity
