// Whether contracts still fit those of a release: what programs of the two exchange, on the wire and as JSON, has to
// mean the same to both.
//
// Thread-safety: free functions on values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace passerelle::api {

// A surface (tests/api/surface.h) by what programs go by: numbers on the wire, names in JSON.
struct Contracts {
  struct Field {
    std::string name;
    std::string label;  // "singular", "optional", "repeated"
    std::string type;
    std::string oneof;  // empty for none
  };
  // By message. Extensions stand under "extensions of" and what they extend.
  std::map<std::string, std::map<int, Field>> messages;
  std::map<std::string, std::map<int, std::string>> enums;
  std::map<std::string, std::string> methods;  // "(request) returns (response)"
};

// INVALID_ARGUMENT with the first line that is none of a surface.
absl::StatusOr<Contracts> ReadContracts(const std::vector<std::string>& lines);

// Everything in `now` that a program with `released` would misunderstand or miss, one sentence each; nothing when
// `now` only adds to it. After the rules that protobuf gives for updating message types, and stricter where those know
// the wire alone: JSON goes by names, and a field with "optional" tells absence from zero.
std::vector<std::string> Breaks(const Contracts& released, const Contracts& now);

}  // namespace passerelle::api
