#include "tests/simulation/judge.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/evidence/audit.h"
#include "core/relay/bundle.h"
#include "core/relay/dispute.h"
#include "passerelle/exchange/v1/exchange.pb.h"
#include "tests/simulation/envelopes.h"

namespace passerelle::simulation {
namespace {

using base::Reason;
using evidence::LeafKind;
using evidence::v1::StoredLeaf;
using exchange::v1::Exchange;
using exchange::v1::ExchangeState;

constexpr int kLeavesMax = 10000;
// The longest wait of a message, with room for a lost claim and for clocks.
const absl::Duration kRetriedWithin = base::kRetryLast + 3 * base::kClaimLife;

std::vector<StoredLeaf> LeavesOf(Node& node) {
  std::vector<StoredLeaf> leaves;
  node.truth()
      .Read([&](base::Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(leaves, evidence::StoredLeaves("", kLeavesMax, tx));
        return absl::OkStatus();
      })
      .IgnoreError();
  return leaves;
}

// What is known of one node at the end.
struct Side {
  std::vector<StoredLeaf> leaves;
  std::map<std::string, int> by_id;               // leaf id (core/evidence/leaf.h): how many
  std::map<std::string, std::string> message_of;  // exchange id: message id
  uint64_t exchanges = 0;
  uint64_t answered = 0;
};

class Judgement {
 public:
  explicit Judgement(World& world) : world_(world) {
    for (int i = 0; i < kNodes; ++i) {
      sides_[i].leaves = LeavesOf(world.node(i));
      for (const StoredLeaf& leaf : sides_[i].leaves) {
        ++sides_[i].by_id[evidence::IdOf(leaf)];
        if (leaf.statement().kind() == evidence::LeafKindName(LeafKind::kSent)) {
          sides_[i].message_of[leaf.resource()] = leaf.statement().message_id();
        }
      }
    }
  }

  void All() {
    for (const Wish& wish : world_.wishes()) JudgeWish(wish);
    for (int i = 0; i < kNodes; ++i) {
      JudgeList(i);
      JudgeLog(i);
      JudgeLeaves(i);
    }
    Effects();
  }
  void Effects();

 private:
  void Violate(Invariant invariant, absl::string_view where, absl::string_view what) {
    world_.report().Violate(invariant, absl::StrCat(where, ": ", what));
  }
  int CountOf(int node, LeafKind kind, const std::string& peer, const std::string& message) const {
    const auto found = sides_[node].by_id.find(evidence::LeafId(kind, peer, message));
    return found == sides_[node].by_id.end() ? 0 : found->second;
  }
  void JudgeWish(const Wish& wish);
  void JudgeEnd(const Wish& wish, const Exchange& exchange);
  void JudgeEvidence(const Wish& wish, const Exchange& exchange, const std::string& message, bool lied);
  void JudgeState(const Wish& wish, const Exchange& exchange, const relay::Dispute* dispute, bool lied);
  void JudgeList(int node);
  void JudgeLog(int node);
  void JudgeLeaves(int node);
  absl::StatusOr<relay::BundleFacts> Facts(int node, evidence::v1::Side side, const std::string& peer,
                                           const std::string& message);
  absl::StatusOr<sharing::v1::Authorisation> Authorisation(const Grant& grant);

  World& world_;
  Side sides_[kNodes];
  std::set<std::string> messages_;  // of all wishes
};

absl::StatusOr<relay::BundleFacts> Judgement::Facts(int index, evidence::v1::Side side, const std::string& peer,
                                                    const std::string& message) {
  Node& node = world_.node(index);
  const auto nodes = TheFederation().nodes->Get();
  evidence::v1::EvidenceBundle bundle;
  RETURN_IF_ERROR(node.truth().Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(bundle, relay::MakeBundle(side, {peer, message}, node.process()->messages(), *nodes, tx));
    return absl::OkStatus();
  }));
  return relay::VerifyBundle(bundle, *nodes);
}

absl::StatusOr<sharing::v1::Authorisation> Judgement::Authorisation(const Grant& grant) {
  return world_.node(grant.asked).process()->authorisations.Get(kClient, grant.id);
}

void Judgement::JudgeWish(const Wish& wish) {
  Node& asker = world_.node(wish.asker);
  const auto exchange = asker.process()->exchanges.Get(kClient, wish.exchange_id);
  if (!exchange.ok()) {
    return Violate(Invariant::kRest, asker.id(),
                   absl::StrCat("exchange ", wish.exchange_id, ": ", exchange.status().message()));
  }
  ++sides_[wish.asker].exchanges;
  if (exchange->has_answer()) ++sides_[wish.asker].answered;
  JudgeEnd(wish, *exchange);
}

