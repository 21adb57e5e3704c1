// Judges of the kinds token-status and bitstring: lists with what they must say.
//
// Thread-safety: free functions on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeTokenStatus(const ConformanceCase& row);
Judgement JudgeBitstring(const ConformanceCase& row);

}  // namespace passerelle::gateway
