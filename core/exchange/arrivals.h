// The asking side of large contents: a delivery names them, and they are asked for piece by piece. Each question is
// written in the transaction that keeps the piece before it, so that a crash or a cut connection costs one piece, and
// none comes twice. The exchange is delivered when every content is what its digest says.
//
// Memory: one piece. Thread-safety: thread-safe.
#pragma once

#include <string>

#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/exchange/contents.h"
#include "core/relay/outbox.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::exchange {

class Arrivals : public relay::AnswerHandler {
 public:
  struct Options {
    std::string node;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
  };
  explicit Arrivals(Options options) : options_(std::move(options)) {}
  // Set once before use.
  void set_outbox(const relay::Outbox* outbox) { outbox_ = outbox; }

  // Keeps a delivery with large contents, checked otherwise, and asks for the first piece. `query` is the message that
  // it answers.
  absl::Status Begin(const v1::Exchange& exchange, const relay::Outgoing& query, base::Transaction& tx) const;

  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;
  absl::Status HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int attempts,
                             base::Transaction& tx) override;

 private:
  absl::Status Ask(const v1::ContentQuery& query, const v1::Exchange& exchange, base::Transaction& tx) const;
  absl::Status TakePiece(const v1::ContentQuery& query, const relay::Answer& answer, v1::Exchange* exchange,
                         base::Transaction& tx) const;
  absl::Status End(v1::Exchange* exchange, base::Transaction& tx) const;

  Options options_;
  const relay::Outbox* outbox_ = nullptr;
};

}  // namespace passerelle::exchange
