// The tables of VIRTA, and the order in which its studies contain each other.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::virta {

// Opiskelija elements of one learner: identity code, learner numbers.
void MapLearner(document::Source* source, document::Draft* draft,
                const std::vector<const document::SourceNode*>& records);

// All studies of the records that were passed and have a name, parts below what contains them. Problems:
// kTitleMissing where the names were all that was missing, kNothingAwarded with the place of the first that was left
// out.
absl::Status MapStudies(document::Source* source, document::Draft* draft,
                        const std::vector<const document::SourceNode*>& records);

}  // namespace passerelle::adapters::virta
