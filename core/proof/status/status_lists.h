// Status lists by their address, as somebody has fetched them beforehand: what is asked while a request is served never
// goes to the network.
//
// Thread-safety: implementations are thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace passerelle::proof {

// The bytes as the server sent them: whether they are a list, and whose, is not known yet.
struct StoredStatusList {
  std::shared_ptr<const std::string> bytes;
  absl::Time fetched_at;
};

class StatusLists {
 public:
  virtual ~StatusLists() = default;

  // The list at an address, however old; none if it was never fetched. An implementation may take the question as a
  // wish to fetch it.
  virtual std::optional<StoredStatusList> Find(absl::string_view address) const = 0;
};

}  // namespace passerelle::proof
