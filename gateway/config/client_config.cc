#include "gateway/config/client_config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/clients/caller_credentials.h"
#include "gateway/config/duration.h"
#include "gateway/fetch/fetcher.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using config::v1::Client;
using config::v1::TokenIssuer;

// Services that a client can be allowed to call.
constexpr std::array<absl::string_view, 14> kClientServices = {
    "passerelle.authenticity.v1.AuthenticityService", "passerelle.catalogue.v1.CatalogueService",
    "passerelle.document.v1.DocumentService",         "passerelle.emergency.v1.EmergencyAccessService",
    "passerelle.erasure.v1.ErasureService",           "passerelle.exchange.v1.ExchangeService",
    "passerelle.federation.v1.FederationService",     "passerelle.pathway.v1.PathwayService",
    "passerelle.recognition.v1.RecognitionService",   "passerelle.sharing.v1.PreviewService",
    "passerelle.sharing.v1.RequestService",           "passerelle.sharing.v1.SharingService",
    "passerelle.statistics.v1.StatisticsService",     "passerelle.wallet.v1.WalletService"};
constexpr absl::string_view kEmergencyService = "passerelle.emergency.v1.EmergencyAccessService";
constexpr absl::string_view kRecognitionService = "passerelle.recognition.v1.RecognitionService";

// Those whose questions and answers hold nothing personal.
constexpr std::array<absl::string_view, 2> kServicesForAnybody = {"passerelle.catalogue.v1.CatalogueService",
                                                                  "passerelle.statistics.v1.StatisticsService"};

// A day without the issuer is an incident that somebody looks at; after a week its keys are anybody's guess.
constexpr absl::Duration kAgeDefault = absl::Hours(24);
constexpr absl::Duration kAgeMost = absl::Hours(24 * 7);
// Clocks that are kept by NTP differ by less than a second.
constexpr absl::Duration kSkewDefault = absl::Seconds(60);
constexpr absl::Duration kSkewMost = absl::Minutes(5);
// A token cannot be withdrawn.
constexpr absl::Duration kLifeDefault = absl::Hours(1);
constexpr absl::Duration kLifeMost = absl::Hours(24);

absl::Status RefuseClient(absl::string_view key, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, key, detail);
}

absl::Status CheckText(const std::string& key, absl::string_view text) {
  if (text.empty()) return RefuseClient(key, "is missing");
  return text.size() <= base::kIdBytesMax ? absl::OkStatus() : RefuseClient(key, "it is too long");
}

// Keys decide who gets in: they come from a file of the operator's, or from a server that proves who it is.
absl::Status CheckKeys(const std::string& place, const TokenIssuer& issuer) {
  if (issuer.jwks_file().empty() == issuer.jwks_url().empty()) {
    return RefuseClient(place + ".jwks_file", "either this or jwks_url is expected");
  }
  if (!issuer.jwks_file().empty()) {
    if (issuer.key_pins().empty() && issuer.trusted_authorities().empty()) return absl::OkStatus();
    return RefuseClient(place + ".jwks_file", "a file has no server of which anything could be expected");
  }
  if (!absl::StartsWith(issuer.jwks_url(), "https://") || !OriginOf(issuer.jwks_url()).ok()) {
    return RefuseClient(place + ".jwks_url", "an address with https is expected");
  }
  return absl::OkStatus();
}

absl::Status CheckIssuer(const std::string& place, const TokenIssuer& issuer) {
  RETURN_IF_ERROR(CheckText(place + ".issuer", issuer.issuer()));
  RETURN_IF_ERROR(CheckText(place + ".audience", issuer.audience()));
  RETURN_IF_ERROR(CheckKeys(place, issuer));
  RETURN_IF_ERROR(CheckLimit(place + ".jwks_age_max", issuer.jwks_age_max(), kAgeMost));
  RETURN_IF_ERROR(CheckMost(place + ".clock_skew", issuer.clock_skew(), kSkewMost));
  return CheckLimit(place + ".token_life_max", issuer.token_life_max(), kLifeMost);
}

absl::Status CheckTokens(const std::string& place, const Client& client,
                         const absl::flat_hash_set<std::string>& issuers) {
  for (int i = 0; i < client.tokens_size(); ++i) {
    const config::v1::TokenIdentity& identity = client.tokens(i);
    const std::string token = absl::StrCat(place, ".tokens[", i, "]");
    if (!issuers.contains(identity.issuer())) {
      return RefuseClient(token + ".issuer", "it is none of client_port.token_issuers");
    }
    // Everybody with a token of the issuer would be this client.
    if (identity.claims().empty()) return RefuseClient(token + ".claims", "is missing");
    for (int j = 0; j < identity.claims_size(); ++j) {
      const std::string claim = absl::StrCat(token, ".claims[", j, "]");
      RETURN_IF_ERROR(CheckText(claim + ".name", identity.claims(j).name()));
      RETURN_IF_ERROR(CheckText(claim + ".value", identity.claims(j).value()));
    }
  }
  return absl::OkStatus();
}

using NameList = google::protobuf::RepeatedPtrField<std::string>;

