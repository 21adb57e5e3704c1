// Ports of the core with counting and logging around them. The core itself knows neither metrics nor logs.
//
// Thread-safety: as what they wrap. Ownership: own nothing of what they wrap, except MeterAdapters.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/document/adapter.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "gateway/telemetry/log.h"
#include "gateway/telemetry/metrics.h"

namespace passerelle::gateway {

// Counts and logs the messages that a handler takes.
class MeteredHandler : public relay::Handler {
 public:
  MeteredHandler(relay::Handler* handler, Metrics* metrics, Log* log)
      : handler_(handler), metrics_(metrics), log_(log) {}
  std::string Type() const override { return handler_->Type(); }
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override { return handler_->Prepare(message); }
  bool PrepareIsCostly() const override { return handler_->PrepareIsCostly(); }
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override {
    return handler_->Handle(message, prepared, tx);
  }
  void Handled(const relay::Opened& message, const absl::Status& status) override;

 private:
  relay::Handler* const handler_;
  Metrics* const metrics_;
  Log* const log_;
};

// Counts and logs what becomes of messages to other nodes.
class MeteredAnswerHandler : public relay::AnswerHandler {
 public:
  MeteredAnswerHandler(relay::AnswerHandler* handler, Metrics* metrics, Log* log)
      : handler_(handler), metrics_(metrics), log_(log) {}
  std::string Type() const override { return handler_->Type(); }
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override {
    return handler_->HandleAnswer(message, answer, evidence, tx);
  }
  void Answered(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                const relay::v1::Envelope* evidence) override;
  absl::Status HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int attempts,
                             base::Transaction& tx) override;

 private:
  relay::AnswerHandler* const handler_;
  Metrics* const metrics_;
  Log* const log_;
};

// The adapters of `registry`, each counting the documents that it reads. `registry` must outlive the result.
document::Registry MeterAdapters(const document::Registry& registry, Metrics* metrics);

}  // namespace passerelle::gateway
