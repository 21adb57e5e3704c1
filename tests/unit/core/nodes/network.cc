#include "tests/unit/core/nodes/network.h"

#include <utility>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/relay/note_keys.h"
#include "tests/unit/core/nodes/credentials.h"

namespace passerelle::testing {
namespace {

constexpr int kBatch = 100;
constexpr size_t kSecretBytes = 32;
constexpr int kLeavesMax = 10'000;

class Wire : public relay::Transport {
 public:
  Wire(Network& network, std::string sender) : network_(network), sender_(std::move(sender)) {}
  absl::StatusOr<relay::v1::Envelope> Deliver(const federation::v1::Node& node,
                                              const relay::v1::Envelope& envelope) override {
    return network_.Carry(sender_, node.id(), envelope);
  }

 private:
  Network& network_;
  std::string sender_;
};

}  // namespace

void FakeRegister::Issue(const std::string& credential_id, const std::string& content,
                         const std::string& holder_reference) {
  registers::v1::RegisterEntry& entry = entries_[credential_id];
  entry.set_credential_id(credential_id);
  entry.set_holder_reference(holder_reference);
  *entry.mutable_issue_time() = base::ToProto(clock_->Now() - absl::Hours(24));
  entry.mutable_document()->set_content(content);
}

void FakeRegister::IssueLarge(const std::string& credential_id, const std::string& content,
                              const std::string& media_type, std::optional<uint64_t> stated_bytes) {
  Issue(credential_id, "");
  registers::v1::RegisterEntry& entry = entries_[credential_id];
  entry.mutable_document()->set_sha256(base::Sha256Hex(content));
  entry.mutable_document()->set_media_type(media_type);
  entry.set_document_bytes(stated_bytes.value_or(content.size()));
  large_[credential_id] = content;
}

absl::StatusOr<std::string> FakeRegister::ReadDocument(absl::string_view credential_id, uint64_t offset,
                                                       uint32_t limit) {
  const auto found = large_.find(std::string(credential_id));
  if (found == large_.end()) return base::Problem(base::Reason::kResourceNotFound, "credential_id");
  return found->second.substr(std::min<uint64_t>(offset, found->second.size()), limit);
}

void FakeRegister::Revoke(const std::string& credential_id, absl::Time when) {
  *entries_.at(credential_id).mutable_revoke_time() = base::ToProto(when);
}

absl::StatusOr<registers::v1::RegisterEntry> FakeRegister::LookUpCredential(absl::string_view credential_id) {
  if (before_look_up) before_look_up();
  if (!available) return base::Problem(base::Reason::kRegisterUnavailable, "");
  const auto found = entries_.find(std::string(credential_id));
  if (found == entries_.end()) return base::Problem(base::Reason::kResourceNotFound, "credential_id");
  return found->second;
}

absl::StatusOr<authenticity::v1::AuthenticityAnswer> FakeRegister::ConfirmDigest(absl::string_view sha256) {
  ++questions;
  if (!available) return base::Problem(base::Reason::kRegisterUnavailable, "");
  authenticity::v1::AuthenticityAnswer answer;
  answer.set_sha256(std::string(sha256));
  answer.set_finding(authenticity::v1::REGISTER_FINDING_NOT_ISSUED);
  *answer.mutable_register_time() = base::ToProto(clock_->Now());
  for (const auto& [id, entry] : entries_) {
    if (base::Sha256Hex(entry.document().content()) != sha256) continue;
    *answer.mutable_issue_time() = entry.issue_time();
    answer.set_finding(entry.has_revoke_time() ? authenticity::v1::REGISTER_FINDING_REVOKED
                                               : authenticity::v1::REGISTER_FINDING_IN_FORCE);
    if (entry.has_revoke_time()) *answer.mutable_revoke_time() = entry.revoke_time();
  }
  if (distort) distort(answer);
  return answer;
}

absl::StatusOr<std::vector<registers::v1::RegisterEntry>> FakeRegister::ListHolderCredentials(
    absl::string_view holder_reference, absl::string_view after, int limit) {
  if (!available) return base::Problem(base::Reason::kRegisterUnavailable, "");
  std::vector<registers::v1::RegisterEntry> listed;
  for (const auto& [id, entry] : entries_) {
    if (id <= after || entry.holder_reference() != holder_reference) continue;
    if (static_cast<int>(listed.size()) == limit) break;
    listed.push_back(entry);
    listed.back().clear_document();
  }
  return listed;
}

TestNode::TestNode(Network& network, const std::string& node_id,
                   const std::vector<recognition::v1::RecognitionPolicy>& policies, const Keeping& keeping)
    : id(node_id),
      key(proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256).value()),
      reg(&network.clock),
      authorisations({&store, &network.clock, &network.random}),
      authorisation_query_handler({&network.clock, &network.random, kPreviewAddress}),
      previews({&store, &network.clock, &reg}),
      arrivals(&network.random),
      exchanges({.node = id,
                 .store = &store,
                 .clock = &network.clock,
                 .random = &network.random,
                 .nodes = network.directory.get(),
                 .arrivals = &arrivals}),
      query_handler({.reg = &reg,
                     .authorisations = &authorisations,
                     .adapters = &network.formats,
                     .store = &store,
                     .clock = &network.clock,
                     .piece_bytes = keeping.piece_bytes}),
      content_handler(&authorisations),
      question_handler(&reg),
      cases({.node = id,
             .store = &store,
             .clock = &network.clock,
             .random = &network.random,
             .nodes = network.directory.get(),
             .adapters = &network.formats,
             .authorisations = &authorisations,
             .policies = policies,
             .trust = nullptr,
             .arrivals = keeping.takes_cases_in_pieces ? &arrivals : nullptr,
             .piece_bytes = keeping.piece_bytes,
             .verdict_policy = {},
             .clock_ran_out = [&network](absl::string_view clock) { ++network.clocks[std::string(clock)]; }}),
      erasures(
          {.node = id, .store = &store, .clock = &network.clock, .random = &network.random, .rules = keeping.rules}),
      retention_clock({.node = id, .store = &store, .clock = &network.clock, .rules = keeping.rules}),
      keeps_evidence_(keeping.evidence) {}

