// The three dialects, one function for each; see adapter.h.
//
// Thread-safety: free functions; each writes to its Source and Draft.
#pragma once

#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::ebsi {

// What a dialect reads: the subject of the credential.
struct Reading {
  document::Source* source;
  document::Draft* draft;
  const document::SourceNode* credential;
  const document::SourceNode* subject;
};

// learningAchievement, learningSpecification, awardingOpportunity beside each other.
void MapFlatDiploma(const Reading& reading);
// achieved[] with parts.
void MapAchieved(const Reading& reading);
// hasClaim[] of the European model, with notations for concepts.
void MapClaims(const Reading& reading);

// Identifiers {schemeID, value}, text or number alike; a learner's by default.
document::LossClass SchemedIdentifier(const document::Step& step);

}  // namespace passerelle::adapters::ebsi
