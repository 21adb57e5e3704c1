// The parts of a running node, how they are put together, and in which order they work and end.
//
// Thread-safety: Start comes first; Drain may be called from any thread after it, and more than once. Ownership: owns
// every part.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/authenticity/register_question.h"
#include "core/base/proto_time.h"
#include "core/contents/arrivals.h"
#include "core/contents/piece_query.h"
#include "core/erasure/erasures.h"
#include "core/erasure/retention_clock.h"
#include "core/exchange/credential_query.h"
#include "core/exchange/exchanges.h"
#include "core/recognition/cases.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "core/sharing/authorisation_query.h"
#include "core/sharing/authorisations.h"
#include "core/sharing/previews.h"
#include "gateway/clients/client_table.h"
#include "gateway/clients/emergency_access.h"
#include "gateway/clients/token_issuers.h"
#include "gateway/config/node_config.h"
#include "gateway/documents/skill_collections.h"
#include "gateway/fetch/status_list_cache.h"
#include "gateway/grpc/catalogue_service.h"
#include "gateway/grpc/document_service.h"
#include "gateway/grpc/emergency_service.h"
#include "gateway/grpc/erasure_service.h"
#include "gateway/grpc/evidence_service.h"
#include "gateway/grpc/federation_services.h"
#include "gateway/grpc/pathway_service.h"
#include "gateway/grpc/ports.h"
#include "gateway/grpc/preview_service.h"
#include "gateway/grpc/services.h"
#include "gateway/grpc/statistics_service.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/grpc/wallet_service.h"
#include "gateway/http/http_server.h"
#include "gateway/node/background_loop.h"
#include "gateway/node/catalogue.h"
#include "gateway/node/config_file.h"
#include "gateway/node/erased_ledger.h"
#include "gateway/node/evidence.h"
#include "gateway/node/federation.h"
#include "gateway/node/gauges.h"
#include "gateway/node/metered.h"
#include "gateway/node/metered_store.h"
#include "gateway/node/node.h"
#include "gateway/node/peers.h"
#include "gateway/node/wallets.h"
#include "gateway/registers/esc_router.h"
#include "gateway/registers/register_facts_files.h"
#include "gateway/shared_store.h"
#include "gateway/statistics/published_cubes.h"
#include "gateway/system/system_clock.h"
#include "gateway/system/system_random.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"
#include "gateway/trust/trust_bundle_file.h"

namespace grpc {
class HealthCheckServiceInterface;
}

