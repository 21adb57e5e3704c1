#include "gateway/node.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/authenticity/register_question.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchanges.h"
#include "core/recognition/cases.h"
#include "core/relay/circuit_breaker.h"
#include "core/relay/encryption.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "core/sharing/authorisations.h"
#include "gateway/background_loop.h"
#include "gateway/client_table.h"
#include "gateway/config/node_config.h"
#include "gateway/config/store_config.h"
#include "gateway/config/yaml.h"
#include "gateway/config_file.h"
#include "gateway/fetch/status_list_cache.h"
#include "gateway/files/files.h"
#include "gateway/grpc/evidence_service.h"
#include "gateway/grpc/federation_services.h"
#include "gateway/grpc/peer_transport.h"
#include "gateway/grpc/ports.h"
#include "gateway/grpc/services.h"
#include "gateway/grpc/tls.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/http/http_server.h"
#include "gateway/metered.h"
#include "gateway/metered_store.h"
#include "gateway/node_evidence.h"
#include "gateway/node_federation.h"
#include "gateway/node_gauges.h"
#include "gateway/register_facts_files.h"
#include "gateway/registers/open_register.h"
#include "gateway/shared_store.h"
#include "gateway/system_clock.h"
#include "gateway/system_random.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"
#include "gateway/token_issuers.h"
#include "gateway/trust_bundle_file.h"
#include "gateway/turns.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// Threads of each port. They mostly wait for the store or for another node. The ports have pools of their own: two
// nodes whose clients wait for each other must still be able to answer each other.
constexpr int kThreadsPerPort = 16;
// Messages to different nodes that are sent at a time; one node that answers slowly holds up one of them.
constexpr int kSenders = 4;
constexpr int kMessagesPerRound = 16;
constexpr int kCasesPerRound = 16;
constexpr absl::Duration kSendInterval = absl::Milliseconds(50);
constexpr absl::Duration kCaseInterval = absl::Milliseconds(50);
// How often a replica looks for work in a store that it shares, when no hint comes: every look costs the database three
// round trips.
constexpr absl::Duration kSharedInterval = absl::Milliseconds(500);
constexpr absl::Duration kHousekeepingInterval = absl::Milliseconds(200);
// How long leaves wait for others to share a signature with, and how often others are shown the checkpoint.
constexpr absl::Duration kSequenceInterval = absl::Milliseconds(50);
constexpr absl::Duration kShowInterval = absl::Milliseconds(500);
constexpr absl::Duration kFetchInterval = absl::Seconds(1);
constexpr absl::Duration kForgetInterval = absl::Minutes(10);
constexpr absl::Duration kMeasureInterval = absl::Seconds(5);
// How long connections without calls have to close.
constexpr absl::Duration kHangUp = absl::Milliseconds(200);
// How long calls that waited for another node have to answer that they got no answer.
constexpr absl::Duration kLastAnswers = absl::Seconds(2);

}  // namespace

// The parts of a node in the order in which they need each other. They end in the reverse order.
class Node::Assembly {
 public:
  Assembly(const config::v1::NodeConfig& config, Parts parts)
      : config_(config),
        log_(parts.log, [this](LogEvent event) { metrics_.LogEvent(static_cast<int>(event)); }),
        shared_store_(dynamic_cast<SharedStore*>(parts.store.get())),
        store_(std::make_unique<MeteredStore>(std::move(parts.store), &metrics_)),
        plain_adapters_(std::move(parts.adapters)),
        adapters_(MeterAdapters(plain_adapters_, &metrics_)),
        config_file_(std::move(parts.config_path), std::move(parts.overrides), config, &clients_, &log_) {
    metrics_.BuildInfo(parts.version);
  }

  absl::Status Start();
  void Drain();
  const Ports& ports() const { return ports_; }
  Log& log() { return log_; }

