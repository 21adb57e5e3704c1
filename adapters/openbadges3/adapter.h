// Open Badges 3.0 by 1EdTech, core and the Dutch profile educredentials: achievement credentials as JSON, as VC-JWT,
// and baked into PNG and SVG. Data model 1.1 and 2.0 of verifiable credentials. Read and written.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::openbadges3 {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::openbadges3
