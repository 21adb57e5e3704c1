// Who may call what on the ports for clients. Deny by default.
//
// A call that brings a token is judged by the token, and by nothing else: what is wrong with it is not made up for by a
// certificate. A certificate beside it has to be that of the same client, or of none. A call without a token is judged
// by its certificate. A call that brings neither is a stranger's, who may call what is open to everybody.
//
// Thread-safety: thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "gateway/clients/caller_credentials.h"
#include "gateway/clients/token_issuers.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

class ClientTable {
 public:
  // Puts the clients of a configuration that was checked in place of those before; calls that run are not touched.
  void Replace(const config::v1::ClientPort& port);

  // The id of the client that calls, or kAnybody, if it may call the service, be it in an emergency; `issuers` is null
  // on a node that takes no tokens. Problems: kClientUnknown, kClientNotAllowed; and with the code UNAUTHENTICATED,
  // whatever the reason, for a token that is not good: those of TokenIssuers::Check, and kFieldInvalid at
  // "authorization" for a header of another form. Keys of an issuer that are not at hand are kNoEvidence with
  // UNAVAILABLE: the token may be good.
  absl::StatusOr<std::string> Authorise(const CallerCredentials& caller, absl::string_view service,
                                        const TokenIssuers* issuers) const;

  // Whether the client may call the service in an emergency only (gateway/clients/emergency_access.h): Authorise lets
  // it in, and whoever works on the call has to see that an emergency access is open.
  bool NeedsEmergency(absl::string_view client, absl::string_view service) const;

  // The client of that id, as it is configured now.
  std::optional<config::v1::Client> Find(absl::string_view client) const;

  // The roles in which a client may deal with recognition cases by calls of a service; none for a client that is not
  // known. Those for emergencies are among them where the client gets to the service in an emergency only: what it may
  // call always, it calls without them.
  std::vector<recognition::v1::CaseActor> CaseRoles(absl::string_view client, absl::string_view service) const;

  // Whether the client sees cases without the identity of holders until they are decided.
  bool WorksBlind(absl::string_view client) const;

 private:
  struct Clients {
    std::vector<config::v1::Client> list;
    absl::flat_hash_map<std::string, size_t> by_certificate;
    absl::flat_hash_set<std::string> open_services;
  };

  std::shared_ptr<const Clients> Get() const;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Clients> clients_ ABSL_GUARDED_BY(mutex_) = std::make_shared<const Clients>();
};

}  // namespace passerelle::gateway
