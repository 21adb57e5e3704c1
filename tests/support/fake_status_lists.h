// Status lists that a test puts there.
//
// Thread-safety: belongs to one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/proof/status/status_lists.h"

namespace passerelle::testing {

class FakeStatusLists : public proof::StatusLists {
 public:
  void Put(const std::string& address, const std::string& bytes, absl::Time fetched_at) {
    lists_[address] = {std::make_shared<const std::string>(bytes), fetched_at};
  }

  std::optional<proof::StoredStatusList> Find(absl::string_view address) const override {
    const auto found = lists_.find(address);
    return found == lists_.end() ? std::nullopt : std::optional<proof::StoredStatusList>(found->second);
  }

 private:
  std::map<std::string, proof::StoredStatusList, std::less<>> lists_;
};

}  // namespace passerelle::testing
