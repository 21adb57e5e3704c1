// Exchanges: the asking side keeps a durable resource, the asked side answers from its register under an authorisation.
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
#include "core/document/adapter.h"
#include "core/federation/node_map.h"
#include "core/proof/jades/sealers.h"
#include "core/registers/register.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "core/sharing/authorisations.h"
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
    absl::Duration default_life = absl::Hours(24);
  };
  explicit Exchanges(Options options) : options_(std::move(options)) {}
  // Set once before use: the outbox needs this as handler, and this needs the outbox.
  void set_outbox(const relay::Outbox* outbox) { outbox_ = outbox; }

  // Records an exchange and its message in one transaction. Problems: kFieldMissing, kFieldInvalid, kNodeUnknown,
  // kRequestIdReused, kStoreUnavailable.
  absl::StatusOr<v1::Exchange> Create(absl::string_view client, const v1::CreateExchangeRequest& request);
  // The client's own exchange; kResourceNotFound for others'.
  absl::StatusOr<v1::Exchange> Get(absl::string_view client, absl::string_view id);
  absl::StatusOr<v1::ListExchangesResponse> List(absl::string_view client, const v1::ListExchangesRequest& request);

  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;
  absl::Status HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int attempts,
                             base::Transaction& tx) override;

 private:
  Options options_;
  const relay::Outbox* outbox_ = nullptr;
};

// The asked side: answers CredentialQuery with the originals, their translations and reports; of originals that hold
// what may not leave their register, the digest. Anything that is not covered, and anything that is not there, is the
// same kNotAvailable.
class CredentialQueryHandler : public relay::Handler {
 public:
  struct Options {
    registers::Register* reg = nullptr;  // null: this node issues nothing
    sharing::Authorisations* authorisations = nullptr;
    const document::Registry* adapters = nullptr;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    const proof::Sealers* sealers = nullptr;  // null or empty: translations go out unsealed
    // Elements of Annex I (document::ElementsOf) without which no translation is delivered: the original goes alone,
    // with LOSS_REFUSED in its report.
    std::vector<std::string> refuse_loss = {};
  };
  explicit CredentialQueryHandler(Options options) : options_(std::move(options)) {}

  std::string Type() const override;
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  Options options_;
};

}  // namespace passerelle::exchange
