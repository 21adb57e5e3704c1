// The passerelle program.
#include <iostream>

#include "gateway/cli/command_line.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return passerelle::gateway::RunCommandLine(argc, argv, {std::cout, std::cerr});
}
