// What a decision must hold before it can be taken, by its kind.
//
// Less than what was asked for needs reasons and the ways of appeal; a refusal needs a substantial difference with its
// evidence and its link to the purpose, and that an alternative, a partial and a conditional recognition were
// considered (Lisbon Recognition Convention, revised recommendation on criteria and procedures; EAR manual, chapters 10
// and 11).
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/recognition/v1/decision.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Problems, with the field: kFieldMissing; kFieldInvalid for codes, levels, days and kinds that cannot be;
// kRefusalWithoutGround for a refusal without a substantial difference, such as one for what is only not known.
absl::Status CheckDecision(const v1::Decision& decision);

// The same beside the evaluation that it rests on: a departure from what the rules propose needs a reason, and nothing
// is decided against the applicant while something essential is unknown. kFieldMissing, kNoEvidence.
absl::Status CheckAgainstEvaluation(const v1::Decision& decision, const v1::Evaluation& evaluation);

// Whether something essential for the stated purpose is unknown.
bool EssentialUnknown(const v1::Evaluation& evaluation);

// "FULL", "AUTO_LEVEL"; empty for none.
absl::string_view KindWord(v1::DecisionKind kind);

}  // namespace passerelle::recognition
