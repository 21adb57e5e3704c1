// A dispute about a message: what the bundles of both parties show together.
//
// Thread-safety: free function on values.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/relay/bundle.h"

namespace passerelle::relay {

enum class Shown { kYes, kNo, kUnknown };
// "yes", "no", "cannot be established".
absl::string_view ShownWord(Shown shown);

struct Dispute {
  std::string message_id;
  std::string sender;
  std::string receiver;
  // Whether the sender signed the message: it is shown by whoever holds it.
  Shown sent = Shown::kUnknown;
  // Whether the receiver signed an answer to it.
  Shown received = Shown::kUnknown;
  // Whether both hold the same signed message. kNo means that the sender signed two under one id.
  Shown same_message = Shown::kUnknown;
  // Whether both hold the same signed answer. kNo means that the receiver signed two.
  Shown same_answer = Shown::kUnknown;
  std::string refusal;  // the reason, when the answer is a refusal

  // Times, as far as they are shown; each is the word of whom it names. A leaf counts when it opens with the message
  // that either side holds; one that nobody can open could be about anything.
  std::optional<absl::Time> sender_logged_sent;
  std::optional<absl::Time> sender_signed;
  std::optional<absl::Time> receiver_signed;
  std::optional<absl::Time> receiver_logged;
  std::optional<absl::Time> sender_logged_answer;
  // When the first other node saw a log that had the leaves: no later than that, by the word of neither party.
  std::optional<absl::Time> sender_log_seen_by;
  std::optional<absl::Time> receiver_log_seen_by;

  // Whether nothing is open: sent, received, the same message, the same answer.
  bool Settled() const;
};

// Both bundles were verified (VerifyBundle). Problems: kFieldInvalid at "message_id", "side" or "peer" when they are
// not the two sides of one message.
absl::StatusOr<Dispute> CompareBundles(const BundleFacts& one, const BundleFacts& other);

}  // namespace passerelle::relay
