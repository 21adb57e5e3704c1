// The command that runs a node.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/document/adapter.h"
#include "gateway/cli/console.h"
#include "gateway/store_tools.h"

namespace passerelle::gateway {

struct ServeRequest {
  std::string config;
  bool check_only = false;
  bool print = false;            // the configuration as it counts, without secrets
  std::vector<std::string> set;  // overrides, "key=value"
  bool stop_with_stdin = false;  // stops when standard input ends: with the process that started the node
};

// Runs a node until it is told to stop (SIGINT, SIGTERM), with its log on standard output. No other thread may have
// been made before. Returns kExitDone after draining, kExitRefused when the node could not be started.
int RunServe(document::Registry registry, const ServeRequest& request, const StoreTools& stores,
             const Console& console);

// Calls `clean_up` and ends the process, with 128 and the number of the signal, when SIGINT or SIGTERM comes. To be
// called before other threads are made. `clean_up` runs in a thread of its own.
void OnStopSignal(std::function<void()> clean_up);

}  // namespace passerelle::gateway
