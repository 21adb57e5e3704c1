// The passerelle program: the one place that names the stores.
#include <iostream>

#include "gateway/cli/command_line.h"
#include "gateway/store/maintenance.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return passerelle::gateway::RunCommandLine(argc, argv, passerelle::gateway::MakeStoreTools(), {std::cout, std::cerr});
}
