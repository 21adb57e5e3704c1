// When the material of a federation runs out: every node can tell of every other, so that nobody is surprised by the
// end of a key or certificate, its own or a peer's.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

struct Expiry {
  std::string node;            // empty for the map itself
  absl::string_view material;  // "node_map", "tls_certificate", "message_key", "seal_key", "encryption_key"
  absl::Time end;
};

// For every active node and kind of material the time after which it has none of that kind: the last end of all that
// the map names, announced ones included. What has no end, and kinds of which a node has nothing, are left out.
std::vector<Expiry> ExpiriesOf(const v1::NodeMap& map);

}  // namespace passerelle::federation
