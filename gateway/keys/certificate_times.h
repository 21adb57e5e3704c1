// Whether the certificates that a node shows on its ports are in time.
//
// Thread-safety: a free function on values.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// One problem for each file of certificates that has ended or not begun at `at`; a file that several ports name counts
// once. kKeyUnusable with the file, also for one that cannot be read.
std::vector<absl::Status> CertificatesOutOfTime(const config::v1::NodeConfig& config, absl::Time at);

}  // namespace passerelle::gateway
