// The tables of Koski: what of a record is read, and where it goes.
//
// Thread-safety: free functions; each writes to the Draft and the Source that it is given.
#pragma once

#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::koski {

// henkilö: names, national identity code, learner number.
void MapLearner(document::Source* source, document::Draft* draft, const document::SourceNode* person);

// A confirmed performance (suoritus) of a right to study (opiskeluoikeus), with its parts.
void MapPerformance(document::Source* source, document::Draft* draft, const document::SourceNode* right,
                    const document::SourceNode* performance);

// What a performance's last assessment says, or else its overall mark: whether it was passed, or nothing if there is
// neither. Forecasts are no assessments; a year that is to be repeated was not passed.
struct Assessment {
  const document::SourceNode* node = nullptr;  // the last by date; null for none
  bool failed = false;
};
Assessment LastAssessment(const document::Source& source, const document::SourceNode* performance);

// Marks everything that must not leave the register, wherever it stands, so that the report names the place and nothing
// below it.
void WithholdSensitive(document::Source* source);

}  // namespace passerelle::adapters::koski
