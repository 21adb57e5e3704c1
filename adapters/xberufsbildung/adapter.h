// XBerufsbildung 0.5 and 0.6: certificates of German chambers in XML, of vocational and of further training.
//
// The registration of a training contract and messages between authorities are no certificates and are refused.
//
// The identification of the learner is taken strictly: a document that names its holder twice, or whose birth date is
// not written as the standard demands, is refused, because a reader who repairs it decides who was meant.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::xberufsbildung {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::xberufsbildung
