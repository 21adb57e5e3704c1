// A complete decision of each kind, invented.
//
// Thread-safety: a free function.
#pragma once

#include "passerelle/recognition/v1/decision.pb.h"

namespace passerelle::recognition {

v1::Decision ExampleDecision(v1::DecisionKind kind);

}  // namespace passerelle::recognition
