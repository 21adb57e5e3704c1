// EMREX ELMO 1.0 to 1.7: transcripts as XML, plain or as base64(gzip(xml)), base64(xml) or gzip(xml).
//
// The mapping is that of docs/reference: the whole document becomes one credential with one learning achievement per
// top-level specification; parts become parts. Whatever has no place is reported as dropped, element by element.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::elmo {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::elmo
