// The slow road of reading JSON: finds the first fault of a text and its place. json.cc takes it only after simdjson,
// which gives no places, has refused.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "core/base/problem.h"

namespace passerelle::base {

struct JsonFault {
  size_t offset;  // of the first byte that is wrong
  Reason reason;
  const char* detail;
};

// The first fault in the order of the bytes, by the rules of json.h except size and duplicate members. Recursion is
// bounded by kNestingMax.
std::optional<JsonFault> FindJsonFault(absl::string_view text);

}  // namespace passerelle::base
