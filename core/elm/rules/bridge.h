// Bridges from the words of other formats to the European vocabularies: forms of participation, types of assessment,
// supervision, fields of study. The words are the rows of bridges.def.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// A word and what became of it.
struct Bridged {
  std::optional<v3::Concept> concept_node;  // absent: the word stays text
  bool derived = false;  // the concept says more, or less, than the word: mark the element as derived
};

// Rule mode.word.
Bridged ModeOfWord(absl::string_view word);

// Rule assessment.word. Concept labels of the vocabulary are words too ("project work").
Bridged AssessmentOfWord(absl::string_view word);

// Rule supervision.flags: the concept of two answers that a source gives. Supervised without an identity check has no
// concept and stays text, and so does everything of which one answer is not given.
Bridged SupervisionOf(std::optional<bool> supervised, std::optional<bool> identity_checked);

// Rule supervision.word: the values of the Dutch profile of Open Badges 3.0. `identity_checked` is its separate answer,
// which "supervised online" needs.
Bridged SupervisionOfWord(absl::string_view word, std::optional<bool> identity_checked);

}  // namespace passerelle::elm
