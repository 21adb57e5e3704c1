// A member that holds a list: begun by its first value, left out without any. Where the version takes one value instead
// of a list, the first stands alone.
//
// Thread-safety: for one thread. Ownership: borrows the writer, in which nothing else is written until it is destroyed.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/base/json.h"

namespace passerelle::adapters::ooapi {

class ListMember {
 public:
  // Without a name it is an entry of another list.
  ListMember(absl::string_view name, bool takes_one, base::JsonWriter* json)
      : name_(name), takes_one_(takes_one), json_(*json) {}
  ListMember(const ListMember&) = delete;
  ListMember& operator=(const ListMember&) = delete;
  ~ListMember() {
    if (begun_ && !takes_one_) json_.EndArray();
  }

  // To be called before each value; false where there is no room for one more.
  bool Next() {
    if (begun_) return !takes_one_;
    begun_ = true;
    if (!name_.empty()) json_.Key(name_);
    if (!takes_one_) json_.BeginArray();
    return true;
  }
  bool begun() const { return begun_; }

 private:
  const std::string name_;
  const bool takes_one_;
  base::JsonWriter& json_;
  bool begun_ = false;
};

}  // namespace passerelle::adapters::ooapi
