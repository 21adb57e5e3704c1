// Whether two descriptions of one node can stand together.
//
// Thread-safety: free functions on values. Cost: linear in the second object.
#pragma once

#include <string>

#include "core/base/json.h"

namespace passerelle::elm {

// The name of the first member of `second` that says something else than the member of that name in `first`; empty if
// both can be true. A member that only one of them has is no contradiction: a node may be described in parts. An object
// and an array of it say the same, and so do a node and its id. Nodes below that have ids of their own are compared by
// these only. Objects of more than 64 members, which no class has, are taken to agree.
std::string ContradictingMember(simdjson::dom::object first, simdjson::dom::object second);

}  // namespace passerelle::elm
