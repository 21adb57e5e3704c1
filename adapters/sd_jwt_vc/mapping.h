// How the claims of each type become a European credential.
//
// Thread-safety: free functions on values of one thread.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "adapters/sd_jwt_vc/presentation.h"
#include "core/document/draft.h"
#include "core/document/source.h"

namespace passerelle::adapters::sd_jwt_vc {

// What a token says about itself, the same in every type: about the proof, not about the award.
void MapToken(document::Source& source);

// The signer of the token as the awarding body, by reference, for a credential that states no issuer.
void MapSigner(document::Source& source, document::Draft& draft);

// The learning credential of the EUDI reference issuer, and the diploma of the Greek pilot.
void MapLearningCredential(document::Source& source, document::Draft& draft);
void MapDiploma(document::Source& source, document::Draft& draft);
// Refuses a credential of these two without its title, which a holder may have kept back. Problem: kTitleMissing, at
// the claim of the title.
absl::Status CheckTitle(const Presentation& presentation, const document::Source& source, absl::string_view claim);
// Where something was withheld; and, of the learning credential, the elements of Annex I that it may have stated.
void NoteDisclosures(const Presentation& presentation, document::Source& source);
void NoteWithheld(const Presentation& presentation, document::Source& source);

}  // namespace passerelle::adapters::sd_jwt_vc
