#include "gateway/node/node.h"

#include <pthread.h>
#include <signal.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/node_config.h"
#include "gateway/config/store_config.h"
#include "gateway/config/yaml.h"
#include "gateway/documents/skill_collections.h"
#include "gateway/files/files.h"
#include "gateway/keys/certificate_times.h"
#include "gateway/node/assembly.h"
#include "gateway/node/node_map_file.h"
#include "gateway/node/wallets.h"
#include "gateway/registers/open_register.h"

namespace passerelle::gateway {

Node::Node(std::unique_ptr<Assembly> assembly) : assembly_(std::move(assembly)) {}

absl::StatusOr<std::unique_ptr<Node>> Node::Start(const config::v1::NodeConfig& config, Parts parts) {
  std::unique_ptr<Node> node(new Node(std::make_unique<Assembly>(config, std::move(parts))));
  const absl::Status started = node->assembly_->Start();
  if (!started.ok()) {
    node->assembly_->log().WriteProblem(LogEvent::kNodeFailed, started, {{"node", config.node()}});
    return started;
  }
  return node;
}

Node::~Node() { assembly_->Drain(); }

const Node::Ports& Node::ports() const { return assembly_->ports(); }

void Node::Drain() { assembly_->Drain(); }

namespace {

// Whether a node without a history would take the bundle; a running one knows which it had before.
absl::Status CheckTrustBundle(const config::v1::TrustBundleFiles& files) {
  trust::v1::TrustRoot root;
  RETURN_IF_ERROR(ReadYamlFile(files.root(), &root));
  ASSIGN_OR_RETURN(const trust::TrustSigners signers, trust::TrustSigners::Make(root));
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(files.path(), base::kTrustBundleBytesMax));
  const SystemClock clock;
  return trust::OpenTrustBundle(bytes, signers, {clock.Now(), 0, nullptr}).status();
}

// Whether the file of the store is one of SQLite, or is to be made yet. Nothing is opened: a node may have it open.
absl::Status CheckStoreFile(const std::string& path) {
  constexpr absl::string_view kHeader("SQLite format 3\0", 16);  // https://www.sqlite.org/fileformat.html, 1.3
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) return absl::OkStatus();
  const auto begin = ReadFileRange(path, 0, kHeader.size());
  if (!begin.ok()) return base::Problem(base::Reason::kStoreUnavailable, path, base::DetailOf(begin.status()));
  if (begin->empty() || *begin == kHeader) return absl::OkStatus();
  return base::Problem(base::Reason::kStoreDamaged, path, "the file is no store of a node");
}

}  // namespace

absl::Status CheckNodeConfig(const std::string& path, const std::vector<ConfigOverride>& overrides) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(path, overrides));
  ASSIGN_OR_RETURN(const NodeFiles files, LoadNodeFiles(config));
  if (config.has_postgresql_store()) RETURN_IF_ERROR(LoadStorePassword(config.postgresql_store()).status());
  const SystemClock clock;
  ASSIGN_OR_RETURN(const auto nodes, LoadNodeMap(config.node_map(), config.federation().root(), clock.Now()));
  RETURN_IF_ERROR(CheckOwnEntry(config, files, *nodes));
  const std::vector<absl::Status> out_of_time = CertificatesOutOfTime(config, clock.Now());
  if (!out_of_time.empty()) return out_of_time.front();
  if (!config.has_postgresql_store()) RETURN_IF_ERROR(CheckStoreFile(config.store()));
  if (config.has_trust_bundle()) RETURN_IF_ERROR(CheckTrustBundle(config.trust_bundle()));
  RETURN_IF_ERROR(RegisterFactsFiles::Open({config.register_facts().begin(), config.register_facts().end()}).status());
  RETURN_IF_ERROR(
      LoadSkillCollections({config.skill_collections().begin(), config.skill_collections().end()}).status());
  RETURN_IF_ERROR(LoadProviders(config.catalogue().providers()).status());
  if (config.has_wallets()) RETURN_IF_ERROR(LoadVerifier(config.wallets()).status());
  if (config.wallets().has_issuing()) RETURN_IF_ERROR(LoadWalletIssuer(config.wallets()).status());
  RETURN_IF_ERROR(TokenIssuers::Open(config.client_port(), &clock, nullptr).status());
  return OpenRegister(config, &clock, nullptr).status();
}

namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int WaitForStopSignal() {
  const sigset_t signals = StopSignals();
  int number = 0;
  while (sigwait(&signals, &number) != 0) {
  }
  return number;
}

}  // namespace passerelle::gateway
