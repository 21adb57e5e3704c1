// Judges of the kinds merkle-inclusion and merkle-consistency.
//
// Thread-safety: free functions on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeMerkleInclusion(const ConformanceCase& row);
Judgement JudgeMerkleConsistency(const ConformanceCase& row);

}  // namespace passerelle::gateway
