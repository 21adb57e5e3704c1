#include "gateway/config/node_config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/authenticity/verdict.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/document/score.h"
#include "core/erasure/retention.h"
#include "core/federation/duplicate_memory.h"
#include "core/recognition/policy_check.h"
#include "gateway/catalogue/open_offers.h"
#include "gateway/config/client_config.h"
#include "gateway/config/duration.h"
#include "gateway/config/sharing_config.h"
#include "gateway/config/store_config.h"
#include "gateway/config/student_cards_config.h"
#include "gateway/config/wallet_config.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "gateway/keys/pkcs11.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using config::v1::NodeConfig;

// A register is asked while another node or a client waits.
constexpr absl::Duration kRegisterTimeLimit = absl::Seconds(5);
constexpr absl::Duration kRegisterTimeLimitMost = absl::Minutes(1);

// A map is newer a few times a year; nodes that missed it should have it within minutes.
constexpr absl::Duration kAskInterval = absl::Minutes(1);
constexpr absl::Duration kAskIntervalMost = absl::Hours(24);

// A night shift; what lasts longer is no emergency, and is declared anew.
constexpr absl::Duration kEmergencyLife = absl::Hours(4);
constexpr absl::Duration kEmergencyLifeMost = absl::Hours(24);

constexpr absl::string_view kLoopbackFreePort = "127.0.0.1:0";

absl::Status Refuse(absl::string_view key, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, key, detail);
}

absl::Status CheckAddress(absl::string_view key, absl::string_view address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || colon == 0 || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return Refuse(key, "an address and port such as 127.0.0.1:7001 are expected");
  }
  return absl::OkStatus();
}

void SetDefaults(NodeConfig* config) {
  auto* admin = config->mutable_admin_port();
  if (admin->listen().empty()) admin->set_listen(std::string(kLoopbackFreePort));
  if (admin->metrics_listen().empty()) admin->set_metrics_listen(std::string(kLoopbackFreePort));
  auto* limits = config->mutable_time_limits();
  if (!limits->has_call()) *limits->mutable_call() = base::ToProto(absl::Seconds(30));
  if (!limits->has_peer_call()) *limits->mutable_peer_call() = base::ToProto(absl::Seconds(10));
  if (!limits->has_exchange()) *limits->mutable_exchange() = base::ToProto(absl::Hours(24));
  if (!limits->has_drain()) *limits->mutable_drain() = base::ToProto(absl::Seconds(10));
  if (!config->has_emergency_life()) *config->mutable_emergency_life() = base::ToProto(kEmergencyLife);
}

// The lists of files that a key names.
void ResolvePaths(const std::string& folder, NodeConfig* config) {
  for (auto* const paths : {config->mutable_recognition_policies(), config->mutable_register_facts(),
                            config->mutable_skill_collections(), config->mutable_statistics_folders()}) {
    for (std::string& path : *paths) {
      if (!path.empty()) path = ResolvePath(folder, path);
    }
  }
}

void SetRegisterDefaults(NodeConfig* config) {
  const google::protobuf::Duration limit = base::ToProto(kRegisterTimeLimit);
  if (config->has_sql_register()) {
    auto* sql = config->mutable_sql_register();
    if (sql->view().empty()) sql->set_view("passerelle_register");
    if (!sql->has_time_limit()) *sql->mutable_time_limit() = limit;
  }
  if (config->has_grpc_register() && !config->grpc_register().has_time_limit()) {
    *config->mutable_grpc_register()->mutable_time_limit() = limit;
  }
}

