// Whether a receiver remembers long enough what a sender may repeat. Where it does not, a late retry would find its
// first attempt forgotten and have its effect twice.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "passerelle/federation/v1/node_map.pb.h"

namespace passerelle::federation {

// How far a clock may be off when the map does not say.
inline constexpr absl::Duration kClockBoundDefault = absl::Minutes(1);

// As the map states it, or the default: kDuplicateMemory, kExchangeLifeMax, kClockBoundDefault.
absl::Duration DuplicateMemoryOf(const v1::Node& node);
absl::Duration SendingHorizonOf(const v1::Node& node);
absl::Duration ClockBoundOf(const v1::Node& node);

// OK when the receiver's duplicate memory is at least the sender's horizon, the freshness window and the clock bounds
// of both. Problem: kDuplicateMemoryTooShort at "nodes[<receiver>].duplicate_memory" with the times; it goes away with
// a map that says otherwise.
absl::Status CheckDuplicateMemory(const v1::Node& sender, const v1::Node& receiver);

// Whether what the map states of this node is what this program does: it remembers for kDuplicateMemory and tries for
// up to kExchangeLifeMax. Problem: kNodeMapUnusable at the field.
absl::Status CheckOwnTerms(const v1::Node& own);

}  // namespace passerelle::federation
