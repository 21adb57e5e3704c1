// What the health service of a node says (grpc.health.v1).
#pragma once

#include <string>

namespace passerelle::testing {

// "SERVING", "NOT_SERVING", or why there is no answer, of the service on this port of the loopback.
std::string Health(int port);

}  // namespace passerelle::testing
