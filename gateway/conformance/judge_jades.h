// Judge of sealed JSON documents: kind jades.
//
// Thread-safety: a function on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

// "root" of the parameters names the anchors, in PEM; without it no path is asked for. The reason tells the levels.
Judgement JudgeJades(const ConformanceCase& row);

}  // namespace passerelle::gateway
