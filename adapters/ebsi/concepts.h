// Values that the schemas of EBSI leave as IRIs of the European vocabularies, or as truth values.
//
// Thread-safety: free functions; each writes to the Source and the targets of its step.
#pragma once

#include "core/document/mapping.h"

namespace passerelle::adapters::ebsi {

// Formal or non-formal learning; a word, or an IRI outside of the vocabulary, becomes a note.
document::LossClass LearningSetting(const document::Step& step);

// How the identity of the learner was verified in the assessment; the same for others.
document::LossClass IdVerification(const document::Step& step);

// "true" or "false"; the same for others.
document::LossClass PartialQualification(const document::Step& step);

}  // namespace passerelle::adapters::ebsi
