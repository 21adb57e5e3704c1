// The judge of Data Integrity proofs (di). The parameter "issuer" says that the issuer's key must be shown to be its
// own; without it, binding the key to the issuer is not part of the case.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeDataIntegrity(const ConformanceCase& row);

}  // namespace passerelle::gateway
