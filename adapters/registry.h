// The adapters of this build, in the order of adapters/adapters.cmake. The source is generated from that table.
//
// Thread-safety: the registry is const after it was made. Ownership: the caller owns it.
#pragma once

#include "core/document/adapter.h"

namespace passerelle::adapters {

document::Registry MakeRegistry();

}  // namespace passerelle::adapters
