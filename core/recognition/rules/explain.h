// Findings in words: what a rule asks, what was found, on which inputs and from where. The same book, facts and
// findings give the same bytes.
//
// Thread-safety: free functions on values.
#pragma once

#include "core/recognition/rules/rule_book.h"

namespace passerelle::recognition {

v1::RuleResult Explain(const RuleBook& book, const BookRule& rule, const Finding& finding, const FactSheet& sheet);

}  // namespace passerelle::recognition
