// The command line of the `passerelle` program. Its contract (commands, output shapes, exit codes) is stable: scripts
// rely on it. Locale and time zone change nothing.
#pragma once

#include "gateway/cli/console.h"
#include "gateway/cli/serve.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

// Understands the arguments, runs the command and returns the exit code. A command line that cannot be understood is
// answered with one line on the error stream that says what to write instead, and kExitUsage.
int RunCommandLine(int argc, const char* const* argv, const StoreTools& stores, const Console& console);

}  // namespace passerelle::gateway
