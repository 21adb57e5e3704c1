#include "tests/support/logs.h"

#include "absl/strings/match.h"
#include "absl/time/clock.h"

namespace passerelle::testing {

::testing::AssertionResult Logs(const gateway::LocalFederation& federation, const std::string& node,
                                absl::string_view text) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  std::string log = federation.LogOf(node);
  while (!absl::StrContains(log, text) && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(20));
    log = federation.LogOf(node);
  }
  if (absl::StrContains(log, text)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << node << " does not say '" << text << "':\n" << log;
}

}  // namespace passerelle::testing
