#include "core/relay/dispute.h"

#include <algorithm>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;
using evidence::LeafKind;

Shown Same(const std::optional<MessageFacts>& one, const std::optional<MessageFacts>& other) {
  if (!one || !other) return Shown::kUnknown;
  return one->sha256 == other->sha256 ? Shown::kYes : Shown::kNo;
}

// One side with the messages that either side has shown.
struct Party {
  const BundleFacts& facts;
  const std::optional<MessageFacts>& request;
  const std::optional<MessageFacts>& answer;
};

// Whether the leaf is about the message: by the bundle's own, or by that of the other side.
bool IsAboutIt(const LeafFacts& leaf, const Party& party) {
  if (leaf.opened) return true;
  if (!party.request) return false;
  evidence::Statement statement = {leaf.kind, party.facts.peer, party.facts.message_id, party.request->type,
                                   party.request->body_sha256};
  if (leaf.kind != LeafKind::kSent) {
    statement.request_sha256 = party.request->sha256;
    if (party.answer) statement.answer_sha256 = party.answer->sha256;
  }
  return evidence::StatementDigest(leaf.key, statement) == leaf.digest;
}

std::optional<absl::Time> TimeOf(const Party& party, LeafKind kind) {
  const LeafFacts* const leaf = party.facts.Find(kind);
  if (leaf == nullptr || !IsAboutIt(*leaf, party)) return std::nullopt;
  return leaf->time;
}

// A party is no witness of the other's log here: it is not disinterested.
std::optional<absl::Time> FirstSeen(const Party& party) {
  std::optional<absl::Time> first;
  const auto& leaves = party.facts.leaves;
  const auto is_about_it = [&party](const LeafFacts& leaf) { return IsAboutIt(leaf, party); };
  if (!std::all_of(leaves.begin(), leaves.end(), is_about_it)) return first;
  for (const WitnessFacts& witness : party.facts.witnesses) {
    if (witness.name == evidence::LogName(party.facts.peer)) continue;
    first = std::min(first.value_or(witness.seen_at), witness.seen_at);
  }
  return first;
}

absl::Status CheckSides(const BundleFacts& one, const BundleFacts& other) {
  if (one.message_id != other.message_id) {
    return Problem(Reason::kFieldInvalid, "message_id", "the bundles are about different messages");
  }
  if (one.side == other.side) return Problem(Reason::kFieldInvalid, "side", "both bundles are of the same side");
  if (one.node != other.peer || one.peer != other.node) {
    return Problem(Reason::kFieldInvalid, "peer", "the bundles are of different nodes");
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view ShownWord(Shown shown) {
  switch (shown) {
    case Shown::kYes:
      return "yes";
    case Shown::kNo:
      return "no";
    case Shown::kUnknown:
      return "cannot be established";
  }
  return "cannot be established";
}

bool Dispute::Settled() const {
  return sent == Shown::kYes && received == Shown::kYes && same_message == Shown::kYes && same_answer == Shown::kYes;
}

absl::StatusOr<Dispute> CompareBundles(const BundleFacts& one, const BundleFacts& other) {
  RETURN_IF_ERROR(CheckSides(one, other));
  const bool one_sent = one.side == evidence::v1::SIDE_SENDER;
  const BundleFacts& sender = one_sent ? one : other;
  const BundleFacts& receiver = one_sent ? other : one;
  Dispute dispute;
  dispute.message_id = one.message_id;
  dispute.sender = sender.node;
  dispute.receiver = receiver.node;
  // A signature binds its signer whoever shows it.
  if (sender.request || receiver.request) dispute.sent = Shown::kYes;
  if (sender.answer || receiver.answer) dispute.received = Shown::kYes;
  dispute.same_message = Same(sender.request, receiver.request);
  dispute.same_answer = Same(sender.answer, receiver.answer);
  const std::optional<MessageFacts>& request = sender.request ? sender.request : receiver.request;
  const std::optional<MessageFacts>& answer = sender.answer ? sender.answer : receiver.answer;
  if (request) dispute.sender_signed = request->signed_at;
  if (answer) {
    dispute.receiver_signed = answer->signed_at;
    dispute.refusal = answer->refusal;
  }
  const Party sending = {sender, request, answer};
  const Party receiving = {receiver, request, answer};
  dispute.sender_logged_sent = TimeOf(sending, LeafKind::kSent);
  dispute.sender_logged_answer = TimeOf(sending, LeafKind::kAnswered);
  dispute.receiver_logged = TimeOf(receiving, LeafKind::kReceived);
  dispute.sender_log_seen_by = FirstSeen(sending);
  dispute.receiver_log_seen_by = FirstSeen(receiving);
  return dispute;
}

}  // namespace passerelle::relay
