#include "gateway/node/config_file.h"

#include <utility>

#include "absl/status/statusor.h"
#include "gateway/config/node_config.h"
#include "gateway/files/files.h"
#include "google/protobuf/util/message_differencer.h"

namespace passerelle::gateway {
namespace {

using config::v1::NodeConfig;
using google::protobuf::FieldDescriptor;
using google::protobuf::util::MessageDifferencer;

// Keys at the top of the file that differ, but for the clients.
std::vector<std::string> KeysThatNeedARestart(NodeConfig before, NodeConfig now) {
  before.mutable_client_port()->clear_clients();
  now.mutable_client_port()->clear_clients();
  std::vector<std::string> keys;
  const google::protobuf::Descriptor* type = NodeConfig::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    MessageDifferencer differencer;
    if (!differencer.CompareWithFields(before, now, {field}, {field})) keys.push_back(field->name());
  }
  return keys;
}

}  // namespace

ConfigFile::ConfigFile(std::string path, std::vector<ConfigOverride> overrides, NodeConfig config, ClientTable* clients,
                       Log* log)
    : path_(std::move(path)),
      overrides_(std::move(overrides)),
      clients_(clients),
      log_(log),
      open_services_(config.client_port().open_services()),
      config_(std::move(config)) {
  clients_->Replace(config_.client_port());
}

void ConfigFile::Refresh() {
  if (path_.empty()) return;
  const absl::MutexLock lock(&mutex_);
  std::string fingerprint = FileFingerprint(path_);
  if (fingerprint == fingerprint_) return;
  fingerprint_ = std::move(fingerprint);
  absl::StatusOr<NodeConfig> now = LoadNodeConfig(path_, overrides_);
  if (!now.ok()) {
    log_->WriteProblem(LogEvent::kConfigRefused, now.status());
    return;
  }
  for (const std::string& key : KeysThatNeedARestart(config_, *now)) {
    log_->Write(LogEvent::kConfigNeedsRestart, {{"key", key}});
  }
  if (!MessageDifferencer::Equals(config_, *now)) {
    config::v1::ClientPort port = now->client_port();
    *port.mutable_open_services() = open_services_;
    clients_->Replace(port);
    log_->Write(LogEvent::kConfigReloaded, {{"clients", now->client_port().clients_size()}});
  }
  config_ = *std::move(now);
}

}  // namespace passerelle::gateway
