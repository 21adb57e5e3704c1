// The part of a node's configuration that is about the router of student cards.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Paths become absolute or relative to `folder`, what is left out gets its default.
void CompleteStudentCards(const std::string& folder, config::v1::StudentCards* cards);

// Problem: kConfigInvalid, with the key.
absl::Status CheckStudentCards(const config::v1::StudentCards& cards);

}  // namespace passerelle::gateway
