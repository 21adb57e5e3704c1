// What a node says in its log, once it has said it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/cli/local_federation.h"
#include "gtest/gtest.h"

namespace passerelle::testing {

// Whether the log of the node holds the text; waits up to 20 seconds for it, since a node writes its log after it has
// answered. The failure shows the log.
::testing::AssertionResult Logs(const gateway::LocalFederation& federation, const std::string& node,
                                absl::string_view text);

}  // namespace passerelle::testing