void Judgement::JudgeEnd(const Wish& wish, const Exchange& exchange) {
  const std::string where = absl::StrCat("exchange ", exchange.id(), " of ", world_.node(wish.asker).id());
  const auto found = sides_[wish.asker].message_of.find(exchange.id());
  if (found == sides_[wish.asker].message_of.end()) {
    return Violate(Invariant::kLeaf, where, "no leaf says that its message was sent");
  }
  const std::string& message = found->second;
  messages_.insert(message);
  const int answered = CountOf(wish.asker, LeafKind::kAnswered, exchange.peer(), message);
  if (answered != (exchange.has_answer() ? 1 : 0)) {
    Violate(Invariant::kLeaf, where, absl::StrCat(answered, " leaves about its answer"));
  }
  if (exchange.has_answer()) {
    JudgeEvidence(wish, exchange, message, world_.LiedAbout(message));
  } else {
    JudgeState(wish, exchange, nullptr, world_.LiedAbout(message));
  }
}

void Judgement::JudgeEvidence(const Wish& wish, const Exchange& exchange, const std::string& message, bool lied) {
  const Grant& grant = world_.grants()[wish.grant];
  const std::string& asker = world_.node(wish.asker).id();
  const std::string where = absl::StrCat("exchange ", exchange.id(), " of ", asker);
  const auto sender = Facts(wish.asker, evidence::v1::SIDE_SENDER, exchange.peer(), message);
  if (!sender.ok()) return Violate(Invariant::kReceipt, absl::StrCat(where, ", sender"), sender.status().message());
  if (!sender->answer || relay::EnvelopeSha256(exchange.answer()) != sender->answer->sha256) {
    Violate(Invariant::kAnswer, where, "the exchange has another answer than its evidence");
  }
  if (lied) return;
  if (CountOf(grant.asked, LeafKind::kReceived, asker, message) != 1) {
    return Violate(Invariant::kLeaf, where, "the asked node has no leaf about it");
  }
  const auto receiver = Facts(grant.asked, evidence::v1::SIDE_RECEIVER, asker, message);
  if (!receiver.ok())
    return Violate(Invariant::kReceipt, absl::StrCat(where, ", receiver"), receiver.status().message());
  const auto dispute = relay::CompareBundles(*sender, *receiver);
  if (!dispute.ok()) return Violate(Invariant::kReceipt, where, dispute.status().message());
  if (dispute->same_answer != relay::Shown::kYes) {
    Violate(Invariant::kAnswer, where, "the asked node gave another answer");
  }
  if (!dispute->Settled()) Violate(Invariant::kAnswer, where, "the two sides do not agree");
  JudgeState(wish, exchange, &*dispute, /*lied=*/false);
}

// Whether the state is the one that the answer leads to. Without an answer there is no dispute.
void Judgement::JudgeState(const Wish& wish, const Exchange& exchange, const relay::Dispute* dispute, bool lied) {
  const Grant& grant = world_.grants()[wish.grant];
  const std::string where = absl::StrCat("exchange ", exchange.id(), " of ", world_.node(wish.asker).id());
  const std::string refusal = dispute == nullptr ? "" : dispute->refusal;
  switch (exchange.state()) {
    case exchange::v1::EXCHANGE_STATE_DELIVERED: {
      if (dispute == nullptr || !refusal.empty()) Violate(Invariant::kAnswer, where, "delivered without an answer");
      const std::string document = DocumentOf(exchange.peer(), grant.credential_id);
      if (exchange.documents_size() != 1 || exchange.documents(0).document().content() != document) {
        Violate(Invariant::kAnswer, where, "it has the documents of another one");
      }
      return;
    }
    case exchange::v1::EXCHANGE_STATE_DECLINED: {
      if (refusal != base::Catalogue(Reason::kNotAvailable).name) {
        Violate(Invariant::kAnswer, where, "nobody declined it");
      }
      const auto authorisation = Authorisation(grant);
      const bool over =
          grant.withdrawn || (authorisation.ok() && authorisation->uses_made() >= authorisation->uses_allowed());
      if (!over) Violate(Invariant::kEffect, where, "it was declined, and the authorisation covers it");
      return;
    }
    case exchange::v1::EXCHANGE_STATE_EXPIRED:
      if (exchange.has_answer()) Violate(Invariant::kAnswer, where, "expired with an answer");
      if (exchange.update_time().seconds() < exchange.expire_time().seconds()) {
        Violate(Invariant::kRest, where, "it expired before its time");
      }
      if (!lied && base::FromProto(exchange.expire_time()) > world_.calm_since() + kRetriedWithin) {
        Violate(Invariant::kRest, where, "it expired although it could be sent");
      }
      return;
    default:
      Violate(Invariant::kRest, where,
              absl::StrCat(exchange::v1::ExchangeState_Name(exchange.state()), " ", exchange.problem().reason()));
  }
}

