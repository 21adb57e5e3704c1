// The surface of the contracts: one line per method, field and enum value. Whatever changes on the wire or in JSON
// changes a line; comments and the order of declarations do not.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "tests/api/descriptor_set.h"

namespace passerelle::api {

// The lines, by file, then by element and number.
std::vector<std::string> Surface(const DescriptorSet& descriptors);

}  // namespace passerelle::api
