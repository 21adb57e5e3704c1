// Exchanges: the asking side keeps a durable resource. The asked side is in credential_query.h.
//
// Thread-safety: thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/contents/arrivals.h"
#include "core/exchange/arriving_exchanges.h"
#include "core/federation/node_map.h"
#include "core/relay/outbox.h"
#include "passerelle/exchange/v1/exchange_service.pb.h"

namespace passerelle::exchange {

// The asking side.
class Exchanges : public relay::AnswerHandler {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    const federation::NodeMapHolder* nodes = nullptr;
    contents::Arrivals* arrivals = nullptr;  // of large contents; null where nothing is asked for
    absl::Duration default_life = absl::Hours(24);
  };
  explicit Exchanges(Options options)
      : options_(std::move(options)), arriving_(options_.node, options_.clock, options_.arrivals) {}
  // Set once before use: the outbox needs this as handler, and this needs the outbox.
  void set_outbox(const relay::Outbox* outbox) { outbox_ = outbox; }

  // Records an exchange and its message in one transaction. Problems: kFieldMissing, kFieldInvalid, kNodeUnknown,
  // kRequestIdReused, kStoreUnavailable.
  absl::StatusOr<v1::Exchange> Create(absl::string_view client, const v1::CreateExchangeRequest& request);
  // The client's own exchange; kResourceNotFound for others'. With large contents as far as they fit into an answer, if
  // they are not left out.
  absl::StatusOr<v1::Exchange> Get(absl::string_view client, absl::string_view id,
                                   bool without_large_contents = false) const;
  // Bytes of a content of it, at most a mebibyte. kFieldMissing, kFieldInvalid, kResourceNotFound.
  absl::StatusOr<v1::ReadContentResponse> ReadContent(absl::string_view client,
                                                      const v1::ReadContentRequest& request) const;
  absl::StatusOr<v1::ListExchangesResponse> List(absl::string_view client, const v1::ListExchangesRequest& request);

  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;
  absl::Status HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int attempts,
                             base::Transaction& tx) override;

 private:
  Options options_;
  ArrivingExchanges arriving_;
  const relay::Outbox* outbox_ = nullptr;
};

}  // namespace passerelle::exchange
