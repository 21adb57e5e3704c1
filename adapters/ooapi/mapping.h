// The tables of the Open Education API.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::ooapi {

// An association with its result, person and offering: one achievement.
void MapResult(document::Source* source, document::Draft* draft, const document::SourceNode* association);

}  // namespace passerelle::adapters::ooapi
