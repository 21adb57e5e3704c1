// Exchanges of which pieces are still missing: shown to nobody until every content is there.
//
// Thread-safety: thread-safe.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/base/port/clock.h"
#include "core/base/port/store.h"
#include "core/contents/arrivals.h"
#include "core/relay/outbox.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::exchange {

class ArrivingExchanges : public contents::Receiver {
 public:
  // `node` is this one. `arrivals` is told of it, and can be null where nothing is asked for; it and the clock must
  // outlive it.
  ArrivingExchanges(std::string node, const base::Clock* clock, contents::Arrivals* arrivals)
      : node_(std::move(node)), clock_(clock), arrivals_(arrivals) {
    if (arrivals_ != nullptr) arrivals_->AddReceiver(this);
  }
  ArrivingExchanges(const ArrivingExchanges&) = delete;
  ArrivingExchanges& operator=(const ArrivingExchanges&) = delete;

  // Keeps a delivery with large contents, checked otherwise, and asks for the first piece. `query` is the message that
  // it answers.
  absl::Status Begin(const v1::Exchange& exchange, const relay::Outgoing& query, base::Transaction& tx) const;

  absl::StatusOr<std::optional<contents::Awaited>> FindAwaited(absl::string_view resource,
                                                               base::Transaction& tx) const override;
  absl::Status Proceed(absl::string_view resource, base::Transaction& tx) override;
  absl::Status Complete(absl::string_view resource, base::Transaction& tx) override;
  absl::Status Refuse(absl::string_view resource, const absl::Status& problem, const relay::v1::Envelope* evidence,
                      base::Transaction& tx) override;
  absl::Status Spoil(absl::string_view resource, const absl::Status& problem, base::Transaction& tx) override;
  absl::Status NoteAttempt(absl::string_view resource, const absl::Status& problem, base::Transaction& tx) override;

 private:
  absl::StatusOr<v1::Exchange> LoadNow(absl::string_view resource, base::Transaction& tx) const;

  const std::string node_;
  const base::Clock* const clock_;
  contents::Arrivals* const arrivals_;
};

}  // namespace passerelle::exchange
