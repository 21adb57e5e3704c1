// What a command writes to, and the exit codes of the command line's contract.
#pragma once

#include <ostream>

namespace passerelle::gateway {

struct Console {
  std::ostream& out;  // results
  std::ostream& err;  // progress, summaries and refusals
};

inline constexpr int kExitDone = 0;
// Refused, findings, or not authentic.
inline constexpr int kExitRefused = 1;
// The verdict cannot be established.
inline constexpr int kExitNotEstablished = 2;
// The command line cannot be understood (sysexits.h, EX_USAGE).
inline constexpr int kExitUsage = 64;

}  // namespace passerelle::gateway
