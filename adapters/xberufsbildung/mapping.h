// The tables of XBerufsbildung.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include <string>

#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::xberufsbildung {

// Whether the certificate is that of a trainer (zeugnisAEVO), which names no qualification and has its parts at the
// top.
bool IsOfTrainer(const document::SourceNode* root);

// The certificate: one achievement, with the parts of its examination.
void MapCertificate(document::Source* source, document::Draft* draft, const document::SourceNode* root,
                    const std::string& language);

}  // namespace passerelle::adapters::xberufsbildung
