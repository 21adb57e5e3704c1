// Commands in the documents. A fence
//
//   <!-- exit: 1 -->
//   ```console
//   $ passerelle detect gateway/cli/demo_data/transcript.xml
//   elmo
//   ```
//
// is run: every command in turn, in one fresh folder a fence, with the repository's tests/, docs/ and gateway/ in it.
// The last command ends with the stated exit code (0 without the comment), all others with 0. Lines after a command are
// part of its output, in that order; "..." stands for any lines between. Other fences (sh, yaml) are not run.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::docs {

struct ConsoleCommand {
  size_t line = 0;  // of the document, from 1
  std::string command;
  std::vector<std::string> output;
  int exit_code = 0;
};

// One entry a fence.
std::vector<std::vector<ConsoleCommand>> ConsoleBlocks(absl::string_view markdown);

// The first shown line that is not in the output where it should be; empty when all are.
std::string MissingLine(const std::vector<std::string>& shown, absl::string_view output);

}  // namespace passerelle::docs
