// Evaluations for people and for scripts.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/pathway/v1/evaluation.pb.h"

namespace passerelle::pathway {

// "SATISFIED", "NOT_SATISFIED" or "UNKNOWN".
absl::string_view OutcomeWord(v1::Outcome outcome);

// "USED", "PARTLY" or "NOT_USED".
absl::string_view UseWord(v1::ItemUse use);

// {"pathway","version","owner","owner_name","date","outcome","credits":{"low","high"},"items":[{"item","title",
// "credential","use","rule","element","credits":{"low","high"},"reason","explanation","open":[],"related"}],"rules":
// [{"rule","kind","outcome","needed","have","explanation","items":[]}],"gaps":[{"rule","missing","suggestions":
// [{"offer","title","why"}]}],"assumptions":[],"assignment_proven","creates_entitlement","notice","how_to_apply"}
std::string EvaluationJson(const v1::Evaluation& evaluation);

// The same for people.
std::string EvaluationText(const v1::Evaluation& evaluation);

}  // namespace passerelle::pathway
