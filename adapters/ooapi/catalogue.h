// Catalogues of the Open Education API: courses, programmes and their offerings as learning opportunities.
//
// A course or programme is both what is learned (a Qualification) and that it is offered (a LearningOpportunity); an
// offering is a LearningOpportunity at a time, which refers to its course. Organisations stand by themselves.
//
// Thread-safety: for one thread, as its Source.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "core/document/source.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::ooapi {

// The entries of a document: an object of the interface, those of a list, or of a page ("items").
std::vector<const document::SourceNode*> EntriesOf(const document::Source& source);

// Whether it is a course, a programme, a component, or an offering of one.
bool IsCatalogueEntry(const document::Source& source, const document::SourceNode* entry);

// Problems: kInputTooLarge for a catalogue that multiplies itself (Source::CheckAllowance).
absl::StatusOr<elm::v3::Dataset> ReadCatalogue(document::Source* source);

}  // namespace passerelle::adapters::ooapi
