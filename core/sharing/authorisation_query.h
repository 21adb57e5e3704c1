// The explicit request between nodes: one asks for an authorisation, the other says where its holder can decide.
//
// The register is not asked, so that the answer tells nobody whether there is such a person, or anything about one.
// What became of the request the asking node learns when it asks for credentials: NOT_AVAILABLE for everything but an
// authorisation. Until the time of the request is over, whatever else it can ask is answered as if nothing had
// happened.
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
#include "passerelle/sharing/v1/stored.pb.h"

namespace passerelle::sharing {

// How long a holder has to log in, to look and to decide.
inline constexpr absl::Duration kRequestLife = absl::Minutes(30);
// Requests of one node within that time: a thousand in an hour. What is decided makes no room, so that nobody learns by
// it that something was.
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
  // A message that is refused names a holder too, and no request is there whose end would erase it.
  bool KeepsRefusals() const override { return false; }
  // Problems: those of CheckQuery, kRequestIdReused for other content but for the holder, kOverloaded for too many
  // requests, kStoreUnavailable.
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  absl::StatusOr<v1::StoredRequest> FindOrInsert(const std::string& receiver, v1::AuthorisationQuery query,
                                                 absl::Time now, base::Transaction& tx);

  const Options options_;
};

// Asks `request.peer()`: `answered` is called once, as relay::Outbox::Ask says, unless this returns a problem: those of
// CheckQuery, and kFieldMissing at "peer". Who the holder is stays in no evidence of this node.
absl::Status AskForAuthorisation(const relay::Outbox& outbox, const v1::RequestAuthorisationRequest& request,
                                 absl::Time now, std::function<void(absl::StatusOr<relay::Answer>)> answered);
// What came back. Problems: that of the answer, kNodeUnknown at "peer", kPeerAnswerInvalid.
absl::StatusOr<v1::RequestedAuthorisation> ReadRequested(const absl::StatusOr<relay::Answer>& answer);

}  // namespace passerelle::sharing