 private:
  absl::Status OpenTokenIssuers();
  absl::Status OpenTrustBundle();
  const trust::TrustBundleHolder* Trust() const { return trust_ == nullptr ? nullptr : trust_->holder(); }
  absl::Status OpenRegister();
  absl::Status OpenRegisterFacts();
  void LogRegisterFacts();
  absl::Status OpenEvidence();
  void CircuitChanged(absl::string_view node, relay::CircuitState before, relay::CircuitState now);
  void MakeCases(const NodeFiles& files);
  void MakeRelay(const NodeFiles& files);
  void MakeServices();
  absl::Status OpenPorts();
  void StartLoops();
  absl::StatusOr<bool> KeepHouse();
  absl::Status RefreshTrustBundle();
  void LogTrustBundle();
  absl::Status WritePortsFile() const;
  CallRunner::Options RunnerOptions(WorkerPool* pool);
  void WakeSenders();
  absl::Duration Limit(const google::protobuf::Duration& duration) const { return ToDuration(duration); }

  const config::v1::NodeConfig config_;
  Metrics metrics_;
  Log log_;
  SystemClock clock_;
  SystemRandom random_;
  SharedStore* const shared_store_;  // null when no other replica works on the store
  std::unique_ptr<base::Store> store_;
  document::Registry plain_adapters_;
  document::Registry adapters_;
  ClientTable clients_;
  ConfigFile config_file_;
  std::unique_ptr<TokenIssuers> token_issuers_;  // null when nobody's tokens are taken
  std::shared_ptr<const proof::Sealers> sealers_;
  std::unique_ptr<StatusListCache> status_lists_;
  std::unique_ptr<NodeFederation> federation_;
  std::unique_ptr<NodeGauges> gauges_;
  std::unique_ptr<RegisterFactsFiles> register_facts_;
  std::unique_ptr<TrustBundleFile> trust_;  // null without a bundle in the configuration
  std::unique_ptr<registers::Register> register_;
  std::unique_ptr<NodeEvidence> evidence_;
  std::unique_ptr<relay::CircuitBreaker> circuits_;
  std::unique_ptr<relay::Encryption> encryption_;
  std::unique_ptr<PeerTransport> transport_;
  std::unique_ptr<sharing::Authorisations> authorisations_;
  std::unique_ptr<exchange::Exchanges> exchanges_;
  std::unique_ptr<recognition::Cases> cases_;
  std::unique_ptr<exchange::CredentialQueryHandler> credential_queries_;
  std::unique_ptr<authenticity::QuestionHandler> authenticity_questions_;
  std::vector<std::unique_ptr<MeteredHandler>> handlers_;
  std::vector<std::unique_ptr<MeteredAnswerHandler>> answer_handlers_;
  std::unique_ptr<relay::Outbox> outbox_;
  std::unique_ptr<relay::Inbox> inbox_;
  std::vector<std::unique_ptr<BackgroundLoop>> senders_;
  std::unique_ptr<BackgroundLoop> case_worker_;
  std::unique_ptr<BackgroundLoop> housekeeping_;
  std::unique_ptr<BackgroundLoop> sequencer_;
  std::unique_ptr<BackgroundLoop> shower_;
  std::unique_ptr<BackgroundLoop> list_fetcher_;
  std::unique_ptr<BackgroundLoop> token_keys_;
  std::unique_ptr<BackgroundLoop> map_asker_;
  absl::Time next_forget_ = absl::InfinitePast();
  absl::Time next_measurement_ = absl::InfinitePast();
  std::unique_ptr<WorkerPool> client_pool_;
  std::unique_ptr<WorkerPool> peer_pool_;
  std::unique_ptr<CallRunner> client_runner_;
  std::unique_ptr<CallRunner> peer_runner_;
  std::unique_ptr<SharingService> sharing_service_;
  std::unique_ptr<ExchangeService> exchange_service_;
  std::unique_ptr<AuthenticityService> authenticity_service_;
  std::unique_ptr<RecognitionService> recognition_service_;
  std::unique_ptr<FederationService> federation_service_;
  std::unique_ptr<NodeMapService> node_map_service_;
  std::unique_ptr<RelayService> relay_service_;
  std::unique_ptr<EvidenceService> evidence_service_;
  ListeningServer client_server_;
  std::unique_ptr<HttpServer> http_server_;
  ListeningServer peer_server_;
  ListeningServer admin_server_;
  Ports ports_;
  std::atomic<bool> drained_ = false;
};

