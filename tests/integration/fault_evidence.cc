#include "tests/integration/fault_evidence.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchange_records.h"
#include "core/relay/dispute.h"
#include "core/relay/note_keys.h"
#include "core/sharing/authorisations.h"
#include "gateway/config/node_config.h"
#include "gateway/node/evidence.h"
#include "gateway/store/open_store.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

constexpr int kPage = 500;

absl::Status Broken(const FaultedExchange& exchange, absl::string_view what) {
  return absl::InternalError(absl::StrCat("exchange ", exchange.id, " of ", exchange.asker, ": ", what));
}

}  // namespace

StoppedNode::StoppedNode(const LocalFederation& federation, const std::string& id) : id_(id) {
  auto config = LoadNodeConfig(federation.ConfigPath(id));
  EXPECT_TRUE(config.ok()) << config.status();
  auto store = OpenStore(*config);
  EXPECT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
  const auto secret = EvidenceSecret(config->evidence(), *store_, nullptr);
  EXPECT_TRUE(secret.ok()) << secret.status();
  log_ = evidence::Log::ForReading({id, store_.get(), &clock_, nullptr, LeafSecret(*secret)});
  messages_ =
      std::make_unique<relay::MessageLog>(relay::MessageLog::Options{log_.get(), PayloadKey(*secret), &random_});
  const absl::Status read = ReadLeaves();
  EXPECT_TRUE(read.ok()) << read;
}

absl::Status StoppedNode::ReadLeaves() {
  return store_->Read([&](base::Transaction& tx) -> absl::Status {
    std::string after;
    for (size_t count = kPage; count == kPage;) {
      ASSIGN_OR_RETURN(const std::vector<evidence::v1::StoredLeaf> page, evidence::StoredLeaves(after, kPage, tx));
      for (const evidence::v1::StoredLeaf& leaf : page) {
        ++leaves_[evidence::IdOf(leaf)];
        const bool sent = leaf.statement().kind() == evidence::LeafKindName(evidence::LeafKind::kSent);
        if (sent) message_of_[leaf.resource()].push_back(leaf.statement().message_id());
      }
      count = page.size();
      if (count > 0) after = evidence::IdOf(page.back());
    }
    return absl::OkStatus();
  });
}

size_t StoppedNode::CountExchanges(const std::string& client) {
  size_t all = 0;
  const absl::Status counted = store_->Read([&](base::Transaction& tx) -> absl::Status {
    std::string after;
    for (size_t count = kPage; count == kPage;) {
      ASSIGN_OR_RETURN(const std::vector<base::Record> page, tx.List(base::Table::kExchange, client, after, kPage));
      count = page.size();
      all += count;
      if (count > 0) after = page.back().key;
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(counted.ok()) << counted;
  return all;
}

absl::StatusOr<exchange::v1::Exchange> StoppedNode::Exchange(const std::string& id) {
  absl::StatusOr<exchange::v1::Exchange> found;
  RETURN_IF_ERROR(store_->Read([&](base::Transaction& tx) -> absl::Status {
    found = exchange::LoadWholeExchange(id, tx);
    return found.status();
  }));
  return found;
}

uint32_t StoppedNode::UsesMade(const std::string& authorisation_id) {
  sharing::Authorisations authorisations({store_.get(), &clock_, &random_});
  const auto found = authorisations.Get("office", authorisation_id);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? found->uses_made() : 0;
}

std::vector<std::string> StoppedNode::MessagesOf(const std::string& exchange_id) const {
  const auto found = message_of_.find(exchange_id);
  return found == message_of_.end() ? std::vector<std::string>() : found->second;
}

int StoppedNode::Leaves(evidence::LeafKind kind, const std::string& peer, const std::string& message) const {
  const auto found = leaves_.find(evidence::LeafId(kind, peer, message));
  return found == leaves_.end() ? 0 : found->second;
}

absl::StatusOr<relay::BundleFacts> StoppedNode::Facts(evidence::v1::Side side, const std::string& peer,
                                                      const std::string& message,
                                                      const federation::NodeDirectory& nodes) {
  evidence::v1::EvidenceBundle bundle;
  RETURN_IF_ERROR(store_->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(bundle, relay::MakeBundle(side, {peer, message}, *messages_, nodes, tx));
    return absl::OkStatus();
  }));
  return relay::VerifyBundle(bundle, nodes);
}

absl::StatusOr<AuditedLog> StoppedNode::Audit(const std::string& folder, const federation::NodeDirectory& nodes) {
  RETURN_IF_ERROR(ExportLog(*store_, folder));
  return AuditFolder(folder, relay::NoteKeysOf(nodes, id_));
}

absl::Status CheckExchange(const FaultedExchange& exchange, StoppedNode& asker, StoppedNode& giver,
                           const federation::NodeDirectory& nodes) {
  ASSIGN_OR_RETURN(const exchange::v1::Exchange found, asker.Exchange(exchange.id));
  if (found.state() != exchange::v1::EXCHANGE_STATE_DELIVERED) {
    return Broken(exchange, absl::StrCat(exchange::v1::ExchangeState_Name(found.state()), " after ", found.attempts(),
                                         " attempts, ", found.problem().reason()));
  }
  const uint32_t uses = giver.UsesMade(exchange.authorisation_id);
  if (uses != 1) return Broken(exchange, absl::StrCat(uses, " uses of its authorisation"));
  const std::vector<std::string> messages = asker.MessagesOf(exchange.id);
  if (messages.size() != 1) return Broken(exchange, absl::StrCat(messages.size(), " messages"));
  const std::string& message = messages.front();
  const int sent = asker.Leaves(evidence::LeafKind::kSent, exchange.giver, message);
  const int answered = asker.Leaves(evidence::LeafKind::kAnswered, exchange.giver, message);
  const int received = giver.Leaves(evidence::LeafKind::kReceived, exchange.asker, message);
  if (sent != 1 || answered != 1 || received != 1) {
    return Broken(exchange, absl::StrCat("leaves: ", sent, " sent, ", answered, " answered, ", received, " received"));
  }
  ASSIGN_OR_RETURN(const relay::BundleFacts sender,
                   asker.Facts(evidence::v1::SIDE_SENDER, exchange.giver, message, nodes));
  ASSIGN_OR_RETURN(const relay::BundleFacts receiver,
                   giver.Facts(evidence::v1::SIDE_RECEIVER, exchange.asker, message, nodes));
  ASSIGN_OR_RETURN(const relay::Dispute dispute, relay::CompareBundles(sender, receiver));
  if (!dispute.Settled() || !dispute.refusal.empty()) return Broken(exchange, "the two sides do not agree");
  if (sender.answer->sha256 != relay::EnvelopeSha256(found.answer())) return Broken(exchange, "another answer");
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
