// Erasure between nodes: a node that was asked to erase asks those that hold a copy; each decides for its own.
//
// A case may be erased at its authority on the word of the node that submitted it, and of no other; that an authority
// erases its file is no reason for the holder's side to lose its own. What an exchange brought may be erased on the
// word of either side. Who asks for anything else is told that there is none.
//
// Thread-safety: thread-safe. Ownership: the context must outlive the handlers.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/erasure/erase_subject.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::erasure {

// Messages that one demand can name: more than the uses that an authorisation has in practice.
// Test: tests/unit/core/erasure/erasures_test.cc.
inline constexpr int kDemandMessagesMax = 200;

// What the parts of Erasures share.
struct ErasureContext {
  std::string node;
  const base::Clock* clock = nullptr;
  base::Random* random = nullptr;
  Rules rules;
  const relay::Outbox* outbox = nullptr;

  Ground GroundNow() const { return {node, &rules, clock->Now()}; }
};

// The other nodes that hold a copy of something, and what to ask them. Has to be called before it is erased here.
struct Holder {
  std::string node;
  v1::ErasureDemand demand;
};
absl::StatusOr<std::vector<Holder>> HoldersOfCase(const ErasureContext& context,
                                                  const recognition::v1::RecognitionCase& content);
absl::StatusOr<std::vector<Holder>> HoldersOfExchange(const exchange::v1::Exchange& exchange, base::Transaction& tx);
absl::StatusOr<std::vector<Holder>> HoldersOfAuthorisation(absl::string_view authorisation_id, base::Transaction& tx);

// Puts the demands into the outbox, and enters their nodes as not yet known.
absl::Status SendDemands(const ErasureContext& context, std::vector<Holder> holders, v1::Erasure* erasure,
                         base::Transaction& tx);

// The record of a request. kResourceNotFound at "id".
absl::StatusOr<v1::Erasure> LoadErasure(absl::string_view id, base::Transaction& tx);
absl::Status InsertErasure(const v1::Erasure& erasure, base::Transaction& tx);

// Takes the demands of other nodes. Refusals: kFieldInvalid, kInputTooLarge at "message_ids".
class DemandHandler : public relay::Handler {
 public:
  explicit DemandHandler(const ErasureContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const ErasureContext* const context_;
};

// Takes what other nodes answered. A node that did not answer stays unknown, with the reason.
class DemandAnswers : public relay::AnswerHandler {
 public:
  explicit DemandAnswers(const ErasureContext* context) : context_(context) {}
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;

 private:
  const ErasureContext* const context_;
};

}  // namespace passerelle::erasure