// Every exchange of the client is one that it asked for.
void Judgement::JudgeList(int index) {
  exchange::v1::ListExchangesRequest request;
  request.set_page_size(100);
  const auto listed = world_.node(index).process()->exchanges.List(kClient, request);
  const size_t count = listed.ok() ? static_cast<size_t>(listed->exchanges_size()) : 0;
  if (count == sides_[index].exchanges) return;
  Violate(Invariant::kRequestId, world_.node(index).id(),
          absl::StrCat(count, " exchanges for ", sides_[index].exchanges, " requests"));
}

// The files of the log are what the signed checkpoint states, and its entries are the leaves.
void Judgement::JudgeLog(int index) {
  Node& node = world_.node(index);
  const Side& side = sides_[index];
  evidence::LogSummary summary;
  const absl::Status audited = node.truth().Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string bytes, evidence::StoredCheckpoint(tx));
    if (bytes.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto opened, evidence::OpenCheckpoint(bytes, TheFederation().note_keys));
    ASSIGN_OR_RETURN(summary, evidence::AuditLog(
                                  opened.checkpoint.head,
                                  [&tx](const evidence::Tile& tile) { return evidence::StoredEntries(tile, tx); },
                                  [&tx](const evidence::Tile& tile) { return evidence::StoredTile(tile, tx); }));
    return absl::OkStatus();
  });
  if (!audited.ok()) Violate(Invariant::kLog, node.id(), audited.message());
  const uint64_t entries = summary.sent + summary.received + summary.answered;
  if (entries != side.leaves.size()) {
    Violate(Invariant::kLeaf, node.id(), absl::StrCat(entries, " entries for ", side.leaves.size(), " leaves"));
  }
  if (summary.sent != side.exchanges || summary.answered != side.answered) {
    Violate(Invariant::kLeaf, node.id(), "more was logged as sent or answered than was");
  }
}

// Leaves about received messages are about messages that somebody sent.
void Judgement::JudgeLeaves(int index) {
  for (const StoredLeaf& leaf : sides_[index].leaves) {
    const evidence::v1::StoredStatement& about = leaf.statement();
    if (about.kind() != evidence::LeafKindName(LeafKind::kReceived)) continue;
    const bool known = messages_.count(about.message_id()) > 0;
    if (!known && !world_.IsLiar(about.peer())) {
      Violate(Invariant::kLeaf, world_.node(index).id(), "a leaf about a message that nobody sent");
    }
  }
}

// Each accepted message used its authorisation up by one, and nothing else did.
void Judgement::Effects() {
  std::map<std::string, uint32_t> accepted;
  for (int i = 0; i < kNodes; ++i) {
    Node& node = world_.node(i);
    for (const StoredLeaf& leaf : sides_[i].leaves) {
      const evidence::v1::StoredStatement& about = leaf.statement();
      if (about.kind() != evidence::LeafKindName(LeafKind::kReceived)) continue;
      std::optional<relay::v1::KeptMessage> kept;
      const absl::Status read = node.truth().Read([&](base::Transaction& tx) -> absl::Status {
        ASSIGN_OR_RETURN(
            kept, node.process()->messages().Read(evidence::v1::SIDE_RECEIVER, {about.peer(), about.message_id()}, tx));
        return absl::OkStatus();
      });
      exchange::v1::CredentialQuery query;
      if (!read.ok() || !kept || !query.ParseFromString(kept->request().body())) {
        Violate(Invariant::kReceipt, node.id(), "a received message was not kept");
        continue;
      }
      const bool delivered = TypeIn(kept->answer()) == exchange::v1::CredentialDelivery::descriptor()->full_name();
      if (delivered) ++accepted[query.authorisation_id()];
    }
  }
  for (const Grant& grant : world_.grants()) {
    const auto authorisation = Authorisation(grant);
    const uint32_t used = authorisation.ok() ? authorisation->uses_made() : 0;
    if (used != accepted[grant.id]) {
      Violate(Invariant::kEffect, absl::StrCat("authorisation ", grant.id),
              absl::StrCat(used, " uses for ", accepted[grant.id], " accepted messages"));
    }
  }
}

void CountEnds(World& world) {
  for (const Wish& wish : world.wishes()) {
    const auto exchange = world.node(wish.asker).process()->exchanges.Get(kClient, wish.exchange_id);
    if (!exchange.ok()) continue;
    switch (exchange->state()) {
      case exchange::v1::EXCHANGE_STATE_DELIVERED:
        world.Count(Event::kDelivered, exchange->id());
        break;
      case exchange::v1::EXCHANGE_STATE_DECLINED:
        world.Count(Event::kDeclined, exchange->id());
        break;
      case exchange::v1::EXCHANGE_STATE_EXPIRED:
        world.Count(Event::kExpired, exchange->id());
        break;
      default:
        world.Count(Event::kFailed, exchange->id());
    }
  }
}

}  // namespace

void Judge(World& world) {
  CountEnds(world);
  Judgement(world).All();
}

void JudgeEffects(World& world) { Judgement(world).Effects(); }

}  // namespace passerelle::simulation
