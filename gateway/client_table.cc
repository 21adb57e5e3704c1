#include "gateway/client_table.h"

#include <algorithm>
#include <utility>

#include "core/base/problem.h"

namespace passerelle::gateway {

using base::Problem;
using base::Reason;

void ClientTable::Replace(const config::v1::ClientPort& port) {
  auto clients = std::make_shared<Clients>();
  for (const config::v1::Client& client : port.clients()) (*clients)[client.certificate_sha256()] = client;
  const absl::MutexLock lock(&mutex_);
  clients_ = std::move(clients);
}

std::shared_ptr<const ClientTable::Clients> ClientTable::Get() const {
  const absl::MutexLock lock(&mutex_);
  return clients_;
}

std::vector<recognition::v1::CaseActor> ClientTable::CaseRoles(absl::string_view client) const {
  std::vector<recognition::v1::CaseActor> roles;
  const std::shared_ptr<const Clients> clients = Get();
  for (const auto& [certificate, entry] : *clients) {
    if (entry.id() != client) continue;
    for (const int role : entry.case_roles()) roles.push_back(static_cast<recognition::v1::CaseActor>(role));
  }
  return roles;
}

absl::StatusOr<std::string> ClientTable::Authorise(absl::string_view certificate_sha256,
                                                   absl::string_view service) const {
  const std::shared_ptr<const Clients> clients = Get();
  const auto found = clients->find(certificate_sha256);
  if (found == clients->end()) return Problem(Reason::kClientUnknown, "certificate");
  const auto& services = found->second.services();
  if (std::find(services.begin(), services.end(), service) == services.end()) {
    return Problem(Reason::kClientNotAllowed, service);
  }
  return found->second.id();
}

}  // namespace passerelle::gateway
