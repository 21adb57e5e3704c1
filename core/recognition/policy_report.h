// Evaluations for people and for scripts.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// "MET", "NOT_MET", "UNKNOWN", "NON_SUBSTANTIAL", "SUBSTANTIAL", "NOT_APPLICABLE".
absl::string_view RuleWord(v1::RuleOutcome outcome);

// "SUBMITTED", "EVALUATION": the states of the contract without their prefix.
absl::string_view StateWord(v1::CaseState state);

// "ASSESSOR_UNRESOLVED (assessor=deqar:DEQARINST0001)".
std::string WarningText(const v1::EvaluationWarning& warning);

// {"policy","version","state","decision","route","route_reason","proposed","agreement","profile","facts_sha256",
// "considered":[{"kind","reason"}],"profile_evidence":[],"rules":[{"rule","outcome","required","found","explanation",
// "reason_code","essential","inputs":[{"name","value","source"}]}],"reasons":[],"missing":[],"competent_authority",
// "warnings":[{"reason","explanation","inputs":[]}],"legal_base","appeal"}
std::string OutcomeJson(const v1::RecognitionOutcome& outcome);

// The rules with their outcomes, two or three lines each: what came out and why, what was asked and found, and from
// what.
std::string RulesText(const v1::Evaluation& evaluation);

// The same as a letter would say it, rule by rule.
std::string OutcomeText(const v1::RecognitionOutcome& outcome);

}  // namespace passerelle::recognition