absl::Status Node::Assembly::Start() {
  log_.Write(LogEvent::kNodeStarting, {{"node", config_.node()}});
  ASSIGN_OR_RETURN(const NodeFiles files, LoadNodeFiles(config_));
  ASSIGN_OR_RETURN(
      federation_,
      NodeFederation::Open(
          {.config = &config_, .store = store_.get(), .clock = &clock_, .log = &log_, .metrics = &metrics_}, files));
  RETURN_IF_ERROR(OpenTokenIssuers());
  RETURN_IF_ERROR(OpenTrustBundle());
  gauges_ = std::make_unique<NodeGauges>(&config_, store_.get(), federation_->nodes(), &clock_, &metrics_);
  RETURN_IF_ERROR(gauges_->Refresh());
  RETURN_IF_ERROR(OpenRegister());
  RETURN_IF_ERROR(OpenRegisterFacts());
  sealers_ = files.sealers;
  RETURN_IF_ERROR(OpenEvidence());
  MakeRelay(files);
  MakeServices();
  StartLoops();
  RETURN_IF_ERROR(OpenPorts());
  RETURN_IF_ERROR(WritePortsFile());
  log_.Write(LogEvent::kNodeReady, {{"node", config_.node()},
                                    {"client_port", ports_.client},
                                    {"peer_port", ports_.peer},
                                    {"admin_port", ports_.admin},
                                    {"metrics_port", ports_.metrics},
                                    {"http_port", ports_.http}});
  return absl::OkStatus();
}

absl::Status Node::Assembly::OpenTokenIssuers() {
  if (config_.client_port().token_issuers().empty()) return absl::OkStatus();
  const auto changed = [this](TokenIssuers::Event event, const std::string& issuer, const absl::Status& problem) {
    switch (event) {
      case TokenIssuers::Event::kReplaced:
        return log_.Write(LogEvent::kTokenKeysReplaced, {{"issuer", issuer}});
      case TokenIssuers::Event::kRefused:
        return log_.WriteProblem(LogEvent::kTokenKeysRefused, problem, {{"issuer", issuer}});
      case TokenIssuers::Event::kStale:
        return log_.WriteProblem(LogEvent::kTokenKeysStale, problem, {{"issuer", issuer}});
    }
  };
  ASSIGN_OR_RETURN(token_issuers_, TokenIssuers::Open(config_.client_port(), &clock_, changed));
  return absl::OkStatus();
}

absl::Status Node::Assembly::OpenTrustBundle() {
  if (!config_.has_trust_bundle()) return absl::OkStatus();
  const config::v1::TrustBundleFiles& files = config_.trust_bundle();
  ASSIGN_OR_RETURN(trust_, TrustBundleFile::Open(files.path(), files.root(), store_.get(), &clock_));
  LogTrustBundle();
  return absl::OkStatus();
}

void Node::Assembly::LogTrustBundle() {
  const auto bundle = trust_->holder()->Get();
  metrics_.TrustBundleExpiry(bundle->expire_time());
  log_.Write(LogEvent::kTrustBundleLoaded,
             {{"version", static_cast<int64_t>(bundle->message().version())}, {"sha256", bundle->sha256()}});
  if (bundle->ExpiresSoon(clock_.Now())) {
    log_.WriteProblem(LogEvent::kTrustBundleExpires, base::Problem(Reason::kTrustBundleExpires, "expire_time"));
  }
}

