// YAML as a bounded tree in which every value knows its line.
//
// One document, no anchors, aliases or tags, no key twice in a mapping; at most base::kConfigBytesMax bytes and
// base::kNestingMax levels. What is refused is refused by line.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

struct YamlMember;

struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  Kind kind = Kind::kNull;
  int line = 0;                     // from 1
  bool quoted = false;              // a quoted scalar is text, whatever it looks like
  std::string scalar;               // kScalar
  std::vector<YamlNode> items;      // kSequence
  std::vector<YamlMember> members;  // kMapping
};

struct YamlMember {
  std::string key;
  YamlNode value;
};

// `name` is the file's name for places, which read "name:line". Problem: kConfigInvalid.
absl::StatusOr<YamlNode> ParseYaml(absl::string_view bytes, absl::string_view name);

}  // namespace passerelle::gateway
