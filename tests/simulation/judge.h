// Judges a world that has come to rest: every invariant that is about the end.
//
// Thread-safety: free functions, for one thread.
#pragma once

#include "tests/simulation/world.h"

namespace passerelle::simulation {

void Judge(World& world);

// The part that also holds when inboxes have forgotten: uses of authorisations and leaves about received messages.
void JudgeEffects(World& world);

}  // namespace passerelle::simulation
