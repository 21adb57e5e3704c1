// The network of a world, and what a lying peer does on it.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "passerelle/exchange/v1/exchange.pb.h"
#include "tests/simulation/envelopes.h"
#include "tests/simulation/world.h"

namespace passerelle::simulation {
namespace {

using base::Problem;
using base::Reason;
using relay::v1::Envelope;

constexpr size_t kCarriedMax = 24;

void Remember(Carried carried, std::vector<Carried>& all) {
  if (all.size() < kCarriedMax) all.push_back(std::move(carried));
}

std::string DeliveryType() { return exchange::v1::CredentialDelivery::descriptor()->full_name(); }

// A delivery whose document is another one than its digest says.
std::string BrokenDelivery() {
  exchange::v1::CredentialDelivery delivery;
  exchange::v1::DeliveredDocument& document = *delivery.add_documents();
  document.mutable_document()->set_content("a document");
  document.mutable_document()->set_sha256(base::Sha256Hex("another document"));
  return delivery.SerializeAsString();
}

std::string RefusalBody(Reason reason) {
  relay::v1::Refusal refusal;
  refusal.set_reason(std::string(base::Catalogue(reason).name));
  refusal.set_retryable(base::Catalogue(reason).retryable);
  return refusal.SerializeAsString();
}

}  // namespace

absl::StatusOr<Envelope> World::Hand(const std::string& from, Node& to, const Envelope& envelope) {
  absl::StatusOr<Envelope> answer = Problem(Reason::kPeerUnreachable, to.id());
  if (to.process() == nullptr) Count(Event::kPeerDown, to.id());
  const bool answered = RunOn(to, [&](Process& process) { answer = process.inbox->Receive(from, envelope); });
  if (!answered) return Problem(Reason::kPeerUnreachable, to.id());
  return answer;
}

absl::StatusOr<Envelope> World::AskPeer(const std::string& from, Node& to, const Envelope& envelope) {
  const bool lies = !calm_ && IndexOf(to.id()) == liar_ && dice_.Chance(weather_.lie);
  // A lie may come before the effect or instead of it.
  if (lies && dice_.Chance(300)) return Lie(to, from, envelope);
  absl::StatusOr<Envelope> answer = Hand(from, to, envelope);
  if (!answer.ok()) return answer;
  Remember({to.id(), from, *answer}, answers_);
  if (lies) return Lie(to, from, envelope);
  return answer;
}

absl::StatusOr<Envelope> World::Carry(Life& life, const std::string& recipient, const Envelope& envelope) {
  Between(life);
  Node& to = *nodes_[IndexOf(recipient)];
  Remember({life.node, recipient, envelope}, requests_);
  if (Roll(weather_.keep_back, Event::kRequestKeptBack)) kept_back_.push_back({life.node, recipient, envelope});
  if (Roll(weather_.lose_request, Event::kRequestLost)) return Problem(Reason::kPeerUnreachable, recipient);
  if (Roll(weather_.twice, Event::kRequestTwice)) Hand(life.node, to, envelope).status().IgnoreError();
  Envelope sent = envelope;
  if (Roll(weather_.change, Event::kRequestChanged)) Change(sent);
  absl::StatusOr<Envelope> answer = AskPeer(life.node, to, sent);
  Between(life);
  if (Roll(weather_.lose_answer, Event::kAnswerLost)) return Problem(Reason::kPeerTimeout, recipient);
  if (!answer.ok()) return answer;
  if (Roll(weather_.change, Event::kAnswerChanged)) Change(*answer);
  if (bug_ == Bug::kTakesForeignAnswer) return AsForeign(to, life.node, envelope, *answer);
  return answer;
}

void World::Change(Envelope& envelope) {
  std::string* const parts[] = {envelope.mutable_protected_header(), envelope.mutable_body(),
                                envelope.mutable_signature()};
  std::string& part = *parts[dice_.Below(3)];
  if (part.empty()) return;
  char& byte = part[dice_.Below(static_cast<int>(part.size()))];
  byte = static_cast<char>(byte ^ (1 << dice_.Below(8)));
}

// The core cannot be made to take an answer to another message; so the bug is played where it would show no otherwise:
// the earlier answer arrives as if it were bound to this one.
Envelope World::AsForeign(const Node& asked, const std::string& asker, const Envelope& request,
                          const Envelope& answer) {
  for (const Carried& earlier : answers_) {
    const bool foreign = earlier.from == asked.id() && earlier.to == asker && earlier.envelope.body() != answer.body();
    if (!foreign) continue;
    const absl::Time now = asked.clock().Now();
    return relay::Seal(asked.key(),
                       {.id = base::NewUuid(random_),
                        .sender = asked.id(),
                        .audience = asker,
                        .issued_at = now,
                        .expires_at = now + base::kEnvelopeLifeMax,
                        .type = TypeIn(earlier.envelope),
                        .request = relay::EnvelopeSha256(request)},
                       earlier.envelope.body())
        .value();
  }
  return answer;
}

// An answer that is the peer's word on the request, well signed, and bad.
Envelope World::BoundLie(const Node& liar, relay::Header header, const std::string& message_id) {
  Count(Event::kLieBound, message_id);
  lied_about_.insert(message_id);
  std::string body;
  switch (dice_.Below(3)) {
    case 0:
      body = BrokenDelivery();
      break;
    case 1:
      header.type = relay::v1::Refusal::descriptor()->full_name();
      body = RefusalBody(Reason::kNotAvailable);
      break;
    default:
      header.type = relay::v1::Receipt::descriptor()->full_name();
  }
  return relay::Seal(liar.key(), header, body).value();
}

// What a peer says that does not do what it should.
Envelope World::Lie(const Node& liar, const std::string& asker, const Envelope& request) {
  const absl::Time now = liar.clock().Now();
  relay::Header header = {.id = base::NewUuid(random_),
                          .sender = liar.id(),
                          .audience = asker,
                          .issued_at = now,
                          .expires_at = now + base::kEnvelopeLifeMax,
                          .type = DeliveryType(),
                          .request = relay::EnvelopeSha256(request)};
  if (dice_.Chance(150)) return BoundLie(liar, header, IdIn(request));
  Count(Event::kLieNotBound);
  const proof::SigningKey* key = &liar.key();
  std::string body = BrokenDelivery();
  switch (dice_.Below(9)) {
    case 0:
      header.request = base::Sha256Hex("another message");
      break;
    case 1:
      if (!answers_.empty()) return answers_[dice_.Below(static_cast<int>(answers_.size()))].envelope;
      header.request.clear();
      break;
    case 2:
      key = &TheFederation().strangers.front();
      break;
    case 3:
      header.audience = liar.id();
      break;
    case 4:
      header.sender = asker;
      break;
    case 5:
      header.issued_at += absl::Hours(1);
      header.expires_at += absl::Hours(1);
      break;
    case 6:
      return request;
    case 7:
      return Envelope();
    default:
      header.type = relay::v1::Refusal::descriptor()->full_name();
      body = RefusalBody(Reason::kOverloaded);
  }
  return relay::Seal(*key, header, body).value();
}

// The lying peer as a sender: replays, ids with other bodies, other people's authorisations, dates that are wrong.
void World::LiarSends() {
  if (liar_ < 0) return;
  Node& liar = *nodes_[liar_];
  Node& to = *nodes_[(liar_ + 1 + dice_.Below(kNodes - 1)) % kNodes];
  Count(Event::kLiarSent, to.id());
  const absl::Time now = liar.clock().Now();
  exchange::v1::CredentialQuery query;
  query.set_authorisation_id(grants_[dice_.Below(static_cast<int>(grants_.size()))].id);
  query.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  relay::Header header = {.id = base::NewUuid(random_),
                          .sender = liar.id(),
                          .audience = to.id(),
                          .issued_at = now,
                          .expires_at = now + base::kEnvelopeLifeMax,
                          .type = query.GetTypeName()};
  std::string body = query.SerializeAsString();
  const proof::SigningKey* key = &liar.key();
  const int kind = dice_.Below(6);
  if (kind <= 2 && requests_.empty()) return;
  const Carried old = requests_.empty() ? Carried() : requests_[dice_.Below(static_cast<int>(requests_.size()))];
  switch (kind) {
    case 0:  // somebody's message again, as it is
      Hand(liar.id(), *nodes_[IndexOf(old.to)], old.envelope).status().IgnoreError();
      return;
    case 1:  // the id of somebody's message, with another body
    case 2:  // and with the same one
      header.id = IdIn(old.envelope);
      if (kind == 2) body = old.envelope.body();
      // If it was the liar's own, what its node holds of it and what the other holds may differ.
      if (old.from == liar.id()) lied_about_.insert(header.id);
      break;
    case 3:
      key = &TheFederation().strangers.front();
      break;
    case 4:
      header.issued_at -= absl::Hours(1);
      header.expires_at -= absl::Hours(1);
      break;
    default:
      break;
  }
  Hand(liar.id(), to, relay::Seal(*key, header, body).value()).status().IgnoreError();
}

}  // namespace passerelle::simulation
