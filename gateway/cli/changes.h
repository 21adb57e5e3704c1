// What differs between two files, as the commands show it.
//
// Thread-safety: a free function on values.
#pragma once

#include <vector>

#include "core/base/message_diff.h"
#include "gateway/cli/console.h"

namespace passerelle::gateway {

// One line each: what happened, where, and the values.
void PrintChanges(const std::vector<base::MessageChange>& changes, const Console& console);

}  // namespace passerelle::gateway
