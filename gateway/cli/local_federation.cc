#include "gateway/cli/local_federation.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/federation/signed_node_map.h"
#include "core/proof/encryption_key.h"
#include "core/proof/key.h"
#include "core/trust/signed_bundle.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "grpcpp/grpcpp.h"
#include "passerelle/catalogue/v1/catalogue_service.grpc.pb.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/registers/v1/register_index.pb.h"
#include "passerelle/statistics/v1/statistics_service.grpc.pb.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// A port that was free a moment ago is taken by somebody else now and then.
constexpr int kStartAttempts = 3;
constexpr absl::Duration kReadyPollInterval = absl::Milliseconds(10);
constexpr size_t kLogBytesMax = 64u << 20;
constexpr absl::string_view kName = "one-machine";
constexpr uint32_t kThreshold = 2;
// As long as the certificates live.
constexpr absl::Duration kMapLife = absl::Hours(24 * 14);

// Ports below those that systems give out by themselves (Linux: from 32768), so that nobody is given the one of a node
// that is started again.
constexpr uint16_t kFirstPort = 20000;
constexpr uint16_t kPorts = 12000;
constexpr int kPortAttempts = 100;

bool IsFree(uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool free = descriptor >= 0 && bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  if (descriptor >= 0) close(descriptor);
  return free;
}

// A port of the loopback interface that nobody listens on at the moment.
absl::StatusOr<int> FreePort() {
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    uint16_t drawn = 0;
    if (getrandom(&drawn, sizeof(drawn), 0) != sizeof(drawn)) break;
    const auto port = static_cast<uint16_t>(kFirstPort + drawn % kPorts);
    if (IsFree(port)) return port;
  }
  return Problem(Reason::kPortUnavailable, "127.0.0.1", "no free port");
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Problem(Reason::kOutputNotWritable, path, error.message());
  return absl::OkStatus();
}

std::string ReadText(const std::string& path) { return ReadFile(path, kLogBytesMax).value_or(""); }

absl::Status WriteText(const std::string& path, absl::string_view text) {
  return ReplaceFile(path, text).ok() ? absl::OkStatus() : Problem(Reason::kOutputNotWritable, path);
}

absl::Status WriteTls(const std::string& path, const CertificatePems& pems) {
  RETURN_IF_ERROR(WriteText(path + ".crt.pem", pems.certificate));
  return WriteText(path + ".key.pem", pems.private_key);
}

absl::Status WriteEncryptionKey(const std::string& path, federation::v1::Node* node) {
  ASSIGN_OR_RETURN(const proof::DecryptionKey key, proof::DecryptionKey::Generate());
  ASSIGN_OR_RETURN(const std::string pem, key.ToPem());
  federation::v1::ContentKey& content_key = *node->add_content_keys();
  content_key.set_kid(key.encryption_key().thumbprint());
  content_key.set_jwk(key.encryption_key().jwk());
  content_key.set_use(federation::v1::CONTENT_KEY_USE_ENCRYPTION);
  return WriteText(path, pem);
}

void SetTls(const std::string& path, config::v1::TlsFiles* files) {
  files->set_certificate(path + ".crt.pem");
  files->set_private_key(path + ".key.pem");
  files->set_trusted_authorities("../authority.crt.pem");
}

// The port of an address in a node's ports file.
int PortIn(const base::JsonDocument& document, std::string_view name) {
  std::string_view address;
  int port = 0;
  if (document.root()[name].get(address) != simdjson::SUCCESS) return 0;
  const std::string_view digits = address.substr(address.rfind(':') + 1);
  return absl::SimpleAtoi(base::View(digits), &port) ? port : 0;
}

LocalPorts ParsePorts(const std::string& text) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(text);
  if (!document.ok()) return {};
  return {PortIn(*document, "client"), PortIn(*document, "peer"), PortIn(*document, "admin"),
          PortIn(*document, "metrics"), PortIn(*document, "http")};
}

