// The explicit request between nodes: one asks for an authorisation, the other says where its holder can decide.
//
// The register is not asked, so that the answer tells nobody whether there is such a person, or anything about one.
// What became of the request the asking node learns when it asks for credentials: NOT_AVAILABLE for everything but an
// authorisation.
//
// Thread-safety: thread-safe.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/base/port/random.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"
#include "passerelle/sharing/v1/preview.pb.h"

namespace passerelle::sharing {

// How long a holder has to log in, to look and to decide.
inline constexpr absl::Duration kRequestLife = absl::Minutes(30);
// Requests of one node that nobody has decided, at a time: a thousand in an hour, of which holders decide some at once.
inline constexpr int kRequestsOfANodeMax = 500;
// Bytes of a query.
inline constexpr size_t kQueryBytesMax = 16u << 10;

// What is wrong with a query at `now`: kFieldMissing, kFieldInvalid or kInputTooLarge, at a place such as
// "query.holder.family_name".
absl::Status CheckQuery(const v1::AuthorisationQuery& query, absl::Time now);

// Answers AuthorisationQuery.
class AuthorisationQueryHandler : public relay::Handler {
 public:
  struct Options {
    const base::Clock* clock = nullptr;
    base::Random* random = nullptr;
    std::string preview;  // address of the portal, without a fragment
  };
  explicit AuthorisationQueryHandler(Options options) : options_(std::move(options)) {}

  std::string Type() const override;
  // Problems: those of CheckQuery, kRequestIdReused, kOverloaded for too many open requests, kStoreUnavailable.
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const Options options_;
};

// Asks `request.peer()`: `answered` is called once, as relay::Outbox::Ask says, unless this returns a problem: those of
// CheckQuery, and kFieldMissing at "peer".
absl::Status AskForAuthorisation(const relay::Outbox& outbox, const v1::RequestAuthorisationRequest& request,
                                 absl::Time now, std::function<void(absl::StatusOr<relay::Answer>)> answered);
// What came back. Problems: that of the answer, kNodeUnknown at "peer", kPeerAnswerInvalid.
absl::StatusOr<v1::RequestedAuthorisation> ReadRequested(const absl::StatusOr<relay::Answer>& answer);

}  // namespace passerelle::sharing
