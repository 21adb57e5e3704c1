// The tables of the Open Education API.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::ooapi {

// The person of an association, or its id where another answer has the person. Null for neither.
const document::SourceNode* LearnerOf(const document::Source& source, const document::SourceNode* association);

// The offering of an association. Null where only its id is there.
const document::SourceNode* OfferingOf(const document::Source& source, const document::SourceNode* association);

// An association with its result, person and offering: one achievement.
void MapResult(document::Source* source, document::Draft* draft, const document::SourceNode* association);

}  // namespace passerelle::adapters::ooapi