// A folder of our own, or the named one when nothing is in it.
absl::StatusOr<std::string> MakeOwnFolder(const std::string& wanted) {
  if (wanted.empty()) {
    std::string folder = (std::filesystem::temp_directory_path() / "passerelle-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return Problem(Reason::kOutputNotWritable, folder);
    return folder;
  }
  RETURN_IF_ERROR(MakeFolder(wanted));
  std::error_code error;
  if (!std::filesystem::is_empty(wanted, error) || error) {
    return Problem(Reason::kOutputExists, wanted, "the folder is not empty");
  }
  return std::filesystem::absolute(wanted).string();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalFederation>> LocalFederation::Make(Options options) {
  ASSIGN_OR_RETURN(options.folder, MakeOwnFolder(options.folder));
  std::unique_ptr<LocalFederation> federation(new LocalFederation(std::move(options)));
  RETURN_IF_ERROR(federation->WriteFolder());
  return federation;
}

LocalFederation::~LocalFederation() { End(); }

absl::Status LocalFederation::WriteFolder() {
  ASSIGN_OR_RETURN(const CertificatePems authority, MakeAuthority("Passerelle, federation on one machine"));
  RETURN_IF_ERROR(WriteTls(options_.folder + "/authority", authority));
  {
    const absl::MutexLock lock(&mutex_);
    map_.set_federation(std::string(kName));
    map_.set_version(1);
    RETURN_IF_ERROR(MakeRoot());
  }
  for (const LocalNode& node : options_.nodes) RETURN_IF_ERROR(WriteNode(node, authority));
  const absl::MutexLock lock(&mutex_);
  return WriteNodeMap();
}

absl::Status LocalFederation::WriteReplica(const LocalNode& node) {
  std::error_code error;
  std::filesystem::copy(NodeFolder(node.replica_of), NodeFolder(node.id), std::filesystem::copy_options::recursive,
                        error);
  if (error) return Problem(Reason::kOutputNotWritable, NodeFolder(node.id), error.message());
  return absl::OkStatus();
}

absl::Status LocalFederation::WriteNode(const LocalNode& node, const CertificatePems& authority) {
  if (!node.replica_of.empty()) return WriteReplica(node);
  const std::string folder = NodeFolder(node.id);
  RETURN_IF_ERROR(MakeFolder(folder + "/clients"));
  ASSIGN_OR_RETURN(const CertificatePems tls, MakeCertificate(authority, NodeCertificateUri(node.id)));
  RETURN_IF_ERROR(WriteTls(folder + "/tls", tls));
  for (const LocalClient& client : node.clients) {
    ASSIGN_OR_RETURN(const CertificatePems pems, MakeCertificate(authority, "urn:passerelle:client:" + client.id));
    RETURN_IF_ERROR(WriteTls(absl::StrCat(folder, "/clients/", client.id), pems));
  }

  const absl::MutexLock lock(&mutex_);
  // Both kinds of key that the protocol allows take part.
  const auto algorithm = map_.nodes_size() % 2 == 0 ? proof::KeyAlgorithm::kEs256 : proof::KeyAlgorithm::kEdDsa;
  ASSIGN_OR_RETURN(const proof::SigningKey key, proof::SigningKey::Generate(algorithm));
  ASSIGN_OR_RETURN(const std::string key_pem, key.ToPem());
  RETURN_IF_ERROR(WriteText(folder + "/message.key.pem", key_pem));
  federation::v1::Node* entry = map_.add_nodes();
  entry->set_id(node.id);
  entry->set_competent_authority(node.competent_authority);
  entry->set_country(node.country);
  entry->set_state(federation::v1::NODE_STATE_ACTIVE);
  ASSIGN_OR_RETURN(*entry->add_tls_certificate_sha256(), CertificateSha256(tls.certificate));
  federation::v1::MessageKey* message_key = entry->add_message_keys();
  message_key->set_kid(key.verification_key().thumbprint());
  message_key->set_jwk(key.verification_key().jwk());
  if (node.encryption) RETURN_IF_ERROR(WriteEncryptionKey(folder + "/encryption.key.pem", entry));

  RETURN_IF_ERROR(WriteRegister(node));
  for (size_t i = 0; i < node.policies.size(); ++i) {
    RETURN_IF_ERROR(WriteText(absl::StrCat(folder, "/policy-", i, ".yaml"), node.policies[i]));
  }
  for (size_t i = 0; i < node.register_facts.size(); ++i) {
    RETURN_IF_ERROR(WriteText(absl::StrCat(folder, "/facts-", i, ".yaml"), node.register_facts[i]));
  }
  return WriteTrust(node);
}

absl::Status LocalFederation::WriteTrust(const LocalNode& node) {
  if (node.trust_bundle.empty()) return absl::OkStatus();
  const std::string folder = NodeFolder(node.id);
  trust::v1::TrustBundle bundle;
  RETURN_IF_ERROR(ReadYaml(node.trust_bundle, "trust bundle", &bundle));
  ASSIGN_OR_RETURN(const proof::SigningKey key, proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa));
  trust::v1::TrustRoot root;
  root.add_jwks(key.verification_key().jwk());
  root.set_threshold(1);
  root.set_anchor_threshold(1);
  ASSIGN_OR_RETURN(const std::string signed_bundle, trust::SignTrustBundle(bundle, key));
  RETURN_IF_ERROR(WriteText(folder + "/trust-root.yaml", WriteYaml(root)));
  return WriteText(folder + "/trust-bundle.json", signed_bundle);
}

absl::Status LocalFederation::WriteRegister(const LocalNode& node) {
  if (node.entries.empty()) return absl::OkStatus();
  const std::string folder = NodeFolder(node.id) + "/register";
  RETURN_IF_ERROR(MakeFolder(folder));
  registers::v1::RegisterIndex index;
  for (const LocalEntry& entry : node.entries) {
    const std::string file = absl::StrCat("document-", index.entries_size());
    RETURN_IF_ERROR(WriteText(absl::StrCat(folder, "/", file), entry.content));
    registers::v1::RegisterIndexEntry* row = index.add_entries();
    row->set_credential_id(entry.credential_id);
    row->set_holder_reference(entry.holder_reference);
    row->set_file(file);
    row->set_media_type(entry.media_type);
    *row->mutable_issue_time() = base::ToProto(entry.issue_time);
    if (entry.revoke_time != absl::InfiniteFuture()) *row->mutable_revoke_time() = base::ToProto(entry.revoke_time);
  }
  return WriteText(folder + "/register.yaml", WriteYaml(index));
}

absl::Status LocalFederation::AddClients(const LocalNode& node, config::v1::ClientPort* port) const {
  for (const LocalClient& client : node.clients) {
    config::v1::Client* entry = port->add_clients();
    entry->set_id(client.id);
    ASSIGN_OR_RETURN(*entry->mutable_certificate_sha256(),
                     CertificateSha256(ClientTls(node.id, client.id).certificate));
    for (const std::string& service : client.services) entry->add_services(service);
    for (const recognition::v1::CaseActor role : client.case_roles) entry->add_case_roles(role);
    for (const config::v1::TokenIdentity& token : client.tokens) *entry->add_tokens() = token;
    if (client.emergency.services_size() > 0) *entry->mutable_emergency() = client.emergency;
    for (const config::v1::EmergencyDuty duty : client.emergency_duties) entry->add_emergency_duties(duty);
    entry->set_works_blind(client.works_blind);
  }
  return absl::OkStatus();
}

absl::Status LocalFederation::WriteConfig(const LocalNode& node, int peer_port) {
  config::v1::NodeConfig config;
  const std::string& id = node.replica_of.empty() ? node.id : node.replica_of;
  config.set_node(id);
  config.set_node_map("../node-map.json");
  config.mutable_federation()->set_root("../root.yaml");
  config.set_message_key("message.key.pem");
  if (node.encryption) config.add_encryption_keys("encryption.key.pem");
  if (node.postgresql.empty()) {
    config.set_store("store.sqlite");
  } else {
    config.mutable_postgresql_store()->set_connection(node.postgresql);
    config.mutable_postgresql_store()->set_schema(absl::StrCat("node_", absl::AsciiStrToLower(id)));
  }
  config.mutable_client_port()->set_listen("127.0.0.1:0");
  SetTls("tls", config.mutable_client_port()->mutable_tls());
  RETURN_IF_ERROR(AddClients(node, config.mutable_client_port()));
  for (const config::v1::TokenIssuer& issuer : node.token_issuers) {
    *config.mutable_client_port()->add_token_issuers() = issuer;
  }
  if (node.http) config.mutable_http_port()->set_listen("127.0.0.1:0");
  for (const std::string& origin : node.http_origins) config.mutable_http_port()->add_allowed_origins(origin);
  for (const std::string& collection : node.skill_collections) config.add_skill_collections(collection);
  if (!node.catalogue.empty()) {
    config.mutable_catalogue()->set_index(node.catalogue);
    config.mutable_catalogue()->set_providers(node.providers);
  }
  for (const std::string& folder : node.statistics_folders) config.add_statistics_folders(folder);
  if (!node.statistics_folders.empty()) {
    config.mutable_client_port()->add_open_services(statistics::v1::StatisticsService::service_full_name());
  }
  for (const erasure::v1::RetentionRule& rule : node.retention_rules) *config.add_retention_rules() = rule;
  if (node.catalogue_is_open) {
    config.mutable_client_port()->add_open_services(catalogue::v1::CatalogueService::service_full_name());
  }
  config.mutable_peer_port()->set_listen(absl::StrCat("127.0.0.1:", peer_port));
  SetTls("tls", config.mutable_peer_port()->mutable_tls());
  config.mutable_admin_port()->set_listen("127.0.0.1:0");
  config.mutable_admin_port()->set_metrics_listen("127.0.0.1:0");
  config.mutable_admin_port()->set_reflection(true);
  const auto set = [](absl::Duration time, google::protobuf::Duration* duration) {
    duration->set_seconds(absl::ToInt64Seconds(time));
    duration->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time % absl::Seconds(1))));
  };
  set(options_.drain, config.mutable_time_limits()->mutable_drain());
  set(options_.peer_call, config.mutable_time_limits()->mutable_peer_call());
  if (!node.entries.empty()) config.mutable_register_()->set_folder("register");
  for (size_t i = 0; i < node.policies.size(); ++i) {
    config.add_recognition_policies(absl::StrCat("policy-", i, ".yaml"));
  }
  for (size_t i = 0; i < node.register_facts.size(); ++i) {
    config.add_register_facts(absl::StrCat("facts-", i, ".yaml"));
  }
  if (!node.trust_bundle.empty()) {
    config.mutable_trust_bundle()->set_path("trust-bundle.json");
    config.mutable_trust_bundle()->set_root("trust-root.yaml");
  }
  config.set_ports_file("ports.json");
  return WriteText(ConfigPath(node.id), WriteYaml(config));
}