void Complete(const std::string& folder, NodeConfig* config) {
  const auto resolve = [&folder](std::string* path) {
    if (!path->empty()) *path = ResolvePath(folder, *path);
  };
  const auto resolve_key = [&resolve](std::string* reference) {
    if (!IsPkcs11Uri(*reference)) resolve(reference);
  };
  const auto resolve_tls = [&resolve](config::v1::TlsFiles* tls) {
    resolve(tls->mutable_certificate());
    resolve(tls->mutable_private_key());
    resolve(tls->mutable_trusted_authorities());
  };
  resolve(config->mutable_node_map());
  resolve_key(config->mutable_message_key());
  for (std::string& key : *config->mutable_further_message_keys()) resolve_key(&key);
  for (std::string& path : *config->mutable_encryption_keys()) resolve(&path);
  if (config->has_federation()) {
    auto* federation = config->mutable_federation();
    resolve(federation->mutable_root());
    if (!federation->has_ask_interval()) *federation->mutable_ask_interval() = base::ToProto(kAskInterval);
  }
  CompleteStore(folder, config);
  resolve(config->mutable_ports_file());
  resolve(config->mutable_evidence());
  if (config->evidence().empty()) config->set_evidence(config->store());
  if (config->has_client_port()) {
    resolve_tls(config->mutable_client_port()->mutable_tls());
    CompleteTokenIssuers(folder, config->mutable_client_port());
  }
  if (config->has_http_port() && !config->http_port().has_tls()) {
    *config->mutable_http_port()->mutable_tls() = config->client_port().tls();
  } else if (config->has_http_port()) {
    resolve_tls(config->mutable_http_port()->mutable_tls());
  }
  if (config->has_peer_port()) resolve_tls(config->mutable_peer_port()->mutable_tls());
  if (config->has_register_()) resolve(config->mutable_register_()->mutable_folder());
  if (config->sql_register().has_sqlite()) resolve(config->mutable_sql_register()->mutable_sqlite());
  if (config->has_grpc_register()) resolve_tls(config->mutable_grpc_register()->mutable_tls());
  ResolvePaths(folder, config);
  if (config->has_catalogue()) {
    if (IsOfferFile(config->catalogue().index())) resolve(config->mutable_catalogue()->mutable_index());
    resolve(config->mutable_catalogue()->mutable_providers());
  }
  if (config->has_wallets()) CompleteWallets(folder, config->mutable_wallets());
  if (config->has_student_cards()) CompleteStudentCards(folder, config->mutable_student_cards());
  for (config::v1::Seal& seal : *config->mutable_seals()) {
    resolve_key(seal.mutable_key());
    resolve(seal.mutable_certificate());
  }
  if (config->has_evidence_time_stamps()) {
    auto* stamps = config->mutable_evidence_time_stamps();
    resolve(stamps->mutable_certificates());
    if (!stamps->has_interval()) *stamps->mutable_interval() = base::ToProto(absl::Hours(1));
  }
  for (config::v1::StatusServer& server : *config->mutable_status_servers()) {
    resolve(server.mutable_trusted_authorities());
  }
  if (config->has_trust_bundle()) {
    resolve(config->mutable_trust_bundle()->mutable_path());
    resolve(config->mutable_trust_bundle()->mutable_root());
  }
  SetDefaults(config);
  SetRegisterDefaults(config);
}

absl::Status CheckTls(absl::string_view port, const config::v1::TlsFiles& tls) {
  const std::pair<absl::string_view, const std::string*> paths[] = {
      {"certificate", &tls.certificate()},
      {"private_key", &tls.private_key()},
      {"trusted_authorities", &tls.trusted_authorities()}};
  for (const auto& [key, path] : paths) {
    if (path->empty()) return Refuse(absl::StrCat(port, ".tls.", key), "is missing");
  }
  return absl::OkStatus();
}

absl::Status CheckHttpPort(const config::v1::HttpPort& port) {
  RETURN_IF_ERROR(CheckAddress("http_port.listen", port.listen()));
  RETURN_IF_ERROR(CheckTls("http_port", port.tls()));
  for (int i = 0; i < port.allowed_origins_size(); ++i) {
    const absl::string_view origin = port.allowed_origins(i);
    const size_t host = origin.find("://");
    // "*" would let any page use the certificate of whoever looks at it.
    if (host == absl::string_view::npos || origin.find('/', host + 3) != absl::string_view::npos ||
        origin.size() <= host + 3) {
      return Refuse(absl::StrCat("http_port.allowed_origins[", i, "]"),
                    "an origin such as https://portal.example.org is expected");
    }
  }
  return absl::OkStatus();
}

