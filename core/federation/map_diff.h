// What changes from one node map to the next, for people who are asked to sign it.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

struct MapChange {
  enum class Kind { kAdded, kRemoved, kChanged };
  Kind kind;
  std::string place;   // such as "nodes[NO].message_keys[<kid>].not_after"
  std::string before;  // empty for what was added
  std::string after;   // empty for what was removed
};

// Every field that differs, in the order of the message. Nodes are compared by id, keys by kid or digest, authorities
// of the root by key: another order alone is no change.
std::vector<MapChange> CompareNodeMaps(const v1::NodeMap& before, const v1::NodeMap& after);

// "added", "removed", "changed".
const char* ChangeWord(MapChange::Kind kind);

}  // namespace passerelle::federation
