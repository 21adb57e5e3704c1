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

std::optional<absl::Time> TimeOf(const BundleFacts& facts, LeafKind kind) {
  const LeafFacts* const leaf = facts.Find(kind);
  return leaf == nullptr ? std::nullopt : std::optional<absl::Time>(leaf->time);
}

// A party is no witness of the other's log here: it is not disinterested.
std::optional<absl::Time> FirstSeen(const BundleFacts& facts) {
  std::optional<absl::Time> first;
  for (const WitnessFacts& witness : facts.witnesses) {
    if (witness.name == evidence::LogName(facts.peer)) continue;
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
  dispute.sender_logged_sent = TimeOf(sender, LeafKind::kSent);
  dispute.sender_logged_answer = TimeOf(sender, LeafKind::kAnswered);
  dispute.receiver_logged = TimeOf(receiver, LeafKind::kReceived);
  dispute.sender_log_seen_by = FirstSeen(sender);
  dispute.receiver_log_seen_by = FirstSeen(receiver);
  return dispute;
}

}  // namespace passerelle::relay
