// Erasmus Without Paper, incoming mobility transcripts of records (imobility-tors) version 2: the answer of an
// institution, which carries one ELMO document for each mobility.
//
// The answer is opened; what is inside is read by the adapter of its own format. The id of the mobility stays in the
// answer. The report index counts the reports of all transcripts of the answer.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::ewp {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::ewp
