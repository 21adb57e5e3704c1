// Open Badges 2.0 and 2.1 by 1EdTech, without the extensions of one country: assertions as JSON, as JWS, and baked into
// PNG and SVG. The badge class must be in the document; what stands at an address is not fetched.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::openbadges2 {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::openbadges2