// Two of three authorities sign.
absl::Status LocalFederation::MakeRoot() {
  federation::v1::FederationRoot& root = *map_.mutable_root();
  root.set_federation(std::string(kName));
  root.set_version(1);
  root.set_threshold(kThreshold);
  for (const char* name : {"first", "second", "third"}) {
    ASSIGN_OR_RETURN(proof::SigningKey key, proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa));
    root.add_authorities()->set_name(name);
    root.mutable_authorities()->rbegin()->set_jwk(key.verification_key().jwk());
    authorities_.push_back(std::move(key));
  }
  return WriteText(options_.folder + "/root.yaml", WriteYaml(root));
}

absl::StatusOr<std::string> LocalFederation::SignNodeMap() {
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
  *map_.mutable_issue_time() = base::ToProto(now);
  *map_.mutable_expire_time() = base::ToProto(now + kMapLife);
  ASSIGN_OR_RETURN(federation::MapFile file, federation::ProposeNodeMap(map_, nullptr));
  for (uint32_t i = 0; i < kThreshold; ++i) RETURN_IF_ERROR(federation::SignMapFile(authorities_[i], file));
  return federation::WriteMapFile(file);
}

absl::Status LocalFederation::WriteNodeMap() {
  ASSIGN_OR_RETURN(const std::string file, SignNodeMap());
  return WriteText(options_.folder + "/node-map.json", file);
}

