// The three dialects, one function for each; see adapter.h.
//
// Thread-safety: free functions; each writes to its Source and Draft.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::ebsi {

// Who issued the credential.
struct Issuers {
  std::vector<const document::SourceNode*> nodes;
  absl::flat_hash_set<std::string> ids;
  bool only_sign = false;  // it was told that an issuer who awarded nothing signs only
};

// What a dialect reads: the subject of the credential.
struct Reading {
  document::Source* source;
  document::Draft* draft;
  const document::SourceNode* credential;
  Issuers* issuers;
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
