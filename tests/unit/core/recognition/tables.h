// Rows of the data files beside these tests; "-" stands for nothing.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::recognition {

using Row = std::vector<std::string>;

// The rows of data/<name> below the head, all as wide as the head.
std::vector<Row> Rows(absl::string_view name);

// The path of something below tests/unit/core/recognition.
std::string DataPath(absl::string_view name);

inline std::string OrEmpty(const std::string& cell) { return cell == "-" ? "" : cell; }

}  // namespace passerelle::recognition
