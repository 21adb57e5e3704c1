// The keys of nodes as those of logs and witnesses: a node signs its checkpoints, and those of others, with its message
// key.
//
// Thread-safety: free functions on values.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "core/evidence/note.h"
#include "core/federation/node_map.h"

namespace passerelle::relay {

// All keys that the node map names for a node, each with its period, as log and as witness; those of other forms are
// left out. None for a
// node that it does not know. A revoked node's are among them as those of a log, which is evidence still, and not as
// those of a witness.
std::vector<evidence::NoteKey> NoteKeysOf(const federation::NodeDirectory& nodes, absl::string_view node);

// Those of every node.
std::vector<evidence::NoteKey> NoteKeys(const federation::NodeDirectory& nodes);

// Those of the nodes under whose names a note is signed, if it can be read: a large map is not read for one note.
std::vector<evidence::NoteKey> NoteKeysFor(const federation::NodeDirectory& nodes, absl::string_view note);

}  // namespace passerelle::relay