// A bundle that cannot be used leaves the one before in place, and is told once.
absl::Status Node::Assembly::RefreshTrustBundle() {
  if (trust_ == nullptr) return absl::OkStatus();
  const std::string before = trust_->holder()->Get()->sha256();
  const absl::Status refreshed = trust_->Refresh();
  if (base::ReasonOf(refreshed) == Reason::kStoreUnavailable && !refreshed.ok()) return refreshed;
  if (!refreshed.ok()) log_.WriteProblem(LogEvent::kTrustBundleRefused, refreshed);
  if (trust_->holder()->Get()->sha256() != before) LogTrustBundle();
  return absl::OkStatus();
}

absl::Status Node::Assembly::OpenRegisterFacts() {
  ASSIGN_OR_RETURN(register_facts_,
                   RegisterFactsFiles::Open({config_.register_facts().begin(), config_.register_facts().end()}));
  LogRegisterFacts();
  return absl::OkStatus();
}

void Node::Assembly::LogRegisterFacts() {
  for (const recognition::v1::RegisterFacts& snapshot : register_facts_->holder()->Get()->snapshots()) {
    log_.Write(
        LogEvent::kRegisterFactsLoaded,
        {{"source", snapshot.source()}, {"version", snapshot.version()}, {"snapshot_date", snapshot.snapshot_date()}});
  }
}

absl::Status Node::Assembly::OpenRegister() {
  const auto changed = [this](const absl::Status& status) {
    if (status.ok()) {
      log_.Write(LogEvent::kRegisterReloaded, {});
    } else {
      log_.WriteProblem(LogEvent::kRegisterRefused, status);
    }
  };
  ASSIGN_OR_RETURN(register_, gateway::OpenRegister(config_, &clock_, changed));
  return absl::OkStatus();
}

absl::Status Node::Assembly::OpenEvidence() {
  ASSIGN_OR_RETURN(evidence_, NodeEvidence::Open({.node = config_.node(),
                                                  .path = config_.evidence(),
                                                  .store = store_.get(),
                                                  .clock = &clock_,
                                                  .random = &random_,
                                                  .keys = federation_->keys(),
                                                  .nodes = federation_->nodes(),
                                                  .log = &log_,
                                                  .time_stamps = config_.evidence_time_stamps()}));
  return absl::OkStatus();
}

// Failed trials open a circuit again and again; the log is told the first time.
void Node::Assembly::CircuitChanged(absl::string_view node, relay::CircuitState before, relay::CircuitState now) {
  metrics_.PeerCircuit(node, static_cast<int>(now));
  if (now == relay::CircuitState::kClosed) log_.Write(LogEvent::kPeerReachedAgain, {{"peer", node}});
  if (before == relay::CircuitState::kClosed) log_.Write(LogEvent::kPeerLeftAlone, {{"peer", node}});
}

void Node::Assembly::MakeCases(const NodeFiles& files) {
  cases_ = std::make_unique<recognition::Cases>(recognition::Cases::Options{
      .node = config_.node(),
      .store = store_.get(),
      .clock = &clock_,
      .random = &random_,
      .nodes = federation_->nodes(),
      .adapters = &adapters_,
      .authorisations = authorisations_.get(),
      .policies = files.policies,
      .trust = Trust(),
      .registers = register_facts_->holder(),
      .verdict_policy = config_.verdict_policy(),
      .clock_ran_out = [this](absl::string_view clock) { metrics_.RecognitionClock(clock); }});
}