absl::Status LocalFederation::ChangeNodeMap(absl::FunctionRef<void(federation::v1::NodeMap&)> change) {
  const absl::MutexLock lock(&mutex_);
  change(map_);
  map_.set_version(map_.version() + 1);
  return WriteNodeMap();
}

absl::Status LocalFederation::ChoosePorts() {
  std::map<std::string, std::string> endpoints;
  for (const LocalNode& node : options_.nodes) {
    if (node.played) continue;
    ASSIGN_OR_RETURN(const int port, FreePort());
    RETURN_IF_ERROR(WriteConfig(node, port));
    endpoints[node.id] = node.endpoint.empty() ? absl::StrCat("127.0.0.1:", port) : node.endpoint;
  }
  return ChangeNodeMap([&endpoints](federation::v1::NodeMap& map) {
    for (federation::v1::Node& node : *map.mutable_nodes()) {
      if (endpoints.count(node.id()) > 0) node.set_endpoint(endpoints[node.id()]);
    }
  });
}

absl::Status LocalFederation::Start() {
  absl::Status status;
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    RETURN_IF_ERROR(ChoosePorts());
    status = StartAll();
    if (status.ok() || base::ReasonOf(status) != Reason::kPortUnavailable) return status;
    StopAll();
  }
  return status;
}

