// docs/reference/openapi.json: the services for clients over HTTP, as OpenAPI 3.1, from the contracts and their
// comments.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "tests/api/descriptor_set.h"

namespace passerelle::docs {

// Every unary method of the services that a client can be allowed to call, and every message that it uses, in the
// JSON form of protobuf.
std::string OpenApiPage(const api::DescriptorSet& descriptors);

}  // namespace passerelle::docs
