// Judges of signed tokens: kinds vc-jwt, jws and jws-json.
//
// Thread-safety: functions on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeVcJwt(const ConformanceCase& row);
Judgement JudgeJws(const ConformanceCase& row);
Judgement JudgeJwsJson(const ConformanceCase& row);

}  // namespace passerelle::gateway
