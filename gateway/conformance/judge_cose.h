// Judges of the kinds cose-sign1 and cose-vc.
//
// Thread-safety: free functions on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeCoseSign1(const ConformanceCase& row);
Judgement JudgeCoseVc(const ConformanceCase& row);

}  // namespace passerelle::gateway