// Which services can be opened at all, CheckClients says; here, whether the node has them.
absl::Status CheckOpenServices(const NodeConfig& config) {
  for (const std::string& service : config.client_port().open_services()) {
    const bool statistics = absl::StrContains(service, "statistics");
    if (!statistics && !config.has_catalogue()) return Refuse("client_port.open_services", "there is no catalogue");
    if (statistics && config.statistics_folders().empty()) {
      return Refuse("client_port.open_services", "there are no statistics_folders");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTimeStamps(const config::v1::EvidenceTimeStamps& wanted) {
  const std::string place = "evidence_time_stamps";
  if (!OriginOf(wanted.authority()).ok()) return Refuse(place + ".authority", "no http or https address");
  if (wanted.certificates().empty()) return Refuse(place + ".certificates", "is missing");
  const absl::Duration interval = base::FromProto(wanted.interval());
  if (interval < absl::Seconds(1)) return Refuse(place + ".interval", "at least 1s");
  if (wanted.has_refuse_after() && base::FromProto(wanted.refuse_after()) < 3 * interval) {
    return Refuse(place + ".refuse_after", "at least three times the interval");
  }
  return absl::OkStatus();
}

absl::Status CheckSeals(const NodeConfig& config) {
  for (int i = 0; i < config.seals_size(); ++i) {
    const std::string place = absl::StrCat("seals[", i, "]");
    if (config.seals(i).key().empty()) return Refuse(place + ".key", "is missing");
    if (config.seals(i).certificate().empty()) return Refuse(place + ".certificate", "is missing");
  }
  return absl::OkStatus();
}

absl::Status CheckRegister(const NodeConfig& config) {
  const int registers = int{config.has_register_()} + int{config.has_sql_register()} + int{config.has_grpc_register()};
  if (registers > 1) return Refuse("register", "one of register, sql_register and grpc_register");
  if (config.has_register_() && config.register_().folder().empty()) return Refuse("register.folder", "is missing");
  if (config.has_sql_register()) {
    const config::v1::SqlRegister& sql = config.sql_register();
    if (sql.sqlite().empty() && sql.postgresql().empty())
      return Refuse("sql_register", "sqlite or postgresql is missing");
    RETURN_IF_ERROR(CheckLimit("sql_register.time_limit", sql.time_limit(), kRegisterTimeLimitMost));
  }
  if (config.has_grpc_register()) {
    const config::v1::GrpcRegister& service = config.grpc_register();
    RETURN_IF_ERROR(CheckAddress("grpc_register.address", service.address()));
    RETURN_IF_ERROR(CheckTls("grpc_register", service.tls()));
    if (!base::IsSha256Hex(service.certificate_sha256())) {
      return Refuse("grpc_register.certificate_sha256", "64 lower-case hexadecimal digits are expected");
    }
    RETURN_IF_ERROR(CheckLimit("grpc_register.time_limit", service.time_limit(), kRegisterTimeLimitMost));
  }
  return absl::OkStatus();
}

absl::Status CheckValues(const NodeConfig& config) {
  const std::pair<absl::string_view, const std::string*> required[] = {
      {"node", &config.node()}, {"node_map", &config.node_map()}, {"message_key", &config.message_key()}};
  for (const auto& [key, value] : required) {
    if (value->empty()) return Refuse(key, "is missing");
  }
  RETURN_IF_ERROR(CheckStore(config));
  RETURN_IF_ERROR(CheckAddress("client_port.listen", config.client_port().listen()));
  RETURN_IF_ERROR(CheckAddress("peer_port.listen", config.peer_port().listen()));
  RETURN_IF_ERROR(CheckAddress("admin_port.listen", config.admin_port().listen()));
  RETURN_IF_ERROR(CheckAddress("admin_port.metrics_listen", config.admin_port().metrics_listen()));
  RETURN_IF_ERROR(CheckTls("client_port", config.client_port().tls()));
  RETURN_IF_ERROR(CheckTls("peer_port", config.peer_port().tls()));
  RETURN_IF_ERROR(CheckClients(config.client_port()));
  if (config.has_http_port()) RETURN_IF_ERROR(CheckHttpPort(config.http_port()));
  if (config.has_wallets()) {
    RETURN_IF_ERROR(CheckAddress("wallets.listen", config.wallets().listen()));
    RETURN_IF_ERROR(CheckWallets(config.wallets()));
  }
  if (config.has_sharing()) RETURN_IF_ERROR(CheckSharing(config.sharing()));
  const config::v1::TimeLimits& limits = config.time_limits();
  RETURN_IF_ERROR(CheckLimit("time_limits.call", limits.call(), absl::Minutes(10)));
  // A message is claimed for sending for a limited time; the transport must give up well before.
  RETURN_IF_ERROR(CheckLimit("time_limits.peer_call", limits.peer_call(), base::kClaimLife / 2));
  RETURN_IF_ERROR(CheckLimit("time_limits.exchange", limits.exchange(), base::kExchangeLifeMax));
  RETURN_IF_ERROR(CheckMost("time_limits.drain", limits.drain(), absl::Minutes(10)));
  RETURN_IF_ERROR(CheckLimit("emergency_life", config.emergency_life(), kEmergencyLifeMost));
  const auto refused = document::ElementsOf({config.refuse_loss().begin(), config.refuse_loss().end()});
  if (!refused.ok()) return Refuse("refuse_loss", base::DetailOf(refused.status()));
  RETURN_IF_ERROR(CheckRegister(config));
  if (config.has_student_cards()) RETURN_IF_ERROR(CheckStudentCards(config.student_cards()));
  RETURN_IF_ERROR(CheckSeals(config));
  if (config.has_catalogue() && config.catalogue().index().empty()) return Refuse("catalogue.index", "is missing");
  RETURN_IF_ERROR(CheckOpenServices(config));
  RETURN_IF_ERROR(erasure::CheckRules({config.retention_rules().begin(), config.retention_rules().end()}));
  if (config.has_evidence_time_stamps()) RETURN_IF_ERROR(CheckTimeStamps(config.evidence_time_stamps()));
  if (config.has_federation()) {
    if (config.federation().root().empty()) return Refuse("federation.root", "is missing");
    RETURN_IF_ERROR(CheckLimit("federation.ask_interval", config.federation().ask_interval(), kAskIntervalMost));
  }
  if (config.has_trust_bundle()) {
    if (config.trust_bundle().path().empty()) return Refuse("trust_bundle.path", "is missing");
    if (config.trust_bundle().root().empty()) return Refuse("trust_bundle.root", "is missing");
  }
  return authenticity::CheckVerdictPolicy(config.verdict_policy());
}

absl::StatusOr<Fetcher> LoadFetcher(const NodeConfig& config) {
  std::vector<AllowedServer> servers;
  for (const config::v1::StatusServer& server : config.status_servers()) {
    servers.push_back(
        {server.origin(), {server.key_pins().begin(), server.key_pins().end()}, server.trusted_authorities()});
  }
  absl::StatusOr<Fetcher> fetcher = Fetcher::Make(std::move(servers));
  if (!fetcher.ok()) {
    return Refuse(absl::StrCat("status_servers", base::PlaceOf(fetcher.status())), base::DetailOf(fetcher.status()));
  }
  return fetcher;
}

// What others encrypt now, this node has to be able to open.
absl::Status CheckEncryptionKey(const NodeConfig& config, const NodeFiles& files,
                                const federation::NodeDirectory& nodes) {
  const proof::EncryptionKey* const named = nodes.EncryptionKey(config.node(), absl::Now());
  if (named == nullptr) {
    return config.require_encryption()
               ? Refuse("require_encryption", "the node map has no key that others could encrypt to for this node")
               : absl::OkStatus();
  }
  const bool held = std::any_of(files.decryption_keys.begin(), files.decryption_keys.end(), [named](const auto& key) {
    return key->encryption_key().thumbprint() == named->thumbprint();
  });
  if (held) return absl::OkStatus();
  return Problem(Reason::kKeyUnusable, "encryption_keys",
                 "the node map has others encrypt to a key that is none of them");
}

}  // namespace

absl::StatusOr<NodeConfig> LoadNodeConfig(const std::string& path, const std::vector<ConfigOverride>& overrides) {
  NodeConfig config;
  RETURN_IF_ERROR(ReadYamlFile(path, &config));
  for (const ConfigOverride& set : overrides) {
    RETURN_IF_ERROR(SetYamlField(set.source, set.path, set.value, &config));
  }
  Complete(FolderOf(path), &config);
  RETURN_IF_ERROR(CheckValues(config));
  return config;
}

// The node map says who this node is to the others; what it holds itself must be what they expect.
absl::Status CheckOwnEntry(const NodeConfig& config, const NodeFiles& files, const federation::NodeDirectory& nodes) {
  const federation::v1::Node* own = nodes.Find(config.node());
  if (own == nullptr) return Refuse("node", "the node map has no such node");
  const auto& keys = own->message_keys();
  const bool named = std::any_of(keys.begin(), keys.end(), [&files](const auto& key) {
    return std::any_of(files.message_keys.begin(), files.message_keys.end(),
                       [&key](const auto& held) { return held->verification_key().thumbprint() == key.kid(); });
  });
  if (!named) {
    return Problem(Reason::kKeyUnusable, config.message_key(), "the node map does not name this key for the node");
  }
  const std::string& path = config.peer_port().tls().certificate();
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(path, base::kConfigBytesMax));
  ASSIGN_OR_RETURN(const std::string sha256, CertificateSha256(pem));
  const auto& certificates = own->tls_certificate_sha256();
  const auto& dated = own->tls_certificates();
  if (std::find(certificates.begin(), certificates.end(), sha256) == certificates.end() &&
      std::none_of(dated.begin(), dated.end(), [&sha256](const auto& one) { return one.sha256() == sha256; })) {
    return Problem(Reason::kKeyUnusable, path, "the node map does not name this certificate for the node");
  }
  RETURN_IF_ERROR(CheckEncryptionKey(config, files, nodes));
  return federation::CheckOwnTerms(*own);
}

std::vector<std::string> MessageKeyReferences(const NodeConfig& config) {
  std::vector<std::string> references = {config.message_key()};
  references.insert(references.end(), config.further_message_keys().begin(), config.further_message_keys().end());
  return references;
}

absl::StatusOr<NodeFiles> LoadNodeFiles(const NodeConfig& config) {
  NodeFiles files;
  RETURN_IF_ERROR(CheckTlsFiles(config.client_port().tls()));
  RETURN_IF_ERROR(CheckTlsFiles(config.peer_port().tls()));
  if (config.has_http_port()) RETURN_IF_ERROR(CheckTlsFiles(config.http_port().tls()));
  if (config.has_wallets()) RETURN_IF_ERROR(CheckTlsFiles(config.wallets().tls()));
  ASSIGN_OR_RETURN(files.message_keys, LoadMessageKeys(MessageKeyReferences(config)));
  ASSIGN_OR_RETURN(files.decryption_keys,
                   LoadDecryptionKeys({config.encryption_keys().begin(), config.encryption_keys().end()}));
  ASSIGN_OR_RETURN(files.sealers, LoadSealers(config.seals()));
  if (config.status_servers_size() > 0) {
    ASSIGN_OR_RETURN(files.fetcher, LoadFetcher(config));
  }
  for (const std::string& path : config.recognition_policies()) {
    recognition::v1::RecognitionPolicy policy;
    RETURN_IF_ERROR(ReadYamlFile(path, &policy));
    RETURN_IF_ERROR(InFile(path, recognition::CheckGoesLive(policy)));
    files.policies.push_back(std::move(policy));
  }
  return files;
}

}  // namespace passerelle::gateway
