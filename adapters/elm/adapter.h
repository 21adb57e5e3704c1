// European Digital Credentials in JSON: bare, in the envelope of the EU's builder, as a claim, or sealed.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::elm {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::elm
