// What a node does by itself while it runs, and its end.
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"
#include "core/sharing/request_records.h"
#include "core/wallet/forget.h"
#include "gateway/files/files.h"
#include "gateway/grpc/tls.h"
#include "gateway/node/assembly.h"
#include "gateway/node/turns.h"

namespace passerelle::gateway {
namespace {

// Messages that are sent at a time. One more than to one node (relay::kDeliveriesAtOnce), so that there is always one
// for the others.
constexpr int kSenders = 5;
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
constexpr absl::Duration kWitnessInterval = absl::Milliseconds(500);
constexpr absl::Duration kFetchInterval = absl::Seconds(1);
constexpr absl::Duration kForgetInterval = absl::Minutes(10);
// A class is kept for days; a turn a minute goes round the largest store in a day.
constexpr absl::Duration kRetentionInterval = absl::Minutes(1);
// Dealings with wallets, and requests for authorisations, that are ended or forgotten in one transaction.
constexpr int kForgottenAtOnce = 1000;
constexpr absl::Duration kMeasureInterval = absl::Seconds(5);
constexpr absl::Duration kReadinessInterval = absl::Seconds(1);
// How long connections without calls have to close.
constexpr absl::Duration kHangUp = absl::Milliseconds(200);
// How long calls that waited for another node have to answer that they got no answer.
constexpr absl::Duration kLastAnswers = absl::Seconds(2);

}  // namespace

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
    // Cases whose issuing node had to be asked are done with later; what they send has to go then.
    ASSIGN_OR_RETURN(const int looked_at, cases_->ProcessDue(kCasesPerRound, [this] { WakeSenders(); }));
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
  retention_ =
      std::make_unique<BackgroundLoop>("retention", kRetentionInterval, &log_, [this] { return KeepRetention(); });
  sequencer_ =
      std::make_unique<BackgroundLoop>("sequencer", kSequenceInterval, &log_, [this] { return evidence_->Sequence(); });
  shower_ = std::make_unique<BackgroundLoop>("witnesses", kWitnessInterval, &log_,
                                             [this] { return evidence_->ShowToPeers(peers_->transport()); });
  if (config_.has_federation()) {
    map_asker_ = std::make_unique<BackgroundLoop>("node map", Limit(config_.federation().ask_interval()), &log_,
                                                  [this]() -> absl::StatusOr<bool> {
                                                    RETURN_IF_ERROR(federation_->AskNext(peers_->transport()));
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

absl::Status Node::Assembly::Readiness() {
  const absl::Time now = clock_.Now();
  RETURN_IF_ERROR(store_->Read([](base::Transaction&) { return absl::OkStatus(); }));
  RETURN_IF_ERROR(federation_->keys()->Active(now).status());
  if (federation_->nodes()->Get()->AgeAt(now) == federation::MapAge::kOver) {
    return base::Problem(base::Reason::kNodeMapStale, "expire_time", "its grace is over");
  }
  return evidence_->messages().log().Takes(now);
}

void Node::Assembly::TellReadiness() {
  if (clock_.Now() < next_readiness_) return;
  next_readiness_ = clock_.Now() + kReadinessInterval;
  const absl::Status readiness = Readiness();
  if (readiness.ok() == ready_ || !SetHealth(readiness.ok())) return;
  ready_ = readiness.ok();
  if (ready_) {
    log_.Write(LogEvent::kNodeReadyAgain, {{"node", config_.node()}});
  } else {
    log_.WriteProblem(LogEvent::kNodeNotReady, readiness, {{"node", config_.node()}});
  }
}

bool Node::Assembly::SetHealth(bool serving) {
  const absl::MutexLock lock(&health_mutex_);
  if (health_ == nullptr || (serving && drained_)) return false;
  health_->SetServingStatus(serving);
  return true;
}

absl::StatusOr<bool> Node::Assembly::KeepHouse() {
  TellReadiness();
  config_file_.Refresh();
  RETURN_IF_ERROR(federation_->Refresh());
  RETURN_IF_ERROR(RefreshTrustBundle());
  const absl::StatusOr<bool> changed = register_facts_->Refresh();
  if (!changed.ok()) log_.WriteProblem(LogEvent::kRegisterFactsRefused, changed.status());
  if (changed.ok() && *changed) LogRegisterFacts();
  RETURN_IF_ERROR(RefreshStatistics());
  if (clock_.Now() >= next_measurement_) {
    RETURN_IF_ERROR(gauges_->Refresh());
    ASSIGN_OR_RETURN(const int open, emergency_access_->EndDue());
    metrics_.EmergencyAccessOpen(open);
    next_measurement_ = clock_.Now() + kMeasureInterval;
  }
  if (clock_.Now() >= next_forget_) {
    ASSIGN_OR_RETURN(const bool mine, TakeTurn(*store_, "forget", clock_.Now(), kForgetInterval));
    if (mine) RETURN_IF_ERROR(inbox_->Forget().status());
    if (mine) RETURN_IF_ERROR(contents::ForgetContents(clock_.Now(), *store_).status());
    // Also where the port for wallets is closed by now: what was presented before is to go all the same.
    if (mine) RETURN_IF_ERROR(wallet::ForgetDue(clock_.Now(), kForgottenAtOnce, *store_).status());
    // Also where nobody is asked any more.
    if (mine) RETURN_IF_ERROR(sharing::ForgetRequests(clock_.Now(), kForgottenAtOnce, *store_).status());
    if (mine) RETURN_IF_ERROR(base::ForgetRequests(clock_.Now(), *store_).status());
    next_forget_ = clock_.Now() + kForgetInterval;
  }
  return false;
}

absl::StatusOr<bool> Node::Assembly::KeepRetention() {
  ASSIGN_OR_RETURN(const bool mine, TakeTurn(*store_, "retention", clock_.Now(), kRetentionInterval));
  if (mine) {
    ASSIGN_OR_RETURN(const int erased, retention_clock_->TakeTurn());
    if (erased > 0) log_.Write(LogEvent::kErasedByClock, {{"count", static_cast<int64_t>(erased)}});
  }
  RETURN_IF_ERROR(erased_->Keep());
  return false;
}

void Node::Assembly::WakeSenders() {
  for (const auto& sender : senders_) sender->Wake();
}

absl::Status Node::Assembly::OpenPorts() {
  const bool certificates_alone = token_issuers_ == nullptr && config_.client_port().open_services().empty();
  const auto certificate = certificates_alone ? ClientCertificate::kRequired : ClientCertificate::kOptional;
  std::vector<grpc::Service*> services = {
      sharing_service_.get(),    exchange_service_.get(), authenticity_service_.get(), recognition_service_.get(),
      federation_service_.get(), document_service_.get(), pathway_service_.get(),      emergency_service_.get(),
      erasure_service_.get(),    request_service_.get()};
  if (preview_service_ != nullptr) services.push_back(preview_service_.get());
  if (catalogue_service_ != nullptr) services.push_back(catalogue_service_.get());
  if (statistics_service_ != nullptr) services.push_back(statistics_service_.get());
  if (wallet_service_ != nullptr) services.push_back(wallet_service_.get());
  ASSIGN_OR_RETURN(client_server_,
                   StartServer(config_.client_port().listen(),
                               MakeServerCredentials(config_.client_port().tls(), certificate), services));
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
  if (wallets_ != nullptr) RETURN_IF_ERROR(wallets_->Listen(wallet_runner_.get(), &clock_));
  ASSIGN_OR_RETURN(ports_.metrics, metrics_.Expose(config_.admin_port().metrics_listen()));
  // Last, so that health is not SERVING before the other ports are.
  ASSIGN_OR_RETURN(admin_server_, StartAdminServer(config_.admin_port().listen(), config_.admin_port().reflection()));
  {
    const absl::MutexLock lock(&health_mutex_);
    health_ = admin_server_.server->GetHealthCheckService();
  }
  ports_.client = client_server_.port;
  ports_.http = http_server_ == nullptr ? 0 : http_server_->port();
  ports_.wallets = wallets_ == nullptr ? 0 : wallets_->port();
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
  const std::string wallets =
      ports_.wallets == 0 ? "" : entry("wallets", config_.wallets().listen(), ports_.wallets) + ",";
  return ReplaceFile(config_.ports_file(),
                     absl::StrCat("{", http, wallets, entry("client", config_.client_port().listen(), ports_.client),
                                  ",", entry("peer", config_.peer_port().listen(), ports_.peer), ",",
                                  entry("admin", config_.admin_port().listen(), ports_.admin), ",",
                                  entry("metrics", config_.admin_port().metrics_listen(), ports_.metrics), "}\n"));
}

void Node::Assembly::Drain() {
  if (drained_.exchange(true)) return;
  log_.Write(LogEvent::kNodeDraining, {{"node", config_.node()}});
  SetHealth(false);
  if (client_runner_ != nullptr) client_runner_->Stop();
  if (peer_runner_ != nullptr) peer_runner_->Stop();
  if (wallet_runner_ != nullptr) wallet_runner_->Stop();
  for (const auto& sender : senders_) sender->Stop();
  if (case_worker_ != nullptr) case_worker_->Stop();
  if (housekeeping_ != nullptr) housekeeping_->Stop();
  if (retention_ != nullptr) retention_->Stop();
  if (list_fetcher_ != nullptr) list_fetcher_->Stop();
  if (token_keys_ != nullptr) token_keys_->Stop();
  if (map_asker_ != nullptr) map_asker_->Stop();
  if (shower_ != nullptr) shower_->Stop();

  const absl::Time deadline = clock_.Now() + Limit(config_.time_limits().drain());
  if (client_runner_ != nullptr) client_runner_->WaitUntilIdle(deadline);
  if (peer_runner_ != nullptr) peer_runner_->WaitUntilIdle(deadline);
  if (wallet_runner_ != nullptr) wallet_runner_->WaitUntilIdle(deadline);
  for (const auto& sender : senders_) sender->WaitUntilEnded(deadline);
  if (case_worker_ != nullptr) case_worker_->WaitUntilEnded(deadline);
  if (cases_ != nullptr) cases_->WaitForAnswers(deadline);
  // What still waits for another node would outlast the limit.
  if (peers_ != nullptr) peers_->transport().Stop();
  if (client_runner_ != nullptr) client_runner_->WaitUntilIdle(clock_.Now() + kLastAnswers);
  const auto hang_up = std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kHangUp);
  if (client_server_.server != nullptr) client_server_.server->Shutdown(hang_up);
  if (peer_server_.server != nullptr) peer_server_.server->Shutdown(hang_up);
  if (client_pool_ != nullptr) client_pool_->Drain();
  if (peer_pool_ != nullptr) peer_pool_->Drain();
  // After the pool: no call is under way any more.
  if (http_server_ != nullptr) http_server_->Stop();
  if (wallets_ != nullptr) wallets_->Stop();
  if (admin_server_.server != nullptr) admin_server_.server->Shutdown(hang_up);
  // Last, since calls and hints wake them.
  if (shared_store_ != nullptr) shared_store_->OnHint(nullptr);
  // The worker before the senders, which it wakes.
  case_worker_.reset();
  senders_.clear();
  housekeeping_.reset();
  retention_.reset();
  list_fetcher_.reset();
  token_keys_.reset();
  map_asker_.reset();
  shower_.reset();
  // Everything that was accepted has its place before the node goes; what cannot get one gets it at the next start.
  sequencer_.reset();
  if (evidence_ != nullptr) evidence_->Sequence().IgnoreError();
  log_.Write(LogEvent::kNodeStopped, {{"node", config_.node()}});
}

}  // namespace passerelle::gateway
