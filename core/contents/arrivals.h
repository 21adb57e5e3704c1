// The asking side of large contents: a message names them, and they are asked for piece by piece. Each question is
// written in the transaction that keeps the piece before it, so that a crash or a cut connection costs one piece, and
// none comes twice. Whoever waits for them is told when every content is what its digest says, or that nothing comes.
//
// Memory: one piece. Thread-safety: thread-safe once the receivers are added.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/contents/contents.h"
#include "core/relay/outbox.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::contents {

// What a resource waits for.
struct Awaited {
  std::string peer;               // the node that is asked
  absl::Time expires_at;          // when nothing is waited for any more
  ContentsOf of;                  // where the pieces are kept
  std::vector<Content> contents;  // each once; at least one, all of them bounded
};

// Who waits for contents. Every call is inside the transaction that ends a message.
class Receiver {
 public:
  virtual ~Receiver() = default;
  // Nothing where the resource is another receiver's, or waits for nothing any more.
  virtual absl::StatusOr<std::optional<Awaited>> FindAwaited(absl::string_view resource,
                                                             base::Transaction& tx) const = 0;
  // A piece is there, and the next was asked for. Nothing is done by default.
  virtual absl::Status Proceed(absl::string_view /*resource*/, base::Transaction& /*tx*/) { return absl::OkStatus(); }
  // Every content is there.
  virtual absl::Status Complete(absl::string_view resource, base::Transaction& tx) = 0;
  // A question got no piece, but a problem: a signed refusal, which is the evidence, or none at all (null). The pieces
  // are deleted.
  virtual absl::Status Refuse(absl::string_view resource, const absl::Status& problem,
                              const relay::v1::Envelope* evidence, base::Transaction& tx) = 0;
  // What came cannot be used (kPeerAnswerInvalid). The pieces are deleted.
  virtual absl::Status Spoil(absl::string_view resource, const absl::Status& problem, base::Transaction& tx) = 0;
  // An attempt failed and will be repeated. Nothing is done by default.
  virtual absl::Status NoteAttempt(absl::string_view /*resource*/, const absl::Status& /*problem*/,
                                   base::Transaction& /*tx*/) {
    return absl::OkStatus();
  }
};

class Arrivals : public relay::AnswerHandler {
 public:
  explicit Arrivals(base::Random* random) : random_(random) {}
  // Both before use. The receivers must outlive it.
  void set_outbox(const relay::Outbox* outbox) { outbox_ = outbox; }
  void AddReceiver(Receiver* receiver) { receivers_.push_back(receiver); }

  // Asks for the first piece of what a resource waits for. `goes_with` is the id under which the other node has set it
  // aside: of the message that asked for it, or of the case (ContentQuery.message_id).
  absl::Status Begin(const Awaited& awaited, absl::string_view resource, absl::string_view authorisation_id,
                     absl::string_view goes_with, base::Transaction& tx) const;

  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;
  absl::Status HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int attempts,
                             base::Transaction& tx) override;

 private:
  struct Waiting {
    Receiver* receiver = nullptr;  // null: nobody waits
    Awaited awaited;
  };
  absl::StatusOr<Waiting> FindWaiting(absl::string_view resource, base::Transaction& tx) const;
  absl::Status Ask(const exchange::v1::ContentQuery& query, const Awaited& awaited, absl::string_view resource,
                   base::Transaction& tx) const;
  absl::Status TakePiece(const relay::Outgoing& message, const relay::Answer& answer, const Waiting& waiting,
                         base::Transaction& tx) const;

  base::Random* const random_;
  const relay::Outbox* outbox_ = nullptr;
  std::vector<Receiver*> receivers_;
};

}  // namespace passerelle::contents
