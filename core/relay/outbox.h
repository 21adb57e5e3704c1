// The sending side of the relay: a message is written in the transaction of the effect that caused it, and tried until
// it is answered or its time is over. Retries sign anew with the same id.
//
// Thread-safety: Outbox is thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/federation/message_keys.h"
#include "core/relay/envelope.h"
#include "core/relay/message_log.h"
#include "core/relay/sending_slots.h"
#include "passerelle/relay/v1/stored.pb.h"

namespace passerelle::relay {

// Port: one attempt to deliver one envelope. Thread-safe.
class Transport {
 public:
  using Delivered = std::function<void(absl::StatusOr<v1::Envelope>)>;

  virtual ~Transport() = default;
  // The node's answer, unverified. kPeerUnreachable, kPeerTimeout, or the problem with which the peer refused the call;
  // that one is unsigned, so it ends nothing. Blocks until then, for less than base::kClaimLife.
  virtual absl::StatusOr<v1::Envelope> Deliver(const federation::v1::Node& node, const v1::Envelope& envelope) = 0;
  // The same without waiting: `delivered` gets once what Deliver would return, on a thread that it may block. Here it
  // gets it before this returns, for transports that know no other way.
  virtual void Send(const federation::v1::Node& node, const v1::Envelope& envelope, Delivered delivered) {
    const Delivered tell = std::move(delivered);
    tell(Deliver(node, envelope));
  }
  // When a node may be called; before that, calls fail at once. InfinitePast for now.
  virtual absl::Time MayCallAt(absl::string_view /*node*/) const { return absl::InfinitePast(); }
};

// A message to be sent.
struct Outgoing {
  std::string id;         // UUID
  std::string recipient;  // node id
  std::string type;       // full name of the body's message
  std::string body;
  std::string resource;   // what it belongs to, such as an exchange id; handed back with the answer
  absl::Time expires_at;  // when to give up
};

// What stays of a question and its answer beside the leaf in the log.
enum class QuestionContent {
  kKept,
  kErased,  // nothing, as after an erasure: for questions that name people
};

// What became of a message.
struct Answer {
  Opened opened;          // the verified answer
  v1::Envelope envelope;  // the answer as received: the evidence
};

// Both signed sides of a message that was answered.
struct Evidence {
  v1::Envelope request;  // the attempt to which the answer is bound
  v1::Envelope answer;   // the reply, the receipt or the refusal
};

// Takes the answers to the messages of one type. Called inside the transaction that ends the message.
class AnswerHandler {
 public:
  virtual ~AnswerHandler() = default;
  // Full name of the message type whose answers it takes.
  virtual std::string Type() const = 0;
  // The message was answered: by a reply or a receipt (`answer.ok()`), by a signed refusal (the refusal's problem; the
  // refusal's envelope is in `evidence`), or never, because its time was over (kPeerTimeout or the last problem) or the
  // node map no longer has the recipient (kNodeUnknown); `evidence` is null then. A problem undoes everything of this
  // transaction, and the message is sent again later.
  virtual absl::Status HandleAnswer(const Outgoing& message, const absl::StatusOr<Answer>& answer,
                                    const v1::Envelope* evidence, base::Transaction& tx) = 0;
  // The same once it is durable. Nothing is done by default.
  virtual void Answered(const Outgoing& /*message*/, const absl::StatusOr<Answer>& /*answer*/,
                        const v1::Envelope* /*evidence*/) {}
  // An attempt failed and will be repeated. Nothing is done by default: the outbox keeps count.
  virtual absl::Status HandleAttempt(const Outgoing& /*message*/, const absl::Status& /*problem*/, int /*attempts*/,
                                     base::Transaction& /*tx*/) {
    return absl::OkStatus();
  }
};

class Outbox {
 public:
  struct Options {
    std::string node;
    const federation::NodeMapHolder* nodes = nullptr;
    federation::MessageKeySource key = {};
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    Transport* transport = nullptr;
    std::vector<AnswerHandler*> handlers;
    // Where every message leaves its evidence: when it is put, and when it is answered. Null for a node without.
    const MessageLog* evidence = nullptr;
  };
  explicit Outbox(Options options);

  // Writes a message for sending, inside the caller's transaction; due at once. kInternal for what the caller must not
  // put: an id that is no UUID or is taken, a type without handler, a life over base::kExchangeLifeMax.
  absl::Status Put(const Outgoing& message, base::Transaction& tx) const;

