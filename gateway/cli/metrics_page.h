// The metrics page of a node, as a monitoring system reads it.
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// The page on a port of this machine. Problems: kPeerUnreachable, kInputTooLarge.
absl::StatusOr<std::string> ReadMetricsPage(int port);

// Sum of the series of a metric whose labels contain every one of `labels`, such as direction="in".
double MetricSum(absl::string_view page, absl::string_view metric, const std::vector<std::string>& labels = {});

}  // namespace passerelle::gateway
