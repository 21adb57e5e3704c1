// Who may call what on the port for clients. Deny by default.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class ClientTable {
 public:
  // Puts the clients of a configuration that was checked in place of those before; calls that run are not touched.
  void Replace(const config::v1::ClientPort& port);

  // The id of the client with this certificate (SHA-256 of the DER, hexadecimal), if it may call the service. Problems:
  // kClientUnknown, kClientNotAllowed.
  absl::StatusOr<std::string> Authorise(absl::string_view certificate_sha256, absl::string_view service) const;

  // The roles in which a client may take steps of recognition cases; none for a client that is not known.
  std::vector<recognition::v1::CaseActor> CaseRoles(absl::string_view client) const;

 private:
  using Clients = absl::flat_hash_map<std::string, config::v1::Client>;

  std::shared_ptr<const Clients> Get() const;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Clients> clients_ ABSL_GUARDED_BY(mutex_) = std::make_shared<const Clients>();
};

}  // namespace passerelle::gateway
