// Runs a program as a shell would, with everything captured.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::tests {

struct Outcome {
  int exit_code = -1;  // 128 and the number of the signal when one ended it; -1 when it had to be ended after a minute
  std::string out;
  std::string err;
};

// `environment` is added to this process's, as NAME=VALUE.
Outcome RunProgram(const std::vector<std::string>& arguments, absl::string_view standard_input = "",
                   const std::vector<std::string>& environment = {});

// The program under test.
std::string Passerelle();

// A folder of this test's own, empty at first.
std::string ScratchFolder();

// The value of a member of a JSON text on a path such as "/nodes/0/id": a text without its quotes, anything else as
// JSON; "absent" where there is none.
std::string At(const std::string& json, const std::string& pointer);

std::string ReadAll(const std::string& path);
void WriteAll(const std::string& path, absl::string_view bytes);

}  // namespace passerelle::tests