  // Sends what is due, up to `limit` messages one after the other. Returns how many were tried; 0 means nothing is due.
  // A crash between sending and storing the answer leads to a retry, which the receiver answers with its first answer.
  // Several callers at once never send the same message at the same time: a message is claimed before it is sent, and
  // a claim that was lost in a crash ends after a minute. A message to a node that may not be called yet waits until it
  // may; that is no attempt.
  absl::StatusOr<int> SendDue(int limit);

  // The evidence of a message; nothing as long as it is not answered, or when it ended without an answer, nor at a node
  // with a log of evidence: that has both sides, and the copies for sending are deleted with the answer.
  static absl::StatusOr<std::optional<Evidence>> ReadEvidence(absl::string_view id, base::Transaction& tx);

  // Erases the answer and the body of a message that has ended; does nothing for one that was never put here. Problem:
  // kFieldInvalid at "state" while it is on its way.
  static absl::Status EraseAnswer(absl::string_view id, base::Transaction& tx);

  // A message as it was put.
  struct Known {
    std::string id;
    std::string recipient;
    std::string type;
    std::string resource;
    absl::Time expires_at;
    bool ended = false;
  };
  // Nothing for one that was never put here.
  static absl::StatusOr<std::optional<Known>> Find(absl::string_view id, base::Transaction& tx);
  // Those that belong to a resource, in the order in which they were put.
  static absl::StatusOr<std::vector<Known>> MessagesOf(absl::string_view resource, base::Transaction& tx);
  // Whether there is any; the cost does not grow with their number.
  static absl::StatusOr<bool> HasMessagesOf(absl::string_view resource, base::Transaction& tx);

  // When the next message is due; InfiniteFuture when there is none.
  absl::StatusOr<absl::Time> NextDue() const;

  // Asks a question and waits for the verified answer, without storing anything but the evidence. For questions whose
  // answer has no lasting effect. Problems: kNodeUnknown, kNodeMapStale, kDuplicateMemoryTooShort,
  // kMessageKeyNotActive, those of the transport, kPeerAnswerInvalid, the peer's refusal, or kEvidenceUnavailable and
  // kStoreUnavailable when the evidence cannot be written.
  absl::StatusOr<Answer> Ask(absl::string_view recipient, absl::string_view type, absl::string_view body) const;
  // The same without waiting: `answered` gets the answer or the problem once, on a thread of the transport that it may
  // block, or before this returns. The outbox must outlive it.
  void Ask(absl::string_view recipient, absl::string_view type, absl::string_view body,
           std::function<void(absl::StatusOr<Answer>)> answered,
           QuestionContent content = QuestionContent::kKept) const;

 private:
  struct Claim;
  struct Judgement;

  absl::StatusOr<std::optional<Claim>> ClaimNext() const;
  absl::StatusOr<bool> TryClaim(base::Record record, absl::Time now, bool crowded, base::Transaction& tx,
                                std::optional<Claim>& claim) const;
  absl::StatusOr<Claim> Take(base::Record record, v1::StoredOutbound stored, absl::Time now,
                             base::Transaction& tx) const;
  absl::Status SignAttempt(Claim& claim, absl::Time now) const;
  absl::Status Work(const Claim& claim) const;
  absl::Status End(const Claim& claim, const Judgement& judgement, const v1::Envelope* evidence) const;
  absl::Status LogAnswer(const Outgoing& message, const v1::Envelope& request, const v1::Envelope& answer,
                         base::Transaction& tx) const;
  absl::Status Postpone(const Claim& claim, const absl::Status& problem) const;
  absl::StatusOr<std::shared_ptr<const Claim>> MakeQuestion(absl::string_view recipient, absl::string_view type,
                                                            absl::string_view body) const;
  absl::StatusOr<Answer> TakeAnswer(const Claim& question, const absl::StatusOr<v1::Envelope>& envelope,
                                    QuestionContent content) const;
  Judgement Judge(const v1::Envelope& envelope, absl::string_view recipient, std::vector<std::string> requests) const;
  absl::StatusOr<AnswerHandler*> HandlerOf(absl::string_view type) const;

  Options options_;
  mutable SendingSlots slots_;
  mutable std::atomic<int64_t> look_again_ = 0;  // microseconds of Unix time, before which only the first is looked at
  absl::flat_hash_map<std::string, AnswerHandler*> handlers_;
};

}  // namespace passerelle::relay
