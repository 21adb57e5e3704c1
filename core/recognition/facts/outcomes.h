// Learning outcomes of a credential beside those of a target, by the addresses of a public list such as ESCO.
//
// Only the same outcome counts: the same address, or one that the target calls the same in another version of the list.
// A broader outcome may hold the one that is asked for, and a narrower one is a part of it; both are hints for a
// person, never credit. An outcome without an address cannot be compared by machine.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "passerelle/recognition/v1/case_facts.pb.h"
#include "passerelle/recognition/v1/policy.pb.h"

namespace passerelle::recognition {

enum class OutcomeRelation { kNone, kNarrower, kBroader, kExact };

// How an outcome of a credential relates to one of a target.
OutcomeRelation Relate(const v1::OutcomeFacts& outcome, const v1::TargetOutcome& target);

// How a target's outcome fares: the best relation that any outcome of the credential has to it.
struct ComparedOutcome {
  const v1::TargetOutcome* target;
  OutcomeRelation relation = OutcomeRelation::kNone;
  const v1::OutcomeFacts* by = nullptr;  // null when nothing relates
};

using OutcomeList = google::protobuf::RepeatedPtrField<v1::OutcomeFacts>;
using TargetList = google::protobuf::RepeatedPtrField<v1::TargetOutcome>;

// One entry for each of the target's, in its order.
std::vector<ComparedOutcome> CompareOutcomes(const OutcomeList& outcomes, const TargetList& targets);

// What a unit comes to, without lists: for the rules.
struct OutcomeCount {
  int essential_gaps = 0;  // no relation at all
  int other_gaps = 0;      // not exact, and not essential
  int hints = 0;           // essential, and broader or narrower only
};
OutcomeCount CountOutcomes(const OutcomeList& outcomes, const TargetList& targets);

// Whether some outcome has no address, so that a gap cannot be shown by machine.
bool HasUncodedOutcome(const OutcomeList& outcomes);

// "exact", "broader", "narrower", "none".
const char* RelationWord(OutcomeRelation relation);

}  // namespace passerelle::recognition
