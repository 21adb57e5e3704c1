// What a letter, and the credential beside it, say of a decision, line by line: a label in the language of the reader,
// and texts that are either in that language too or in the authority's own words.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

struct LetterText {
  std::string text;
  bool of_authority = false;  // in the words, and the language, of the authority
  std::string day;            // yyyy-mm-dd, when the text is a day
};

struct LetterLine {
  absl::string_view key;  // of its label
  std::vector<LetterText> texts;
};

// The decision or statement but for its reasons, units, conditions and what was considered. Lines that say nothing are
// left out.
std::vector<LetterLine> DecisionLines(const v1::RecognitionCase& content, absl::string_view language);

// What a reason code means; the code where the language has no words for it.
std::string MeaningOf(absl::string_view code, absl::string_view language);

// The kind of decision in words.
absl::string_view KindText(v1::DecisionKind kind, absl::string_view language);

// A day as the language writes it; as it stands when it is none.
LetterText DayLine(const std::string& day, absl::string_view language);

}  // namespace passerelle::recognition
