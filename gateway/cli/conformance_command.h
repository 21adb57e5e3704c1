// The command `passerelle conformance`.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>
#include <vector>

#include "gateway/cli/console.h"

namespace passerelle::gateway {

// Judges the suites below the folders; exit code 0 when nothing differs.
int RunConformance(const std::vector<std::string>& folders, bool json, const Console& console);

}  // namespace passerelle::gateway