void Node::Assembly::MakeRelay(const NodeFiles& files) {
  if (files.fetcher) status_lists_ = std::make_unique<StatusListCache>(*files.fetcher, &clock_);
  const config::v1::TimeLimits& limits = config_.time_limits();
  circuits_ = std::make_unique<relay::CircuitBreaker>(
      &clock_, [this](absl::string_view node, relay::CircuitState before, relay::CircuitState now) {
        CircuitChanged(node, before, now);
      });
  encryption_ =
      std::make_unique<relay::Encryption>(relay::Encryption::Options{.node = config_.node(),
                                                                     .nodes = federation_->nodes(),
                                                                     .keys = federation_->decryption_keys(),
                                                                     .clock = &clock_,
                                                                     .required = config_.require_encryption()});
  transport_ = std::make_unique<PeerTransport>(PeerTransport::Options{.tls = config_.peer_port().tls(),
                                                                      .call_limit = Limit(limits.peer_call()),
                                                                      .circuits = circuits_.get(),
                                                                      .encryption = encryption_.get(),
                                                                      .log = &log_});
  authorisations_ = std::make_unique<sharing::Authorisations>(
      sharing::Authorisations::Options{.store = store_.get(), .clock = &clock_, .random = &random_});
  exchanges_ =
      std::make_unique<exchange::Exchanges>(exchange::Exchanges::Options{.node = config_.node(),
                                                                         .store = store_.get(),
                                                                         .clock = &clock_,
                                                                         .random = &random_,
                                                                         .nodes = federation_->nodes(),
                                                                         .default_life = Limit(limits.exchange())});
  MakeCases(files);
  credential_queries_ = std::make_unique<exchange::CredentialQueryHandler>(exchange::CredentialQueryHandler::Options{
      .reg = register_.get(),
      .authorisations = authorisations_.get(),
      .adapters = &adapters_,
      .store = store_.get(),
      .clock = &clock_,
      .sealers = sealers_.get(),
      .refuse_loss = {config_.refuse_loss().begin(), config_.refuse_loss().end()}});
  authenticity_questions_ = std::make_unique<authenticity::QuestionHandler>(register_.get());
  std::vector<relay::Handler*> handlers = cases_->handlers();
  handlers.push_back(credential_queries_.get());
  handlers.push_back(authenticity_questions_.get());
  relay::Inbox::Options inbox{.node = config_.node(),
                              .nodes = federation_->nodes(),
                              .key = federation_->keys(),
                              .store = store_.get(),
                              .clock = &clock_,
                              .random = &random_,
                              .handlers = {},
                              .refused = [this](Reason reason) { metrics_.PeerRefused(base::Catalogue(reason).name); },
                              .evidence = &evidence_->messages()};
  for (relay::Handler* handler : handlers) {
    handlers_.push_back(std::make_unique<MeteredHandler>(handler, &metrics_, &log_));
    inbox.handlers.push_back(handlers_.back().get());
  }
  inbox_ = std::make_unique<relay::Inbox>(std::move(inbox));

  std::vector<relay::AnswerHandler*> answer_handlers = cases_->answer_handlers();
  answer_handlers.push_back(exchanges_.get());
  relay::Outbox::Options outbox{.node = config_.node(),
                                .nodes = federation_->nodes(),
                                .key = federation_->keys(),
                                .store = store_.get(),
                                .clock = &clock_,
                                .random = &random_,
                                .transport = transport_.get(),
                                .handlers = {},
                                .evidence = &evidence_->messages()};
  for (relay::AnswerHandler* handler : answer_handlers) {
    answer_handlers_.push_back(std::make_unique<MeteredAnswerHandler>(handler, &metrics_, &log_));
    outbox.handlers.push_back(answer_handlers_.back().get());
  }
  outbox_ = std::make_unique<relay::Outbox>(std::move(outbox));
  exchanges_->set_outbox(outbox_.get());
  cases_->set_outbox(outbox_.get());
}

CallRunner::Options Node::Assembly::RunnerOptions(WorkerPool* pool) {
  return {.pool = pool,
          .metrics = &metrics_,
          .log = &log_,
          .clock = &clock_,
          .call_limit = Limit(config_.time_limits().call()),
          .authorise = {}};
}

