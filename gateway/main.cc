// The passerelle program: the one place that names the stores.
#include <iostream>

#include "absl/synchronization/mutex.h"
#include "gateway/cli/command_line.h"
#include "gateway/store/maintenance.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
#ifdef NDEBUG
  // Abseil as Debian builds it keeps a graph of who waits for whom, a sixteenth of the processor time of a question.
  // Builds for a debugger go on looking for deadlocks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  return passerelle::gateway::RunCommandLine(argc, argv, passerelle::gateway::MakeStoreTools(), {std::cout, std::cerr});
}
