#include "gateway/node/assembly.h"

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/keys/certificate_times.h"
#include "gateway/registers/open_register.h"

namespace passerelle::gateway {
namespace {

using base::Reason;

// Threads of each port. They mostly wait for the store or for another node. The ports have pools of their own: two
// nodes whose clients wait for each other must still be able to answer each other.
constexpr int kThreadsPerPort = 16;

}  // namespace

absl::Status Node::Assembly::Start() {
  log_.Write(LogEvent::kNodeStarting, {{"node", config_.node()}});
  ASSIGN_OR_RETURN(const NodeFiles files, LoadNodeFiles(config_));
  for (const absl::Status& problem : CertificatesOutOfTime(config_, clock_.Now())) {
    log_.WriteProblem(LogEvent::kTlsFilesOutOfTime, problem);
  }
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
  if (config_.has_catalogue()) {
    ASSIGN_OR_RETURN(catalogue_, NodeCatalogue::Open(config_.catalogue()));
  }
  RETURN_IF_ERROR(OpenStatistics());
  sealers_ = files.sealers;
  RETURN_IF_ERROR(OpenEvidence());
  RETURN_IF_ERROR(OpenErasedLedger());
  MakeRelay(files);
  RETURN_IF_ERROR(OpenWallets());
  MakeEmergencyAccess();
  MakeRunners();
  MakeServices();
  StartLoops();
  RETURN_IF_ERROR(OpenPorts());
  RETURN_IF_ERROR(WritePortsFile());
  log_.Write(LogEvent::kNodeReady, {{"node", config_.node()},
                                    {"client_port", ports_.client},
                                    {"peer_port", ports_.peer},
                                    {"admin_port", ports_.admin},
                                    {"metrics_port", ports_.metrics},
                                    {"http_port", ports_.http},
                                    {"wallet_port", ports_.wallets}});
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
  ASSIGN_OR_RETURN(tagger_,
                   LoadSkillCollections({config_.skill_collections().begin(), config_.skill_collections().end()}));
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
  if (config_.has_student_cards()) {
    ASSIGN_OR_RETURN(student_cards_, EscRouter::Open(config_.student_cards(), &clock_));
  }
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

absl::Status Node::Assembly::OpenErasedLedger() {
  ASSIGN_OR_RETURN(erased_, ErasedLedger::Open({.path = config_.evidence(), .store = store_.get(), .clock = &clock_}));
  if (erased_->erased_again() > 0)
    log_.Write(LogEvent::kErasedAgain, {{"count", static_cast<int64_t>(erased_->erased_again())}});
  return absl::OkStatus();
}

absl::Status Node::Assembly::OpenStatistics() {
  const auto& folders = config_.statistics_folders();
  if (folders.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(cubes_, PublishedCubes::Open({folders.begin(), folders.end()}));
  log_.Write(LogEvent::kStatisticsLoaded, {{"cubes", static_cast<int64_t>(cubes_->Get()->size())}});
  return absl::OkStatus();
}

absl::Status Node::Assembly::RefreshStatistics() {
  if (cubes_ == nullptr) return absl::OkStatus();
  const absl::StatusOr<bool> changed = cubes_->Refresh();
  if (!changed.ok()) log_.WriteProblem(LogEvent::kStatisticsRefused, changed.status());
  if (changed.ok() && *changed) {
    log_.Write(LogEvent::kStatisticsLoaded, {{"cubes", static_cast<int64_t>(cubes_->Get()->size())}});
  }
  return absl::OkStatus();
}

void Node::Assembly::MakeErasures() {
  const erasure::Rules rules = {config_.retention_rules().begin(), config_.retention_rules().end()};
  erasures_ = std::make_unique<erasure::Erasures>(erasure::Erasures::Options{
      .node = config_.node(), .store = store_.get(), .clock = &clock_, .random = &random_, .rules = rules});
  retention_clock_ = std::make_unique<erasure::RetentionClock>(erasure::RetentionClock::Options{
      .node = config_.node(), .store = store_.get(), .clock = &clock_, .rules = rules});
}

absl::Status Node::Assembly::OpenWallets() {
  if (!config_.has_wallets()) return absl::OkStatus();
  const wallet::Presentations::Options presentations = {.store = store_.get(),
                                                        .clock = &clock_,
                                                        .random = &random_,
                                                        .adapters = &adapters_,
                                                        .trust = Trust(),
                                                        .status_lists = status_lists_.get(),
                                                        .policy = config_.verdict_policy()};
  const wallet::Offers::Options offers = {
      .store = store_.get(),
      .clock = &clock_,
      .random = &random_,
      .adapters = &adapters_,
      .find_case = [this](absl::string_view client, absl::string_view id) { return cases_->Get(client, id); }};
  ASSIGN_OR_RETURN(wallets_, NodeWallets::Open(config_.wallets(), presentations, offers));
  return absl::OkStatus();
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
      .arrivals = &arrivals_,
      .verdict_policy = config_.verdict_policy(),
      .clock_ran_out = [this](absl::string_view clock) { metrics_.RecognitionClock(clock); }});
}

void Node::Assembly::MakePreviews() {
  if (!config_.has_sharing()) return;
  authorisation_queries_ = std::make_unique<sharing::AuthorisationQueryHandler>(
      sharing::AuthorisationQueryHandler::Options{&clock_, &random_, config_.sharing().preview()});
  previews_ = std::make_unique<sharing::Previews>(sharing::Previews::Options{store_.get(), &clock_, register_.get()});
}

void Node::Assembly::MakeRelay(const NodeFiles& files) {
  if (files.fetcher) status_lists_ = std::make_unique<StatusListCache>(*files.fetcher, &clock_);
  peers_ = std::make_unique<NodePeers>(config_, *federation_, &clock_, &metrics_, &log_);
  authorisations_ = std::make_unique<sharing::Authorisations>(
      sharing::Authorisations::Options{.store = store_.get(), .clock = &clock_, .random = &random_});
  exchanges_ = std::make_unique<exchange::Exchanges>(
      exchange::Exchanges::Options{.node = config_.node(),
                                   .store = store_.get(),
                                   .clock = &clock_,
                                   .random = &random_,
                                   .nodes = federation_->nodes(),
                                   .arrivals = &arrivals_,
                                   .default_life = Limit(config_.time_limits().exchange())});
  MakeCases(files);
  MakeErasures();
  MakePreviews();
  credential_queries_ = std::make_unique<exchange::CredentialQueryHandler>(exchange::CredentialQueryHandler::Options{
      .reg = register_.get(),
      .authorisations = authorisations_.get(),
      .adapters = &adapters_,
      .store = store_.get(),
      .clock = &clock_,
      .sealers = sealers_.get(),
      .refuse_loss = {config_.refuse_loss().begin(), config_.refuse_loss().end()}});
  content_queries_ = std::make_unique<contents::ContentQueryHandler>(authorisations_.get());
  authenticity_questions_ = std::make_unique<authenticity::QuestionHandler>(register_.get());
  std::vector<relay::Handler*> handlers = cases_->handlers();
  handlers.push_back(credential_queries_.get());
  handlers.push_back(content_queries_.get());
  handlers.push_back(authenticity_questions_.get());
  if (authorisation_queries_ != nullptr) handlers.push_back(authorisation_queries_.get());
  for (relay::Handler* handler : erasures_->handlers()) handlers.push_back(handler);
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
  answer_handlers.push_back(&arrivals_);
  for (relay::AnswerHandler* handler : erasures_->answer_handlers()) answer_handlers.push_back(handler);
  relay::Outbox::Options outbox{.node = config_.node(),
                                .nodes = federation_->nodes(),
                                .key = federation_->keys(),
                                .store = store_.get(),
                                .clock = &clock_,
                                .random = &random_,
                                .transport = &peers_->transport(),
                                .handlers = {},
                                .evidence = &evidence_->messages()};
  for (relay::AnswerHandler* handler : answer_handlers) {
    answer_handlers_.push_back(std::make_unique<MeteredAnswerHandler>(handler, &metrics_, &log_));
    outbox.handlers.push_back(answer_handlers_.back().get());
  }
  outbox_ = std::make_unique<relay::Outbox>(std::move(outbox));
  arrivals_.set_outbox(outbox_.get());
  exchanges_->set_outbox(outbox_.get());
  cases_->set_outbox(outbox_.get());
  erasures_->set_outbox(outbox_.get());
}

CallRunner::Options Node::Assembly::RunnerOptions(WorkerPool* pool) {
  return {.pool = pool,
          .metrics = &metrics_,
          .log = &log_,
          .clock = &clock_,
          .call_limit = Limit(config_.time_limits().call()),
          .authorise = {}};
}

void Node::Assembly::MakeEmergencyAccess() {
  const auto happened = [this](const emergency::v1::EmergencyEvent& event) {
    const auto write = [this, &event](LogEvent logged) {
      log_.Write(logged, {{"access", event.access().id()},
                          {"client", event.access().client()},
                          {"actor", event.actor()},
                          {"method", event.method()},
                          {"reference", event.access().reference()}});
    };
    switch (event.kind()) {
      case emergency::v1::EMERGENCY_EVENT_KIND_DECLARED:
        return write(LogEvent::kEmergencyDeclared);
      case emergency::v1::EMERGENCY_EVENT_KIND_APPROVED:
        return write(LogEvent::kEmergencyApproved);
      case emergency::v1::EMERGENCY_EVENT_KIND_CALLED:
        return write(LogEvent::kEmergencyCalled);
      default:
        return write(LogEvent::kEmergencyEnded);
    }
  };
  emergency_access_ =
      std::make_unique<EmergencyAccess>(EmergencyAccess::Options{.node = config_.node(),
                                                                 .store = store_.get(),
                                                                 .clock = &clock_,
                                                                 .random = &random_,
                                                                 .log = &evidence_->messages().log(),
                                                                 .clients = &clients_,
                                                                 .life = Limit(config_.emergency_life()),
                                                                 .happened = happened});
}

void Node::Assembly::MakeRunners() {
  client_pool_ = std::make_unique<WorkerPool>(kThreadsPerPort, base::kQueuedCallsMax);
  peer_pool_ = std::make_unique<WorkerPool>(kThreadsPerPort, base::kQueuedCallsMax);
  CallRunner::Options client = RunnerOptions(client_pool_.get());
  client.authorise = [this](const CallerCredentials& caller, absl::string_view service) {
    return clients_.Authorise(caller, service, token_issuers_.get());
  };
  client.before_work = [this](const std::string& caller, const CallRunner::MethodEntry& method) {
    if (!clients_.NeedsEmergency(caller, method.service)) return absl::OkStatus();
    return emergency_access_->RecordCall(caller, method.service, method.path);
  };
  const std::shared_ptr<CallPlaces> client_places = client.places;
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
  CallRunner::Options wallets = RunnerOptions(client_pool_.get());
  // Wallets are strangers, who have a part of the node together; what they may do follows from what they know.
  wallets.authorise = [](const CallerCredentials&, absl::string_view) { return std::string(kAnybody); };
  // Both runners have the threads of one pool, which strangers could fill if each had a count of its own.
  wallets.places = client_places;
  // Each route has a bound of its own (gateway/http/wallet_routes.cc).
  wallets.request_bytes_of_anybody_max = kRequestBytesPerCallerMax;
  wallet_runner_ = std::make_unique<CallRunner>(std::move(wallets));
}

std::function<std::vector<recognition::v1::CaseActor>(absl::string_view)> Node::Assembly::RolesIn(
    absl::string_view service) const {
  return
      [this, service = std::string(service)](absl::string_view caller) { return clients_.CaseRoles(caller, service); };
}

void Node::Assembly::MakeServices() {
  const auto wake = [this] { WakeSenders(); };
  sharing_service_ = std::make_unique<SharingService>(client_runner_.get(), authorisations_.get());
  request_service_ = std::make_unique<RequestService>(client_runner_.get(), outbox_.get());
  if (previews_ != nullptr) preview_service_ = std::make_unique<PreviewService>(client_runner_.get(), previews_.get());
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
                                                         .key = federation_->keys(),
                                                         .student_cards = student_cards_.get()});
  recognition_service_ = std::make_unique<RecognitionService>(
      client_runner_.get(), cases_.get(), wake, RolesIn(recognition::v1::RecognitionService::service_full_name()),
      [this](absl::string_view client) { return clients_.WorksBlind(client); });
  federation_service_ = std::make_unique<FederationService>(client_runner_.get(), federation_->nodes(), &clock_);
  document_service_ = std::make_unique<DocumentService>(client_runner_.get(), &adapters_, &clock_, tagger_);
  pathway_service_ = std::make_unique<PathwayService>(
      client_runner_.get(),
      PathwayService::Options{.adapters = &adapters_,
                              .clock = &clock_,
                              .offers = catalogue_ == nullptr ? nullptr : catalogue_->offers(),
                              .providers = catalogue_ == nullptr ? nullptr : catalogue_->providers()});
  emergency_service_ = std::make_unique<EmergencyService>(client_runner_.get(), emergency_access_.get());
  if (catalogue_ != nullptr) {
    catalogue_service_ = std::make_unique<CatalogueService>(
        client_runner_.get(),
        CatalogueService::Options{
            .offers = catalogue_->offers(), .providers = catalogue_->providers(), .clock = &clock_});
  }
  erasure_service_ = std::make_unique<ErasureService>(
      client_runner_.get(), erasures_.get(), RolesIn(erasure::v1::ErasureService::service_full_name()), [this] {
        WakeSenders();
        retention_->Wake();
      });
  if (cubes_ != nullptr) {
    statistics_service_ = std::make_unique<StatisticsService>(client_runner_.get(), cubes_.get());
  }
  if (wallets_ != nullptr) {
    wallet_service_ =
        std::make_unique<WalletService>(client_runner_.get(), wallets_->presentations(), wallets_->offers(),
                                        RolesIn(wallet::v1::WalletService::service_full_name()));
  }
  node_map_service_ = std::make_unique<NodeMapService>(peer_runner_.get(), federation_->nodes(),
                                                       [this] { return federation_->signed_map(); });
  relay_service_ = std::make_unique<RelayService>(peer_runner_.get(), inbox_.get(), &peers_->encryption(),
                                                  [this] { case_worker_->Wake(); });
  evidence_service_ = std::make_unique<EvidenceService>(peer_runner_.get(),
                                                        EvidenceService::Options{.store = store_.get(),
                                                                                 .log = &evidence_->messages().log(),
                                                                                 .witness = &evidence_->witness(),
                                                                                 .nodes = federation_->nodes()});
}

}  // namespace passerelle::gateway
