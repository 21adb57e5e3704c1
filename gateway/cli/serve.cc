#include "gateway/cli/serve.h"

#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/node_config.h"
#include "gateway/config/overrides.h"
#include "gateway/config/redacted.h"
#include "gateway/config/yaml.h"
#include "gateway/grpc/tls.h"
#include "gateway/node/node.h"

namespace passerelle::gateway {
namespace {

// Ends with whoever holds the other end of standard input, even if that was killed.
void StopWithStandardInput() {
  std::thread([] {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    kill(getpid(), SIGTERM);
  }).detach();
}

absl::StatusOr<std::unique_ptr<Node>> StartNode(document::Registry registry, const ServeRequest& request,
                                                const std::vector<ConfigOverride>& overrides,
                                                const StoreTools& stores) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(request.config, overrides));
  ASSIGN_OR_RETURN(std::unique_ptr<base::Store> store, stores.open(config));
  return Node::Start(config, {.store = std::move(store),
                              .adapters = std::move(registry),
                              .log = stdout,
                              .config_path = request.config,
                              .overrides = overrides,
                              .version = PASSERELLE_VERSION});
}

absl::Status PrintConfig(const ServeRequest& request, const std::vector<ConfigOverride>& overrides,
                         const Console& console) {
  ASSIGN_OR_RETURN(config::v1::NodeConfig config, LoadNodeConfig(request.config, overrides));
  RedactSecrets(&config);
  console.out << WriteYaml(config);
  return absl::OkStatus();
}

}  // namespace

int RunServe(document::Registry registry, const ServeRequest& request, const StoreTools& stores,
             const Console& console) {
  const auto overrides = AllOverrides(request.set);
  absl::Status status = overrides.status();
  if (status.ok() && request.print) status = PrintConfig(request, *overrides, console);
  if (status.ok() && request.check_only) status = CheckNodeConfig(request.config, *overrides);
  if (!status.ok()) {
    PrintProblem(status, console);
    return kExitRefused;
  }
  if (request.check_only && !request.print) console.out << "The configuration can be used.\n";
  if (request.check_only || request.print) return kExitDone;
  RequireTls13();
  // Left alone, glibc keeps the buffers of large documents in every thread that has worked on one. Those of a piece are
  // worth keeping, in few arenas: new pages cost more than the work on them.
  mallopt(M_MMAP_THRESHOLD, 4 << 20);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  mallopt(M_ARENA_MAX, 4);
  BlockStopSignals();
  if (request.stop_with_stdin) StopWithStandardInput();
  const absl::StatusOr<std::unique_ptr<Node>> node = StartNode(std::move(registry), request, *overrides, stores);
  if (!node.ok()) {
    PrintProblem(node.status(), console);
    return kExitRefused;
  }
  WaitForStopSignal();
  (*node)->Drain();
  return kExitDone;
}

void OnStopSignal(std::function<void()> clean_up) {
  BlockStopSignals();
  std::thread([clean_up = std::move(clean_up)] {
    const int signal = WaitForStopSignal();
    clean_up();
    // Other threads may be in the middle of calls to what is gone: nothing of theirs is torn down.
    _exit(128 + signal);
  }).detach();
}

}  // namespace passerelle::gateway
