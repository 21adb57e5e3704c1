// The part of a node's configuration that says where its store is.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Resolves paths against the folder of the configuration and fills in what is not stated.
void CompleteStore(const std::string& folder, config::v1::NodeConfig* config);

// Problem: kConfigInvalid with the key.
absl::Status CheckStore(const config::v1::NodeConfig& config);

// The password of the database, from the file or the variable; empty when the configuration names neither. Problems:
// kInputNotReadable, and kConfigInvalid when the variable is not set or the file has not exactly one line. No problem
// holds any of it.
absl::StatusOr<std::string> LoadStorePassword(const config::v1::PostgresqlStore& store);

}  // namespace passerelle::gateway
