#include "gateway/node/federation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/federation/expiry.h"
#include "core/proof/x509/certificate.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

using federation::MapAge;

// Days change slowly; a new map is told at once.
constexpr absl::Duration kExpiriesInterval = absl::Seconds(10);

std::vector<std::string> DecryptionKeyPaths(const config::v1::NodeConfig& config) {
  return {config.encryption_keys().begin(), config.encryption_keys().end()};
}

// The first certificate of a file, as this node's material of a kind. A file that cannot be read is told elsewhere.
void AddFile(const std::string& node, absl::string_view material, const std::string& path,
             std::vector<federation::Expiry>& expiries) {
  const auto pem = ReadFile(path, base::kConfigBytesMax);
  if (!pem.ok()) return;
  const auto certificates = proof::Certificate::FromPem(*pem);
  if (certificates.ok()) expiries.push_back({node, material, certificates->front().not_after()});
}

}  // namespace

NodeFederation::NodeFederation(const Options& options, std::unique_ptr<NodeMapFile> map)
    : options_(options), map_(std::move(map)), keys_(options.config->node(), map_->holder()) {}

absl::StatusOr<std::unique_ptr<NodeFederation>> NodeFederation::Open(const Options& options, const NodeFiles& files) {
  ASSIGN_OR_RETURN(std::unique_ptr<NodeMapFile> map, NodeMapFile::Open({.path = options.config->node_map(),
                                                                        .root = options.config->federation().root(),
                                                                        .store = options.store,
                                                                        .clock = options.clock,
                                                                        .log = options.log,
                                                                        .metrics = options.metrics}));
  RETURN_IF_ERROR(CheckOwnEntry(*options.config, files, *map->holder()->Get()));
  std::unique_ptr<NodeFederation> made(new NodeFederation(options, std::move(map)));
  made->keys_.Hold(files.message_keys);
  made->decryption_keys_.Hold(files.decryption_keys);
  const absl::MutexLock lock(&made->mutex_);
  made->fingerprint_ = KeysFingerprint(MessageKeyReferences(*options.config));
  made->decryption_fingerprint_ = KeysFingerprint(DecryptionKeyPaths(*options.config));
  return made;
}

absl::Status NodeFederation::Refresh() {
  RETURN_IF_ERROR(map_->Refresh());
  const absl::MutexLock lock(&mutex_);
  RefreshKeys();
  RefreshDecryptionKeys();
  const absl::Time now = options_.clock->Now();
  if (now >= next_expiries_ || told_version_ != nodes()->Get()->map().version()) TellExpiries(now);
  return absl::OkStatus();
}

void NodeFederation::RefreshKeys() {
  const std::vector<std::string> references = MessageKeyReferences(*options_.config);
  std::string fingerprint = KeysFingerprint(references);
  if (fingerprint == fingerprint_) return;
  fingerprint_ = std::move(fingerprint);
  auto keys = LoadMessageKeys(references);
  if (!keys.ok()) return options_.log->WriteProblem(LogEvent::kMessageKeysRefused, keys.status());
  options_.log->Write(LogEvent::kMessageKeysReloaded, {{"keys", static_cast<int64_t>(keys->size())}});
  keys_.Hold(*std::move(keys));
}

void NodeFederation::RefreshDecryptionKeys() {
  const std::vector<std::string> paths = DecryptionKeyPaths(*options_.config);
  std::string fingerprint = KeysFingerprint(paths);
  if (fingerprint == decryption_fingerprint_) return;
  decryption_fingerprint_ = std::move(fingerprint);
  auto keys = LoadDecryptionKeys(paths);
  if (!keys.ok()) return options_.log->WriteProblem(LogEvent::kEncryptionKeysRefused, keys.status());
  options_.log->Write(LogEvent::kEncryptionKeysReloaded, {{"keys", static_cast<int64_t>(keys->size())}});
  decryption_keys_.Hold(*std::move(keys));
}

void NodeFederation::TellExpiries(absl::Time now) {
  const auto directory = nodes()->Get();
  const MapAge age = directory->AgeAt(now);
  if (age != told_age_ && age != MapAge::kFresh) {
    options_.log->WriteProblem(
        LogEvent::kNodeMapStale,
        base::Problem(base::Reason::kNodeMapStale, "expire_time",
                      age == MapAge::kStale ? "it has expired and is used within its grace" : "its grace is over"));
  }
  told_age_ = age;
  told_version_ = directory->map().version();
  next_expiries_ = now + kExpiriesInterval;
  options_.metrics->NodeMapInForce(told_version_, age != MapAge::kFresh);
  std::vector<federation::Expiry> expiries = federation::ExpiriesOf(directory->map());
  const config::v1::NodeConfig& config = *options_.config;
  AddFile(config.node(), "peer_port_certificate", config.peer_port().tls().certificate(), expiries);
  AddFile(config.node(), "client_port_certificate", config.client_port().tls().certificate(), expiries);
  if (config.has_http_port()) {
    AddFile(config.node(), "http_port_certificate", config.http_port().tls().certificate(), expiries);
  }
  if (config.has_wallets())
    AddFile(config.node(), "wallets_certificate", config.wallets().tls().certificate(), expiries);
  if (!config.seals().empty()) {
    // The one that takes over last lasts longest.
    AddFile(config.node(), "seal_certificate", config.seals().rbegin()->certificate(), expiries);
  }
  std::vector<Metrics::DaysLeft> days;
  for (const federation::Expiry& expiry : expiries) {
    days.push_back({expiry.node, std::string(expiry.material), absl::FDivDuration(expiry.end - now, absl::Hours(24))});
  }
  options_.metrics->DaysToExpiry(days);
}

absl::Status NodeFederation::AskNext(PeerTransport& transport) {
  const auto directory = nodes()->Get();
  if (map_->signed_map() == nullptr) return absl::OkStatus();
  std::vector<const federation::v1::Node*> others;
  for (const federation::v1::Node& node : directory->map().nodes()) {
    const bool other = node.id() != options_.config->node() && node.state() == federation::v1::NODE_STATE_ACTIVE;
    if (other && !node.endpoint().empty()) others.push_back(&node);
  }
  if (others.empty()) return absl::OkStatus();
  const federation::v1::Node* next = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    const bool first = !std::exchange(may_ask_, true);
    if (first && directory->AgeAt(options_.clock->Now()) == MapAge::kFresh) return absl::OkStatus();
    const auto last = std::find_if(others.begin(), others.end(),
                                   [this](const federation::v1::Node* node) { return node->id() == asked_; });
    next = last == others.end() || last + 1 == others.end() ? others.front() : *(last + 1);
    asked_ = next->id();
  }
  // Also asked when the map is over: how else would the node come by a newer one?
  const auto newer = transport.GetNodeMap(*next, directory->map().version());
  if (!newer.ok() || newer->empty()) return absl::OkStatus();
  return map_->Offer(*newer, next->id());
}

}  // namespace passerelle::gateway