absl::Status LocalFederation::StartAll() {
  // All at once: they need not wait for each other.
  for (const LocalNode& node : options_.nodes) {
    if (!node.played) RETURN_IF_ERROR(Launch(node.id));
  }
  for (const LocalNode& node : options_.nodes) {
    if (!node.played) RETURN_IF_ERROR(WaitUntilReady(node.id));
  }
  return absl::OkStatus();
}

absl::Status LocalFederation::Launch(const std::string& id) {
  const absl::MutexLock lock(&mutex_);
  if (ended_) return Problem(Reason::kStopping, id);
  unlink((NodeFolder(id) + "/ports.json").c_str());
  ASSIGN_OR_RETURN(processes_[id].child,
                   ChildProcess::Start({options_.program, "serve", "--config", ConfigPath(id), "--stop-with-stdin"},
                                       NodeFolder(id) + "/log.jsonl"));
  return absl::OkStatus();
}

absl::Status LocalFederation::StartNode(const std::string& id) {
  RETURN_IF_ERROR(Launch(id));
  return WaitUntilReady(id);
}

absl::Status LocalFederation::WaitUntilReady(const std::string& id) {
  const absl::Time deadline = absl::Now() + options_.ready_timeout;
  while (absl::Now() < deadline) {
    const std::string text = ReadText(NodeFolder(id) + "/ports.json");
    {
      const absl::MutexLock lock(&mutex_);
      if (ended_) return Problem(Reason::kStopping, id);
      if (!text.empty()) {
        processes_[id].ports = ParsePorts(text);
        return absl::OkStatus();
      }
      if (!processes_[id].child->Running()) return WhyEnded(id);
    }
    absl::SleepFor(kReadyPollInterval);
  }
  return Problem(Reason::kDeadline, id, "the node did not become ready in time");
}

absl::Status LocalFederation::WhyEnded(const std::string& id) const {
  const std::string log = LogOf(id);
  if (absl::StrContains(log, base::Catalogue(Reason::kPortUnavailable).name)) {
    return Problem(Reason::kPortUnavailable, id);
  }
  const size_t end = log.find_last_not_of('\n');
  const size_t begin = end == std::string::npos ? end : log.rfind('\n', end);
  const std::string last = end == std::string::npos ? "it wrote nothing" : log.substr(begin + 1, end - begin);
  return Problem(Reason::kConfigInvalid, id, "the node did not start: " + last);
}

void LocalFederation::StopAll() {
  const absl::MutexLock lock(&mutex_);
  for (auto& [id, process] : processes_) {
    if (process.child != nullptr) process.child->AskToEnd();
  }
  for (auto& [id, process] : processes_) {
    if (process.child != nullptr) process.child->Stop(options_.drain + absl::Seconds(2));
  }
}

