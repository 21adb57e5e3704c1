// Judges of canonical JSON (jcs), canonical RDF (rdfc), and JSON-LD as RDF (tordf).
//
// The file that a row expects is compared with what the production code makes; a row that expects none is about
// whether the input is taken at all.
#pragma once

#include "gateway/conformance/judges.h"

namespace passerelle::gateway {

Judgement JudgeJcs(const ConformanceCase& row);
// Parameter "hash" names another hash than SHA-256. "work" and "ms" bound other programs; ours has its own bound.
Judgement JudgeRdfc(const ConformanceCase& row);
// Parameters "base" and "option" are those of the W3C suite. Contexts are files of the suite.
Judgement JudgeToRdf(const ConformanceCase& row);

}  // namespace passerelle::gateway
