// What changes from one node map to the next, for people who are asked to sign it.
//
// Thread-safety: a free function on values.
#pragma once

#include <vector>

#include "core/base/message_diff.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

// Every field that differs, in the order of the message. Nodes are compared by id, keys by kid or digest, authorities
// of the root by key: another order alone is no change.
std::vector<base::MessageChange> CompareNodeMaps(const v1::NodeMap& before, const v1::NodeMap& after);

}  // namespace passerelle::federation
