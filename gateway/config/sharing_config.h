// The part of a configuration that says how holders are asked for authorisations.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/status/status.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// kConfigInvalid with the key.
absl::Status CheckSharing(const config::v1::Sharing& sharing);

}  // namespace passerelle::gateway
