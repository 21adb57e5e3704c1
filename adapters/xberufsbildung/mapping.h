// The tables of XBerufsbildung.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include <string>

#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::xberufsbildung {

// The certificate: one achievement, with the parts of its examination.
void MapCertificate(document::Source* source, document::Draft* draft, const document::SourceNode* root,
                    const std::string& language);

}  // namespace passerelle::adapters::xberufsbildung