void Node::Assembly::MakeServices() {
  client_pool_ = std::make_unique<WorkerPool>(kThreadsPerPort, base::kQueuedCallsMax);
  peer_pool_ = std::make_unique<WorkerPool>(kThreadsPerPort, base::kQueuedCallsMax);
  CallRunner::Options client = RunnerOptions(client_pool_.get());
  client.authorise = [this](const CallerCredentials& caller, absl::string_view service) {
    return clients_.Authorise(caller, service, token_issuers_.get());
  };
  client_runner_ = std::make_unique<CallRunner>(std::move(client));
  CallRunner::Options peer = RunnerOptions(peer_pool_.get());
  // Nodes are known by their certificates alone.
  peer.authorise = [this](const CallerCredentials& caller, absl::string_view) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(caller.certificate_sha256.status());
    const auto directory = federation_->nodes()->Get();
    ASSIGN_OR_RETURN(const federation::v1::Node* node,
                     directory->Authenticate(*caller.certificate_sha256, clock_.Now()));
    return node->id();
  };
  peer_runner_ = std::make_unique<CallRunner>(std::move(peer));

  const auto wake = [this] { WakeSenders(); };
  sharing_service_ = std::make_unique<SharingService>(client_runner_.get(), authorisations_.get());
  exchange_service_ = std::make_unique<ExchangeService>(client_runner_.get(), exchanges_.get(), wake);
  authenticity_service_ = std::make_unique<AuthenticityService>(
      client_runner_.get(), AuthenticityService::Options{.node = config_.node(),
                                                         .adapters = &adapters_,
                                                         .outbox = outbox_.get(),
                                                         .clock = &clock_,
                                                         .metrics = &metrics_,
                                                         .trust = Trust(),
                                                         .status_lists = status_lists_.get(),
                                                         .policy = config_.verdict_policy(),
                                                         .key = federation_->keys()});
  recognition_service_ =
      std::make_unique<RecognitionService>(client_runner_.get(), cases_.get(), wake,
                                           [this](absl::string_view caller) { return clients_.CaseRoles(caller); });
  federation_service_ = std::make_unique<FederationService>(client_runner_.get(), federation_->nodes(), &clock_);
  node_map_service_ = std::make_unique<NodeMapService>(peer_runner_.get(), federation_->nodes(),
                                                       [this] { return federation_->signed_map(); });
  relay_service_ = std::make_unique<RelayService>(peer_runner_.get(), inbox_.get(), encryption_.get(),
                                                  [this] { case_worker_->Wake(); });
  evidence_service_ = std::make_unique<EvidenceService>(peer_runner_.get(),
                                                        EvidenceService::Options{.store = store_.get(),
                                                                                 .log = &evidence_->messages().log(),
                                                                                 .witness = &evidence_->witness(),
                                                                                 .nodes = federation_->nodes()});
}

void Node::Assembly::StartLoops() {
  const absl::Duration send_interval = shared_store_ == nullptr ? kSendInterval : kSharedInterval;
  const absl::Duration case_interval = shared_store_ == nullptr ? kCaseInterval : kSharedInterval;
  for (int i = 0; i < kSenders; ++i) {
    senders_.push_back(
        std::make_unique<BackgroundLoop>("sender", send_interval, &log_, [this]() -> absl::StatusOr<bool> {
          ASSIGN_OR_RETURN(const int sent, outbox_->SendDue(kMessagesPerRound));
          return sent > 0;
        }));
  }
  case_worker_ = std::make_unique<BackgroundLoop>("cases", case_interval, &log_, [this]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const int looked_at, cases_->ProcessDue(kCasesPerRound));
    if (looked_at > 0) WakeSenders();
    return looked_at > 0;
  });
  if (shared_store_ != nullptr) {
    shared_store_->OnHint([this] {
      WakeSenders();
      case_worker_->Wake();
    });
  }
  housekeeping_ =
      std::make_unique<BackgroundLoop>("housekeeping", kHousekeepingInterval, &log_, [this] { return KeepHouse(); });
  sequencer_ =
      std::make_unique<BackgroundLoop>("sequencer", kSequenceInterval, &log_, [this] { return evidence_->Sequence(); });
  shower_ = std::make_unique<BackgroundLoop>("witnesses", kShowInterval, &log_,
                                             [this] { return evidence_->ShowToPeers(*transport_); });
  if (config_.has_federation()) {
    map_asker_ = std::make_unique<BackgroundLoop>("node map", Limit(config_.federation().ask_interval()), &log_,
                                                  [this]() -> absl::StatusOr<bool> {
                                                    RETURN_IF_ERROR(federation_->AskNext(*transport_));
                                                    return false;
                                                  });
  }
  if (token_issuers_ != nullptr) {
    token_keys_ =
        std::make_unique<BackgroundLoop>("token keys", kFetchInterval, &log_, [this]() -> absl::StatusOr<bool> {
          token_issuers_->Refresh();
          return false;
        });
  }
  if (status_lists_ == nullptr) return;
  list_fetcher_ = std::make_unique<BackgroundLoop>("status lists", kFetchInterval, &log_,
                                                   [this] { return status_lists_->Refresh(); });
}

