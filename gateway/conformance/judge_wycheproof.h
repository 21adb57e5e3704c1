// Judge of files with many tests of one primitive each: kind wycheproof.
//
// Thread-safety: a function on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

// "per-test" when every test has the answer that the file states, otherwise "differs" with the numbers of the tests.
// "acceptable" takes any answer. A strict gateway refuses some tokens that the file calls valid; the evidence of the
// row names them.
Judgement JudgeWycheproof(const ConformanceCase& row);

}  // namespace passerelle::gateway
