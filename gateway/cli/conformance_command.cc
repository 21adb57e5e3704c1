#include "gateway/cli/conformance_command.h"

#include <algorithm>

#include "gateway/cli/document_commands.h"
#include "gateway/conformance/suite.h"

namespace passerelle::gateway {

int RunConformance(const std::vector<std::string>& folders, bool json, const Console& console) {
  const auto suites = JudgeSuites(folders);
  if (!suites.ok()) {
    PrintProblem(suites.status(), console);
    return kExitRefused;
  }
  console.out << (json ? SuitesJson(*suites) : SuitesText(*suites));
  const bool agree = std::all_of(suites->begin(), suites->end(),
                                 [](const SuiteOutcome& outcome) { return outcome.differences.empty(); });
  return agree ? kExitDone : kExitRefused;
}

}  // namespace passerelle::gateway