evidence::Log::Options TestNode::LogOptions(Network& network) {
  return {.node = id,
          .store = &store,
          .clock = &network.clock,
          .key = evidence::OneKey(&key),
          .secret = std::string(kSecretBytes, id.front())};
}

absl::Status TestNode::VerifyLog(Network& network) {
  RETURN_IF_ERROR(log_->Sequence(kLeavesMax).status());
  ASSIGN_OR_RETURN(std::string checkpoint, log_->Checkpoint());
  return evidence::Log::Open(LogOptions(network), relay::NoteKeys(*network.directory->Get()), std::move(checkpoint))
      .status();
}

void TestNode::Connect(Network& network) {
  transport_ = std::make_unique<Wire>(network, id);
  if (keeps_evidence_) {
    log_ = evidence::Log::Open(LogOptions(network), relay::NoteKeys(*network.directory->Get()), std::nullopt).value();
    messages_ = std::make_unique<relay::MessageLog>(
        relay::MessageLog::Options{log_.get(), std::string(kSecretBytes, 'p'), &network.random});
  }
  relay::Outbox::Options sending{.node = id,
                                 .nodes = network.directory.get(),
                                 .key = &key,
                                 .store = &store,
                                 .clock = &network.clock,
                                 .random = &network.random,
                                 .transport = transport_.get(),
                                 .handlers = cases.answer_handlers(),
                                 .evidence = messages_.get()};
  sending.handlers.push_back(&exchanges);
  sending.handlers.push_back(&arrivals);
  for (relay::AnswerHandler* handler : erasures.answer_handlers()) sending.handlers.push_back(handler);
  outbox_ = std::make_unique<relay::Outbox>(sending);
  relay::Inbox::Options receiving{.node = id,
                                  .nodes = network.directory.get(),
                                  .key = &key,
                                  .store = &store,
                                  .clock = &network.clock,
                                  .random = &network.random,
                                  .handlers = cases.handlers(),
                                  .evidence = messages_.get()};
  receiving.handlers.push_back(&query_handler);
  receiving.handlers.push_back(&content_handler);
  receiving.handlers.push_back(&question_handler);
  receiving.handlers.push_back(&authorisation_query_handler);
  for (relay::Handler* handler : erasures.handlers()) receiving.handlers.push_back(handler);
  inbox_ = std::make_unique<relay::Inbox>(receiving);
  arrivals.set_outbox(outbox_.get());
  exchanges.set_outbox(outbox_.get());
  cases.set_outbox(outbox_.get());
  erasures.set_outbox(outbox_.get());
}

Network::Network(const std::vector<recognition::v1::RecognitionPolicy>& policies, const Keeping& keeping)
    : formats(TestFormats()) {
  map.set_version(1);
  directory = std::make_unique<federation::NodeMapHolder>(federation::NodeDirectory::Make(map).value());
  for (const char* id : {"NO", "IT", "BG"}) {
    nodes_[id] = std::make_unique<TestNode>(*this, id, policies, keeping);
    federation::v1::Node* node = map.add_nodes();
    node->set_id(id);
    node->set_country(id);
    node->set_state(federation::v1::NODE_STATE_ACTIVE);
    federation::v1::MessageKey* message_key = node->add_message_keys();
    message_key->set_kid(nodes_[id]->key.verification_key().thumbprint());
    message_key->set_jwk(nodes_[id]->key.verification_key().jwk());
  }
  map.set_version(2);
  (void)directory->Replace(federation::NodeDirectory::Make(map).value());
  for (auto& [id, node] : nodes_) node->Connect(*this);
}

void Network::RevokeNode(const std::string& node) {
  for (federation::v1::Node& entry : *map.mutable_nodes()) {
    if (entry.id() == node) entry.set_state(federation::v1::NODE_STATE_REVOKED);
  }
  map.set_version(map.version() + 1);
  (void)directory->Replace(federation::NodeDirectory::Make(map).value());
}

absl::StatusOr<relay::v1::Envelope> Network::Carry(const std::string& sender, const std::string& recipient,
                                                   const relay::v1::Envelope& envelope) {
  WireFault fault = WireFault::kNone;
  if (!faults.empty()) {
    fault = faults.front();
    faults.pop_front();
  }
  if (fault == WireFault::kUnreachable) return base::Problem(base::Reason::kPeerUnreachable, recipient);
  wire.push_back(envelope);
  ASSIGN_OR_RETURN(relay::v1::Envelope answer, Node(recipient).inbox().Receive(sender, envelope));
  wire.push_back(answer);
  if (fault == WireFault::kAnswerLost) return base::Problem(base::Reason::kPeerTimeout, recipient);
  return answer;
}

void Network::Run() {
  for (bool busy = true; busy;) {
    busy = false;
    for (auto& [id, node] : nodes_) {
      busy = node->outbox().SendDue(kBatch).value_or(0) > 0 || busy;
      busy = node->cases.ProcessDue(kBatch).value_or(0) > 0 || busy;
    }
  }
}

void Network::RunFor(absl::Duration duration) {
  const absl::Time end = clock.Now() + duration;
  for (Run(); clock.Now() < end; Run()) clock.Advance(absl::Seconds(10));
}

}  // namespace passerelle::testing
