// Whether an item can count at all: authenticity, and the rules of a pathway that look at one item.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/pathway/matching.h"
#include "passerelle/pathway/v1/evaluation.pb.h"
#include "passerelle/pathway/v1/pathway.pb.h"

namespace passerelle::pathway {

// A reason why an item cannot count, or why it is open whether it can.
struct Objection {
  Answer answer = Answer::kNo;  // kNo: it cannot; kUnknown: it is open
  std::string rule;             // id of the rule; empty for authenticity
  std::string reason;           // "EXPIRED", "NOT_AUTHENTIC", …
  std::string text;             // in words
};

// Everything that speaks against an item on a day (yyyy-mm-dd), in the order authenticity, then the pathway's rules.
std::vector<Objection> Objections(const v1::Pathway& pathway, const v1::Item& item, const std::string& day);

// Whether the rule looks at one item alone.
bool LooksAtOneItem(const v1::Rule& rule);

// What such a rule needs, in words.
std::string NeededOfAnItem(const v1::Rule& rule);

// The day so many months later, the last one of its month where the month is too short; empty for what is no day.
std::string MonthsLater(absl::string_view day, uint32_t months);

}  // namespace passerelle::pathway
