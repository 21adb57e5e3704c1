#include "gateway/clients/client_table.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/client_config.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using config::v1::Client;
using config::v1::TokenIdentity;

constexpr absl::string_view kScheme = "bearer ";

// The problem as a caller's whose token was refused. Reasons about tokens are about documents elsewhere, and have codes
// that fit those.
absl::Status Unauthenticated(const absl::Status& problem) {
  const bool nobody_knows = base::ReasonOf(problem) == Reason::kNoEvidence;
  absl::Status status(nobody_knows ? absl::StatusCode::kUnavailable : absl::StatusCode::kUnauthenticated,
                      problem.message());
  problem.ForEachPayload(
      [&status](absl::string_view url, const absl::Cord& payload) { status.SetPayload(url, payload); });
  return status;
}

// RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1).
absl::StatusOr<absl::string_view> BearerToken(const std::vector<std::string>& authorization) {
  if (authorization.size() > 1) return Problem(Reason::kFieldInvalid, "authorization", "one is expected");
  absl::string_view value = authorization.front();
  if (!absl::StartsWithIgnoreCase(value, kScheme)) {
    return Problem(Reason::kFieldInvalid, "authorization", "Bearer and a token are expected");
  }
  value.remove_prefix(kScheme.size());
  return absl::StripLeadingAsciiWhitespace(value);
}

// Which of the identities it is that the issuer of a token was asked for is in the claims: "iss" was found good.
bool Fits(const TokenIdentity& identity, const proof::AccessClaims& claims) {
  if (identity.claims().empty() || !claims.Has("iss", identity.issuer())) return false;
  return std::all_of(
      identity.claims().begin(), identity.claims().end(),
      [&claims](const config::v1::TokenClaim& claim) { return claims.Has(claim.name(), claim.value()); });
}

absl::StatusOr<const Client*> ByToken(const std::vector<Client>& clients, const CallerCredentials& caller,
                                      const TokenIssuers* issuers) {
  if (issuers == nullptr) {
    return Unauthenticated(Problem(Reason::kFieldInvalid, "authorization", "this node takes no tokens"));
  }
  const absl::StatusOr<absl::string_view> token = BearerToken(caller.authorization);
  if (!token.ok()) return Unauthenticated(token.status());
  const absl::StatusOr<proof::AccessClaims> claims =
      issuers->Check(*token, caller.certificate_sha256.value_or(std::string()));
  if (!claims.ok()) return Unauthenticated(claims.status());
  const Client* found = nullptr;
  for (const Client& client : clients) {
    const bool fits = std::any_of(client.tokens().begin(), client.tokens().end(),
                                  [&claims](const TokenIdentity& identity) { return Fits(identity, *claims); });
    if (!fits) continue;
    if (found != nullptr) return Problem(Reason::kClientUnknown, "token", "the token fits several clients");
    found = &client;
  }
  if (found == nullptr) return Problem(Reason::kClientUnknown, "token", "the token is of no client of this node");
  return found;
}

}  // namespace

void ClientTable::Replace(const config::v1::ClientPort& port) {
  auto clients = std::make_shared<Clients>();
  for (const Client& client : port.clients()) {
    if (!client.certificate_sha256().empty()) {
      clients->by_certificate[client.certificate_sha256()] = clients->list.size();
    }
    clients->list.push_back(client);
  }
  clients->open_services = {port.open_services().begin(), port.open_services().end()};
  const absl::MutexLock lock(&mutex_);
  clients_ = std::move(clients);
}

std::shared_ptr<const ClientTable::Clients> ClientTable::Get() const {
  const absl::MutexLock lock(&mutex_);
  return clients_;
}

std::vector<recognition::v1::CaseActor> ClientTable::CaseRoles(absl::string_view client,
                                                               absl::string_view service) const {
  std::vector<recognition::v1::CaseActor> roles;
  const std::shared_ptr<const Clients> clients = Get();
  for (const Client& entry : clients->list) {
    if (entry.id() != client) continue;
    for (const int role : entry.case_roles()) roles.push_back(static_cast<recognition::v1::CaseActor>(role));
    if (ListsService(entry.services(), service)) continue;
    for (const int role : entry.emergency().case_roles()) {
      roles.push_back(static_cast<recognition::v1::CaseActor>(role));
    }
  }
  return roles;
}

bool ClientTable::WorksBlind(absl::string_view client) const {
  const std::optional<Client> found = Find(client);
  return found.has_value() && found->works_blind();
}

std::optional<Client> ClientTable::Find(absl::string_view client) const {
  const std::shared_ptr<const Clients> clients = Get();
  const auto found = std::find_if(clients->list.begin(), clients->list.end(),
                                  [client](const Client& entry) { return entry.id() == client; });
  return found == clients->list.end() ? std::nullopt : std::optional<Client>(*found);
}

bool ClientTable::NeedsEmergency(absl::string_view client, absl::string_view service) const {
  const std::shared_ptr<const Clients> clients = Get();
  if (clients->open_services.contains(service)) return false;
  return std::any_of(clients->list.begin(), clients->list.end(), [&](const Client& entry) {
    return entry.id() == client && !ListsService(entry.services(), service) &&
           ListsService(entry.emergency().services(), service);
  });
}

absl::StatusOr<std::string> ClientTable::Authorise(const CallerCredentials& caller, absl::string_view service,
                                                   const TokenIssuers* issuers) const {
  const std::shared_ptr<const Clients> clients = Get();
  const Client* by_certificate = nullptr;
  if (caller.certificate_sha256.ok()) {
    const auto found = clients->by_certificate.find(*caller.certificate_sha256);
    if (found != clients->by_certificate.end()) by_certificate = &clients->list[found->second];
  }
  const Client* client = by_certificate;
  if (!caller.authorization.empty()) {
    ASSIGN_OR_RETURN(client, ByToken(clients->list, caller, issuers));
    if (by_certificate != nullptr && by_certificate != client) {
      return Problem(Reason::kClientUnknown, "token", "the token is of another client than the certificate");
    }
  }
  if (client == nullptr) {
    if (clients->open_services.contains(service)) return std::string(kAnybody);
    RETURN_IF_ERROR(caller.certificate_sha256.status());
    return Problem(Reason::kClientUnknown, "certificate");
  }
  if (!ListsService(client->services(), service) && !ListsService(client->emergency().services(), service) &&
      !clients->open_services.contains(service)) {
    return Problem(Reason::kClientNotAllowed, service);
  }
  return client->id();
}

}  // namespace passerelle::gateway
