// The receiving side of the relay: every message has its effect once, and every message gets a signed answer.
//
// A received envelope is opened, then, in ONE transaction: looked up by (sender, id), handled, and stored with its
// answer. A retry (same sender, id, type and body, signed anew) gets the original answer without a second effect; the
// same signed message again is a replay and is refused; the same id with another body is refused.
//
// Thread-safety: Inbox is thread-safe if the handlers are.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/federation/message_keys.h"
#include "core/federation/node_limits.h"
#include "core/relay/envelope.h"
#include "core/relay/message_log.h"

namespace passerelle::relay {

// The body of an answer.
struct Reply {
  std::string type;           // full name of the message
  std::string body;           // its bytes
  std::string resource = {};  // what the message belongs to at this node, such as a case; it does not travel
};

// Handles the messages of one type.
class Handler {
 public:
  virtual ~Handler() = default;
  // Full name of the message type that it takes.
  virtual std::string Type() const = 0;
  // Work that needs no transaction and may be slow, such as asking the national register; its result is handed to
  // Handle. May be called for a message that turns out to be a duplicate. There is none by default.
  virtual absl::StatusOr<std::string> Prepare(const Opened& /*message*/) { return std::string(); }
  // Whether Prepare costs much or leaves something behind: then it is not called for a message that has its answer.
  virtual bool PrepareIsCostly() const { return false; }
  // The effect. A problem becomes a signed Refusal, and nothing written in `tx` by the handler stays; the refusal is
  // stored as the answer unless its reason is retryable, or KeepsRefusals says otherwise.
  virtual absl::StatusOr<Reply> Handle(const Opened& message, const std::string& prepared, base::Transaction& tx) = 0;
  // Whether a refusal is stored as the answer, and kept with its message as evidence. Not for messages that name people
  // and of which a refused one belongs to nothing that it could be erased with: the refusal is signed, and the message
  // judged anew when it is repeated.
  virtual bool KeepsRefusals() const { return true; }
  // What is to be kept of a refusal, in the transaction in which it is stored as the answer. Nothing by default.
  virtual absl::Status HandleRefusal(const Opened& /*message*/, const absl::Status& /*refusal*/,
                                     base::Transaction& /*tx*/) {
    return absl::OkStatus();
  }
  // What the message came to, its effect or a refusal, once that is durable. Nothing is done by default.
  virtual void Handled(const Opened& /*message*/, const absl::Status& /*status*/) {}
};

class Inbox {
 public:
  struct Options {
    std::string node;  // this node
    const federation::NodeMapHolder* nodes = nullptr;
    federation::MessageKeySource key = {};
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    std::vector<Handler*> handlers;
    // Called with the reason of every refusal made now, for counting. May be empty; thread-safe.
    std::function<void(base::Reason)> refused = {};
    // Where every answered message leaves its evidence, in the transaction of its effect: what cannot be recorded has
    // no effect, and is refused with a retryable reason. Null for a node without evidence.
    const MessageLog* evidence = nullptr;
  };
  explicit Inbox(Options options);

  // Takes an envelope that came over a TLS connection of `sender`. Returns the signed answer: a reply, a receipt or a
  // refusal. An error status only when no answer can be signed or the envelope cannot be tied to the sender: then the
  // caller returns the status itself; so is kOverloaded when the sender has sent more than the map allows. Refusals of
  // the store's failures and of replays are signed, but not stored.
  absl::StatusOr<v1::Envelope> Receive(absl::string_view sender, const v1::Envelope& envelope);

  // Erases the answer that a message got, if it is still remembered. A repetition is refused with kEvidenceErased then.
  static absl::Status EraseAnswer(absl::string_view sender, absl::string_view id, base::Transaction& tx);

  // Deletes what is older than base::kDuplicateMemory; returns how many. Called from time to time.
  absl::StatusOr<int> Forget();

 private:
  // What is said to one message: an answer, or the problem that a refusal will state.
  struct Outcome {
    v1::Envelope answer;
    absl::Status problem;
  };

  absl::Status CheckTermsFor(const Opened& message) const;
  absl::StatusOr<bool> Recall(const Opened& message, base::Transaction& tx, Outcome& outcome) const;
  absl::Status Remember(const Opened& message, const v1::Envelope& answer, absl::string_view resource,
                        base::Transaction& tx) const;
  absl::StatusOr<std::string> Prepare(const Opened& message, Handler* handler) const;
  absl::StatusOr<Outcome> HandleOnce(const Opened& message);
  absl::StatusOr<Outcome> AnsweredMeanwhile(const Opened& message, const absl::Status& problem) const;
  absl::Status StoreRefusal(const Opened& message, const absl::Status& problem, Handler* handler,
                            Outcome& outcome) const;
  absl::StatusOr<v1::Envelope> Answer(absl::string_view recipient, absl::string_view request, const Reply& reply) const;
  absl::StatusOr<v1::Envelope> Refuse(absl::string_view recipient, absl::string_view request,
                                      const absl::Status& problem) const;

  Options options_;
  federation::MessageRate rate_;
  absl::flat_hash_map<std::string, Handler*> handlers_;
};

}  // namespace passerelle::relay