absl::Status CheckServices(const std::string& key, const NameList& services) {
  for (const std::string& service : services) {
    if (std::find(kClientServices.begin(), kClientServices.end(), service) == kClientServices.end()) {
      return RefuseClient(key, absl::StrCat("there is no service \"", service, "\" for clients"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCaseRoles(const std::string& key, const google::protobuf::RepeatedField<int>& roles) {
  for (const int role : roles) {
    // What the node does by itself nobody does in its name.
    if (role == recognition::v1::CASE_ACTOR_UNSPECIFIED || role == recognition::v1::CASE_ACTOR_SYSTEM) {
      return RefuseClient(key, "it is no role of a client");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEmergency(const std::string& place, const Client& client) {
  const config::v1::EmergencyRights& rights = client.emergency();
  const std::string services = place + ".emergency.services";
  RETURN_IF_ERROR(CheckServices(services, rights.services()));
  for (const std::string& service : rights.services()) {
    if (ListsService(client.services(), service))
      return RefuseClient(services, "what the client may call always needs no emergency");
    // Whoever could open emergency access by it would need nobody else.
    if (service == kEmergencyService) return RefuseClient(services, "emergency access is not for emergencies only");
  }
  const std::string roles = place + ".emergency.case_roles";
  RETURN_IF_ERROR(CheckCaseRoles(roles, rights.case_roles()));
  if (!rights.case_roles().empty() && !ListsService(rights.services(), kRecognitionService)) {
    return RefuseClient(roles, absl::StrCat("they need ", kRecognitionService, " among emergency.services"));
  }
  const std::string duties = place + ".emergency_duties";
  if (!client.emergency_duties().empty() && !ListsService(client.services(), kEmergencyService)) {
    return RefuseClient(duties, absl::StrCat("they need ", kEmergencyService, " among services"));
  }
  return absl::OkStatus();
}

absl::Status CheckRights(const std::string& place, const Client& client) {
  RETURN_IF_ERROR(CheckServices(place + ".services", client.services()));
  RETURN_IF_ERROR(CheckCaseRoles(place + ".case_roles", client.case_roles()));
  return CheckEmergency(place, client);
}

}  // namespace

bool ListsService(const NameList& services, absl::string_view service) {
  return std::find(services.begin(), services.end(), service) != services.end();
}

void CompleteTokenIssuers(const std::string& folder, config::v1::ClientPort* port) {
  for (TokenIssuer& issuer : *port->mutable_token_issuers()) {
    if (!issuer.jwks_file().empty()) issuer.set_jwks_file(ResolvePath(folder, issuer.jwks_file()));
    if (!issuer.trusted_authorities().empty()) {
      issuer.set_trusted_authorities(ResolvePath(folder, issuer.trusted_authorities()));
    }
    if (!issuer.has_jwks_age_max()) *issuer.mutable_jwks_age_max() = base::ToProto(kAgeDefault);
    if (!issuer.has_clock_skew()) *issuer.mutable_clock_skew() = base::ToProto(kSkewDefault);
    if (!issuer.has_token_life_max()) *issuer.mutable_token_life_max() = base::ToProto(kLifeDefault);
  }
}

absl::Status CheckClients(const config::v1::ClientPort& port) {
  absl::flat_hash_set<std::string> issuers;
  for (int i = 0; i < port.token_issuers_size(); ++i) {
    const std::string place = absl::StrCat("client_port.token_issuers[", i, "]");
    RETURN_IF_ERROR(CheckIssuer(place, port.token_issuers(i)));
    if (!issuers.insert(port.token_issuers(i).issuer()).second) return RefuseClient(place + ".issuer", "stands twice");
  }
  for (int i = 0; i < port.open_services_size(); ++i) {
    if (std::find(kServicesForAnybody.begin(), kServicesForAnybody.end(), port.open_services(i)) ==
        kServicesForAnybody.end()) {
      return RefuseClient(absl::StrCat("client_port.open_services[", i, "]"),
                          absl::StrCat("only ", absl::StrJoin(kServicesForAnybody, " and "), " are for anybody"));
    }
  }
  absl::flat_hash_set<std::string> ids;
  absl::flat_hash_set<std::string> certificates;
  for (int i = 0; i < port.clients_size(); ++i) {
    const Client& client = port.clients(i);
    const std::string place = absl::StrCat("client_port.clients[", i, "]");
    if (client.id().empty()) return RefuseClient(place + ".id", "is missing");
    // In cases "node:NO" is the node NO (recognition.proto, Inquiry.asked).
    if (client.id() == kAnybody || absl::StartsWith(client.id(), "node:")) {
      return RefuseClient(place + ".id", "it stands for somebody who is no client");
    }
    if (!ids.insert(client.id()).second) return RefuseClient(place + ".id", "stands twice");
    const std::string& certificate = client.certificate_sha256();
    if (!base::IsSha256Hex(certificate) && !(certificate.empty() && client.tokens_size() > 0)) {
      return RefuseClient(place + ".certificate_sha256", "64 lower-case hexadecimal digits are expected");
    }
    if (!certificate.empty() && !certificates.insert(certificate).second) {
      return RefuseClient(place + ".certificate_sha256", "stands twice");
    }
    RETURN_IF_ERROR(CheckTokens(place, client, issuers));
    RETURN_IF_ERROR(CheckRights(place, client));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
