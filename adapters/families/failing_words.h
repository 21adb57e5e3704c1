// Grades in words that say that something was not passed.
//
// Thread-safety: IsFailingWord and ReadsAsFailing are free functions on values; the others write to the Source of one
// thread.
#pragma once

#include "absl/strings/string_view.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::families {

// Whether a grade is a word for not having passed, in the languages of those who issue transcripts and badges.
bool IsFailingWord(absl::string_view grade);

// The same, or a letter that stands for failure on the grading scale of ECTS; on another scale it may be a pass.
bool ReadsAsFailing(absl::string_view grade);

// Warns of a grade that reads as not passed (grade.failing-word): on a scale that the document does not describe a word
// alone proves nothing.
void WarnOfFailingWord(document::Source* source, const document::SourceNode* grade);

// A grade as a text, with the same warning.
document::LossClass GradeInWords(const document::Step& step);

}  // namespace passerelle::adapters::families