namespace passerelle::gateway {

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
  absl::Status OpenErasedLedger();
  absl::Status OpenStatistics();
  absl::Status RefreshStatistics();
  void MakeErasures();
  absl::Status OpenWallets();
  void MakeCases(const NodeFiles& files);
  void MakePreviews();
  void MakeRelay(const NodeFiles& files);
  void MakeServices();
  void MakeEmergencyAccess();
  void MakeRunners();
  absl::Status OpenPorts();
  void StartLoops();
  absl::StatusOr<bool> KeepHouse();
  // Erases what is over, and keeps the names of what was erased beside the store.
  absl::StatusOr<bool> KeepRetention();
  // Whether the node can do what nodes are for: sign, write, prove, and know the others by a map that is not over.
  absl::Status Readiness();
  void TellReadiness();
  // False when there is nobody to tell, or the node ends.
  bool SetHealth(bool serving);
  absl::Status RefreshTrustBundle();
  void LogTrustBundle();
  absl::Status WritePortsFile() const;
  CallRunner::Options RunnerOptions(WorkerPool* pool);
  // Who of the callers of a service may do what with recognition cases.
  std::function<std::vector<recognition::v1::CaseActor>(absl::string_view)> RolesIn(absl::string_view service) const;
  void WakeSenders();
  absl::Duration Limit(const google::protobuf::Duration& duration) const { return base::FromProto(duration); }

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
  std::shared_ptr<const elm::SkillTagger> tagger_;
  std::unique_ptr<TrustBundleFile> trust_;  // null without a bundle in the configuration
  std::unique_ptr<registers::Register> register_;
  std::unique_ptr<EscRouter> student_cards_;  // null without a router in the configuration
  std::unique_ptr<NodeCatalogue> catalogue_;  // null without a catalogue in the configuration
  std::unique_ptr<PublishedCubes> cubes_;     // null without folders of statistics in the configuration
  std::unique_ptr<NodeEvidence> evidence_;
  std::unique_ptr<EmergencyAccess> emergency_access_;
  std::unique_ptr<ErasedLedger> erased_;
  std::unique_ptr<NodePeers> peers_;
  std::unique_ptr<sharing::Authorisations> authorisations_;
  std::unique_ptr<sharing::AuthorisationQueryHandler> authorisation_queries_;  // null when nobody is asked here
  std::unique_ptr<sharing::Previews> previews_;                                // null with it
  std::unique_ptr<NodeWallets> wallets_;  // null without wallets in the configuration
  contents::Arrivals arrivals_{&random_};
  std::unique_ptr<exchange::Exchanges> exchanges_;
  std::unique_ptr<recognition::Cases> cases_;
  std::unique_ptr<erasure::Erasures> erasures_;
  std::unique_ptr<erasure::RetentionClock> retention_clock_;
  std::unique_ptr<exchange::CredentialQueryHandler> credential_queries_;
  std::unique_ptr<contents::ContentQueryHandler> content_queries_;
  std::unique_ptr<authenticity::QuestionHandler> authenticity_questions_;
  std::vector<std::unique_ptr<MeteredHandler>> handlers_;
  std::vector<std::unique_ptr<MeteredAnswerHandler>> answer_handlers_;
  std::unique_ptr<relay::Outbox> outbox_;
  std::unique_ptr<relay::Inbox> inbox_;
  std::vector<std::unique_ptr<BackgroundLoop>> senders_;
  std::unique_ptr<BackgroundLoop> case_worker_;
  std::unique_ptr<BackgroundLoop> housekeeping_;
  std::unique_ptr<BackgroundLoop> retention_;
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
  std::unique_ptr<CallRunner> wallet_runner_;
  std::unique_ptr<SharingService> sharing_service_;
  std::unique_ptr<RequestService> request_service_;
  std::unique_ptr<PreviewService> preview_service_;  // null without a portal for previews
  std::unique_ptr<ExchangeService> exchange_service_;
  std::unique_ptr<AuthenticityService> authenticity_service_;
  std::unique_ptr<RecognitionService> recognition_service_;
  std::unique_ptr<FederationService> federation_service_;
  std::unique_ptr<DocumentService> document_service_;
  std::unique_ptr<PathwayService> pathway_service_;
  std::unique_ptr<EmergencyService> emergency_service_;
  std::unique_ptr<CatalogueService> catalogue_service_;  // null without a catalogue
  std::unique_ptr<ErasureService> erasure_service_;
  std::unique_ptr<StatisticsService> statistics_service_;  // null without folders of statistics
  std::unique_ptr<WalletService> wallet_service_;          // null without wallets
  std::unique_ptr<NodeMapService> node_map_service_;
  std::unique_ptr<RelayService> relay_service_;
  std::unique_ptr<EvidenceService> evidence_service_;
  ListeningServer client_server_;
  std::unique_ptr<HttpServer> http_server_;
  ListeningServer peer_server_;
  ListeningServer admin_server_;
  Ports ports_;
  absl::Time next_readiness_ = absl::InfinitePast();
  bool ready_ = true;  // as housekeeping said last
  absl::Mutex health_mutex_;
  grpc::HealthCheckServiceInterface* health_ ABSL_GUARDED_BY(health_mutex_) = nullptr;  // of the admin server
  std::atomic<bool> drained_ = false;
};

}  // namespace passerelle::gateway