void LocalFederation::End() {
  StopAll();
  const absl::MutexLock lock(&mutex_);
  if (ended_) return;
  ended_ = true;
  std::error_code ignored;
  if (!options_.keep) std::filesystem::remove_all(options_.folder, ignored);
}

int LocalFederation::StopNode(const std::string& id) {
  const absl::MutexLock lock(&mutex_);
  return processes_.at(id).child->Stop(options_.drain + absl::Seconds(2));
}

void LocalFederation::KillNode(const std::string& id) {
  const absl::MutexLock lock(&mutex_);
  processes_.at(id).child->Kill();
}

std::string LocalFederation::NodeFolder(const std::string& id) const { return options_.folder + "/" + id; }
std::string LocalFederation::ConfigPath(const std::string& id) const { return NodeFolder(id) + "/node.yaml"; }
std::string LocalFederation::LogOf(const std::string& id) const { return ReadText(NodeFolder(id) + "/log.jsonl"); }

LocalPorts LocalFederation::PortsOf(const std::string& id) const {
  const absl::MutexLock lock(&mutex_);
  const auto process = processes_.find(id);
  return process == processes_.end() ? LocalPorts{} : process->second.ports;
}

pid_t LocalFederation::PidOf(const std::string& id) const {
  const absl::MutexLock lock(&mutex_);
  const auto process = processes_.find(id);
  return process == processes_.end() || process->second.child == nullptr ? 0 : process->second.child->pid();
}

std::string LocalFederation::KeyIdOf(const std::string& id) const {
  const absl::MutexLock lock(&mutex_);
  for (const federation::v1::Node& node : map_.nodes()) {
    if (node.id() == id) return node.message_keys(0).kid();
  }
  return "";
}

std::string LocalFederation::MessageKeyPem(const std::string& id) const {
  return ReadText(NodeFolder(id) + "/message.key.pem");
}

TlsPems LocalFederation::ReadTls(const std::string& path) const {
  return {ReadText(path + ".crt.pem"), ReadText(path + ".key.pem"), ReadText(options_.folder + "/authority.crt.pem")};
}

TlsPems LocalFederation::NodeTls(const std::string& id) const { return ReadTls(NodeFolder(id) + "/tls"); }

TlsPems LocalFederation::ClientTls(const std::string& node, const std::string& client) const {
  return ReadTls(absl::StrCat(NodeFolder(node), "/clients/", client));
}

absl::StatusOr<TlsPems> LocalFederation::StrangerTls(const std::string& name) const {
  const TlsPems authority = ReadTls(options_.folder + "/authority");
  ASSIGN_OR_RETURN(const CertificatePems pems,
                   MakeCertificate({authority.certificate, authority.private_key}, "urn:passerelle:stranger:" + name));
  return TlsPems{pems.certificate, pems.private_key, authority.certificate};
}

std::shared_ptr<grpc::Channel> LocalFederation::Channel(
    int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
  grpc::ChannelArguments arguments;
  // An exchange holds what the other node sent twice: signed, and ready for use.
  arguments.SetMaxReceiveMessageSize(2 * static_cast<int>(base::kGrpcMessageBytesMax));
  // Every channel is a connection of its own, with its own certificate.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), credentials, arguments);
}

std::shared_ptr<grpc::ChannelCredentials> LocalFederation::Credentials(const TlsPems& tls) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = tls.trusted_authorities;
  options.pem_private_key = tls.private_key;
  options.pem_cert_chain = tls.certificate;
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::Channel> LocalFederation::ClientChannel(const std::string& node, const TlsPems& tls) const {
  return Channel(PortsOf(node).client, Credentials(tls));
}

std::shared_ptr<grpc::Channel> LocalFederation::PeerChannel(const std::string& node, const TlsPems& tls) const {
  return Channel(PortsOf(node).peer, Credentials(tls));
}

std::shared_ptr<grpc::Channel> LocalFederation::AdminChannel(const std::string& node) const {
  return Channel(PortsOf(node).admin, grpc::InsecureChannelCredentials());
}

}  // namespace passerelle::gateway