absl::StatusOr<bool> Node::Assembly::KeepHouse() {
  config_file_.Refresh();
  RETURN_IF_ERROR(federation_->Refresh());
  RETURN_IF_ERROR(RefreshTrustBundle());
  const absl::StatusOr<bool> changed = register_facts_->Refresh();
  if (!changed.ok()) log_.WriteProblem(LogEvent::kRegisterFactsRefused, changed.status());
  if (changed.ok() && *changed) LogRegisterFacts();
  if (clock_.Now() >= next_measurement_) {
    RETURN_IF_ERROR(gauges_->Refresh());
    next_measurement_ = clock_.Now() + kMeasureInterval;
  }
  if (clock_.Now() >= next_forget_) {
    ASSIGN_OR_RETURN(const bool mine, TakeTurn(*store_, "forget", clock_.Now(), kForgetInterval));
    if (mine) RETURN_IF_ERROR(inbox_->Forget().status());
    next_forget_ = clock_.Now() + kForgetInterval;
  }
  return false;
}

void Node::Assembly::WakeSenders() {
  for (const auto& sender : senders_) sender->Wake();
}

absl::Status Node::Assembly::OpenPorts() {
  const auto certificate = token_issuers_ == nullptr ? ClientCertificate::kRequired : ClientCertificate::kOptional;
  ASSIGN_OR_RETURN(
      client_server_,
      StartServer(config_.client_port().listen(), MakeServerCredentials(config_.client_port().tls(), certificate),
                  {sharing_service_.get(), exchange_service_.get(), authenticity_service_.get(),
                   recognition_service_.get(), federation_service_.get()}));
  ASSIGN_OR_RETURN(peer_server_,
                   StartServer(config_.peer_port().listen(),
                               MakeServerCredentials(config_.peer_port().tls(), ClientCertificate::kRequired),
                               {relay_service_.get(), node_map_service_.get(), evidence_service_.get()}));
  if (config_.has_http_port()) {
    const config::v1::HttpPort& http = config_.http_port();
    ASSIGN_OR_RETURN(
        http_server_,
        HttpServer::Start({.listen = http.listen(),
                           .tls = http.tls(),
                           .allowed_origins = {http.allowed_origins().begin(), http.allowed_origins().end()},
                           .runner = client_runner_.get(),
                           .clock = &clock_}));
  }
  ASSIGN_OR_RETURN(ports_.metrics, metrics_.Expose(config_.admin_port().metrics_listen()));
  // Last, so that health is not SERVING before the other ports are.
  ASSIGN_OR_RETURN(admin_server_, StartAdminServer(config_.admin_port().listen(), config_.admin_port().reflection()));
  ports_.client = client_server_.port;
  ports_.http = http_server_ == nullptr ? 0 : http_server_->port();
  ports_.peer = peer_server_.port;
  ports_.admin = admin_server_.port;
  return absl::OkStatus();
}

absl::Status Node::Assembly::WritePortsFile() const {
  if (config_.ports_file().empty()) return absl::OkStatus();
  const auto entry = [](absl::string_view name, const std::string& listen, int port) {
    return absl::StrCat("\"", name, "\":\"", ReachableAddress(listen, port), "\"");
  };
  const std::string http = ports_.http == 0 ? "" : entry("http", config_.http_port().listen(), ports_.http) + ",";
  return ReplaceFile(config_.ports_file(),
                     absl::StrCat("{", http, entry("client", config_.client_port().listen(), ports_.client), ",",
                                  entry("peer", config_.peer_port().listen(), ports_.peer), ",",
                                  entry("admin", config_.admin_port().listen(), ports_.admin), ",",
                                  entry("metrics", config_.admin_port().metrics_listen(), ports_.metrics), "}\n"));
}

