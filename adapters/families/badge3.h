// Open Badges 3.0: what a badge credential says, for every format that is one or holds one (Open Badges 3.0 itself, the
// comprehensive learner record, the Dutch profile inside an SD-JWT).
//
// Core: 1EdTech Open Badges 3.0. Profile: educredentials, which adds what Annex I asks for (ECTS, SBU, level,
// assessment, participation, supervision, quality assurance).
//
// Thread-safety: free functions; each writes to its Source and Draft.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/document/draft.h"

namespace passerelle::adapters::families {

// Whether the JSON of a member "type" names a badge credential.
bool NamesBadge3(absl::string_view type_json);

// The credential itself: validity, identifiers, what belongs to its seal.
void MapBadge3Envelope(document::Source* source, document::Draft* draft, const document::SourceNode* credential);

// Its issuer, as the awarding body.
void MapBadge3Issuer(document::Source* source, const document::SourceNode* credential, document::Draft* draft,
                     elm::v3::Organisation* body);

// The learner, as far as a badge names one: an identifier, or a hash that can be compared and not reversed.
void MapBadge3Learner(document::Source* source, const document::SourceNode* subject, document::Draft* draft);

// What was awarded to several people must never meet in one translation: subjects of a credential have one id. Problem:
// kFieldInvalid with the place of the first other one.
absl::Status CheckOneSubject(const document::Source& source, const document::SourceNode* credential);

// What was achieved: one claim for each achievement of the credential's subject. The last of them, null for none.
document::DraftAchievement* MapBadge3Claims(document::Source* source, const document::SourceNode* credential,
                                            document::Draft* draft, elm::v3::Organisation* body);

}  // namespace passerelle::adapters::families
