// The configuration file while the node runs: its clients are taken over when the file changes; every other key, and
// what is open to anybody, counts from the next start, and the log says so.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "gateway/clients/client_table.h"
#include "gateway/config/overrides.h"
#include "gateway/telemetry/log.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class ConfigFile {
 public:
  // `config` is what the file and the overrides said at the start; `path` is empty for a configuration that came from
  // no file and never changes. `clients` and `log` outlive this.
  ConfigFile(std::string path, std::vector<ConfigOverride> overrides, config::v1::NodeConfig config,
             ClientTable* clients, Log* log);

  // Looks whether the file changed. A file that cannot be used leaves everything as it is, and is told once.
  void Refresh();

 private:
  const std::string path_;
  const std::vector<ConfigOverride> overrides_;
  ClientTable* const clients_;
  Log* const log_;
  // Whether the port asks everybody for a certificate depends on them.
  const google::protobuf::RepeatedPtrField<std::string> open_services_;
  absl::Mutex mutex_;
  config::v1::NodeConfig config_ ABSL_GUARDED_BY(mutex_);
  std::string fingerprint_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway
