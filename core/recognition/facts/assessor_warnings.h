// What an evaluator is told about those who assessed and did not award.
//
// Thread-safety: free functions on values.
#pragma once

#include "passerelle/recognition/v1/case_facts.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// One warning for each assessor whose recognition on the day of the award is open: NO_EVIDENCE where no register was
// asked, ASSESSOR_UNRESOLVED where none has them, NOT_COVERED where one has them and does not say that they were
// recognised, NOT_ACCREDITED where it says that they were not. A warning decides nothing.
void AddAssessorWarnings(const v1::CaseFacts& facts, v1::Evaluation* evaluation);

}  // namespace passerelle::recognition
