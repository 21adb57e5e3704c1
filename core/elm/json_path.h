// Where a value of a JSON document stands, while a walk is on its way through it. Frames live on the stack; the pointer
// is only written out for a finding.
//
// Thread-safety: for one thread. Ownership: points to the frame of the caller.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"

namespace passerelle::elm {

struct JsonPath {
  const JsonPath* parent = nullptr;  // null at the root
  absl::string_view name;
  size_t index = 0;
  bool is_index = false;

  JsonPath Member(absl::string_view member) const { return {this, member, 0, false}; }
  JsonPath Entry(size_t entry) const { return {this, "", entry, true}; }

  // The JSON pointer (RFC 6901).
  std::string Pointer() const {
    std::string pointer = parent == nullptr ? "" : parent->Pointer();
    if (is_index) {
      absl::StrAppend(&pointer, "/", index);
    } else if (parent != nullptr) {
      base::AppendPointerToken(name, pointer);
    }
    return pointer;
  }
};

}  // namespace passerelle::elm
