// Tokens of the W3C's first model, whose credential stands in the claim "vc" and is completed by the others.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "core/document/source.h"
#include "core/elm/token_claims.h"

namespace passerelle::adapters::families {

struct CompletedToken {
  std::string json;
  std::vector<elm::ClaimFinding> findings;
};

// The token with its credential completed (core/elm/token_claims.h); what is no such token stays as it is.
CompletedToken CompleteToken(std::string json);

// Accounts for the claims beside "vc", and tells what became of them.
void MapTokenClaims(const std::vector<elm::ClaimFinding>& findings, const document::SourceNode* token,
                    document::Source* source);

// Only tells. What is said of claims that are not in the tree is said of the node.
void TellTokenClaims(const std::vector<elm::ClaimFinding>& findings, const document::SourceNode* token,
                     document::Source* source);

}  // namespace passerelle::adapters::families
