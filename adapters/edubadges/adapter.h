// Badges of edubadges, the service of Dutch education: Open Badges 2.0 with extensions for credits, level, language and
// outcomes, in the forms hosted, expanded and signed, and in that of the pilot of 2019.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::edubadges {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::edubadges
