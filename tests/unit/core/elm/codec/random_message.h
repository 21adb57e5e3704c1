// Random messages of the European model, from the descriptors alone.
//
// Thread-safety: free functions; the generator belongs to one thread.
#pragma once

#include <random>

#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// A credential with about `nodes` nodes at most, whose fields are set at random: texts with every kind of character,
// languages, references, several types, orders and kept members. Only what reading can bring about: no kept member has
// the name of a property, and a node that is more than a reference states its types.
v3::EuropeanDigitalCredential RandomCredential(std::mt19937& random, int nodes);

}  // namespace passerelle::elm
