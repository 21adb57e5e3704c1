// A decision as data, the same in every form in which it is issued, and its digest.
//
//   {"case", "document": {"sha256"}, "kind", "purpose", "recognised_as", "scope", "eqf_level", "level", "agreement",
//    "authenticity_checked", "target", "accepted": [{"unit", "ects"}], "not_accepted": [{"unit", "ects", "reason"}],
//    "conditions": [{"condition", "checked_by", "until", "if_met", "if_unmet"}], "alternative", "bridging_offer",
//    "reasons": [{"code", "meaning", "text", "evidence", "purpose_link"}], "considered": [{"kind", "reason"}],
//    "appeal", "remedial_advice", "workload", "quality", "comparable": [], "nothing_comparable", "legal_value",
//    "competent_authority", "legal_base", "policy": {"id", "version"}, "procedure_version", "decision_date",
//    "departure_reason"}
//
// Members that say nothing are left out. Nothing of it says who the holder is. The same decision gives the same bytes,
// whatever happens to the case afterwards.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Whether the decision or statement of a case can be issued: the holder was told of it, it is not under appeal and was
// neither revoked nor replaced (kGuardNotMet at "state"), and it holds what its kind demands (CheckDecision).
absl::Status CheckIssuable(const v1::RecognitionCase& content);

std::string DecisionJson(const v1::RecognitionCase& content);

// SHA-256 of DecisionJson, lower-case hexadecimal.
std::string DecisionSha256(const v1::RecognitionCase& content);

}  // namespace passerelle::recognition
