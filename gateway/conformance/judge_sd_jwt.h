// Judge of the kind sd-jwt.
//
// Thread-safety: a free function on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeSdJwt(const ConformanceCase& row);

}  // namespace passerelle::gateway
