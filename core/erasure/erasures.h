// Requests for erasure on every side: what a client asks for is erased here as far as it may be, the other nodes that
// hold a copy are asked, and what each of them answered is kept with the request.
//
// Thread-safety: thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/base/port/store.h"
#include "core/erasure/retention.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "passerelle/erasure/v1/erasure_service.pb.h"
#include "passerelle/recognition/v1/case_state.pb.h"

namespace passerelle::erasure {

class Erasures {
 public:
  struct Options {
    std::string node;
    base::Store* store = nullptr;
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    Rules rules;  // checked
  };
  explicit Erasures(Options options);
  ~Erasures();
  void set_outbox(const relay::Outbox* outbox);

  // Erases what `client` submitted or recorded; or, for a client that may act as decider, a case that was received
  // here. What has to be kept is an item of the answer, and no problem. Problems: kFieldMissing, kFieldInvalid,
  // kResourceNotFound at "subject.id", kRequestIdReused, kStoreUnavailable.
  absl::StatusOr<v1::Erasure> Create(absl::string_view client, absl::Span<const recognition::v1::CaseActor> roles,
                                     const v1::CreateErasureRequest& request);
  // A request of this client. kFieldMissing, kResourceNotFound at "id".
  absl::StatusOr<v1::Erasure> Get(absl::string_view client, absl::string_view id);

  // At the competent authority, by a client that may act as decider. Problems: kClientNotAllowed at "role",
  // kResourceNotFound at "subject.id", those of CheckHold, kRequestIdReused.
  absl::StatusOr<v1::Hold> SetHold(absl::string_view client, absl::Span<const recognition::v1::CaseActor> roles,
                                   const v1::SetHoldRequest& request);
  absl::Status LiftHold(absl::string_view client, absl::Span<const recognition::v1::CaseActor> roles,
                        const v1::LiftHoldRequest& request);

  // To be given to the inbox and the outbox.
  std::vector<relay::Handler*> handlers();
  std::vector<relay::AnswerHandler*> answer_handlers();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace passerelle::erasure
