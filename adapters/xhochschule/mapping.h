// The tables of XHochschule.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::xhochschule {

// What all parts of a document share.
struct Frame {
  document::Source* source;
  document::Draft* draft;
  std::string language;
};

// transcriptOfRecords: the learner, the university, and every top-level leistung that was passed.
void MapTranscript(const Frame& frame, const document::SourceNode* root);

// hochschulabschlusszeugnis: one achievement, with what an enclosed supplement says of it. Problem: kNothingAwarded
// with the place of what was not passed.
absl::Status MapCertificate(const Frame& frame, const document::SourceNode* root);

// diplomaSupplement on its own. Problem: that of MapCertificate.
absl::Status MapSupplement(const Frame& frame, const document::SourceNode* root);

}  // namespace passerelle::adapters::xhochschule
