// How the claims of each type become a European credential.
//
// Thread-safety: free functions on values of one thread.
#pragma once

#include "adapters/sd_jwt_vc/presentation.h"
#include "core/document/draft.h"
#include "core/document/source.h"

namespace passerelle::adapters::sd_jwt_vc {

// What a token says about itself, the same in every type: about the proof, not about the award.
void MapToken(document::Source& source);

// The learning credential of the EUDI reference issuer, and the diploma of the Greek pilot.
void MapLearningCredential(document::Source& source, document::Draft& draft);
void MapDiploma(document::Source& source, document::Draft& draft);
// Where something was withheld; and, of the learning credential, the elements of Annex I that it may have stated.
void NoteDisclosures(const Presentation& presentation, document::Source& source);
void NoteWithheld(const Presentation& presentation, document::Source& source);

}  // namespace passerelle::adapters::sd_jwt_vc
