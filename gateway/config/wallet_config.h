// The part of a configuration that says what the node does with wallets.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Resolves the paths by the folder of the configuration, and sets what is not said.
void CompleteWallets(const std::string& folder, config::v1::Wallets* wallets);

// All but the address that is listened on. kConfigInvalid with the key.
absl::Status CheckWallets(const config::v1::Wallets& wallets);

}  // namespace passerelle::gateway