void Node::Assembly::Drain() {
  if (drained_.exchange(true)) return;
  log_.Write(LogEvent::kNodeDraining, {{"node", config_.node()}});
  if (admin_server_.server != nullptr && admin_server_.server->GetHealthCheckService() != nullptr) {
    admin_server_.server->GetHealthCheckService()->SetServingStatus(false);
  }
  if (client_runner_ != nullptr) client_runner_->Stop();
  if (peer_runner_ != nullptr) peer_runner_->Stop();
  for (const auto& sender : senders_) sender->Stop();
  if (case_worker_ != nullptr) case_worker_->Stop();
  if (housekeeping_ != nullptr) housekeeping_->Stop();
  if (list_fetcher_ != nullptr) list_fetcher_->Stop();
  if (token_keys_ != nullptr) token_keys_->Stop();
  if (map_asker_ != nullptr) map_asker_->Stop();
  if (shower_ != nullptr) shower_->Stop();

  const absl::Time deadline = clock_.Now() + Limit(config_.time_limits().drain());
  if (client_runner_ != nullptr) client_runner_->WaitUntilIdle(deadline);
  if (peer_runner_ != nullptr) peer_runner_->WaitUntilIdle(deadline);
  for (const auto& sender : senders_) sender->WaitUntilEnded(deadline);
  if (case_worker_ != nullptr) case_worker_->WaitUntilEnded(deadline);
  // What still waits for another node would outlast the limit.
  if (transport_ != nullptr) transport_->Stop();
  if (client_runner_ != nullptr) client_runner_->WaitUntilIdle(clock_.Now() + kLastAnswers);
  const auto hang_up = std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kHangUp);
  if (client_server_.server != nullptr) client_server_.server->Shutdown(hang_up);
  if (peer_server_.server != nullptr) peer_server_.server->Shutdown(hang_up);
  if (client_pool_ != nullptr) client_pool_->Drain();
  if (peer_pool_ != nullptr) peer_pool_->Drain();
  // After the pool: no call is under way any more.
  if (http_server_ != nullptr) http_server_->Stop();
  if (admin_server_.server != nullptr) admin_server_.server->Shutdown(hang_up);
  // Last, since calls and hints wake them.
  if (shared_store_ != nullptr) shared_store_->OnHint(nullptr);
  senders_.clear();
  case_worker_.reset();
  housekeeping_.reset();
  list_fetcher_.reset();
  token_keys_.reset();
  map_asker_.reset();
  shower_.reset();
  // Everything that was accepted has its place before the node goes; what cannot get one gets it at the next start.
  sequencer_.reset();
  if (evidence_ != nullptr) evidence_->Sequence().IgnoreError();
  log_.Write(LogEvent::kNodeStopped, {{"node", config_.node()}});
}

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

}  // namespace

absl::Status CheckNodeConfig(const std::string& path, const std::vector<ConfigOverride>& overrides) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(path, overrides));
  ASSIGN_OR_RETURN(const NodeFiles files, LoadNodeFiles(config));
  if (config.has_postgresql_store()) RETURN_IF_ERROR(LoadStorePassword(config.postgresql_store()).status());
  const SystemClock clock;
  ASSIGN_OR_RETURN(const auto nodes, LoadNodeMap(config.node_map(), config.federation().root(), clock.Now()));
  RETURN_IF_ERROR(CheckOwnEntry(config, files, *nodes));
  if (config.has_trust_bundle()) RETURN_IF_ERROR(CheckTrustBundle(config.trust_bundle()));
  RETURN_IF_ERROR(RegisterFactsFiles::Open({config.register_facts().begin(), config.register_facts().end()}).status());
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
