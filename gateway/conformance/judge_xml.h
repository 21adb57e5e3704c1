// The judge of XML signatures.
//
// Thread-safety: free functions on values.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

// Kind "xmldsig". Parameter "cert": the pinned certificate in PEM; without it, the first one that the signature
// carries.
Judgement JudgeXmlSignature(const ConformanceCase& row);

}  // namespace passerelle::gateway
