// The part of a node's configuration that says who may call, and how it is known.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Resolves paths of the issuers' keys against the folder of the configuration, and fills in what is not stated.
void CompleteTokenIssuers(const std::string& folder, config::v1::ClientPort* port);

// Whether a list of services names the service.
bool ListsService(const google::protobuf::RepeatedPtrField<std::string>& services, absl::string_view service);

// Clients and issuers of tokens. Problem: kConfigInvalid with the key.
absl::Status CheckClients(const config::v1::ClientPort& port);

}  // namespace passerelle::gateway
