// Documents of applications that come piece by piece. At the competent authority the case opens when all of its
// document is there, and no sooner: until then no list shows it, nobody can act on it, and no clock of it runs. What
// became of it is told to the holder's side in a message of its own (DocumentArrival).
//
// Thread-safety: thread-safe. Ownership: the context must outlive them.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/contents/arrivals.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// Cases of one node that arrive at a time, and those that it was not told of yet that they will not open. With the size
// of a document that bounds what it can have here without opening any, in pieces and in their evidence.
inline constexpr int kArrivingCasesMax = 32;

// How long the holder's side waits to be told what became of a document, from the application: that can be received at
// the end of its life, the pieces be asked for as long from then on, and what became of them be told as long again:
// three times base::kExchangeLifeMax, and a day.
inline constexpr absl::Duration kArrivalToldWithin = absl::Hours(24 * 22);

// At the competent authority.
class ArrivingCases : public contents::Receiver {
 public:
  explicit ArrivingCases(const CaseContext* context) : context_(context) {}

  // Keeps a case as it was received, without its document, and asks for the first piece. The life of a message from
  // then on is the time for all of them. Problem: kOverloaded.
  absl::Status Begin(const v1::RecognitionCase& content, absl::string_view authorisation_id,
                     base::Transaction& tx) const;

  absl::StatusOr<std::optional<contents::Awaited>> FindAwaited(absl::string_view resource,
                                                               base::Transaction& tx) const override;
  absl::Status Complete(absl::string_view resource, base::Transaction& tx) override;
  absl::Status Refuse(absl::string_view resource, const absl::Status& problem, const relay::v1::Envelope* evidence,
                      base::Transaction& tx) override;
  absl::Status Spoil(absl::string_view resource, const absl::Status& problem, base::Transaction& tx) override;

 private:
  absl::Status Tell(const v1::RecognitionCase& content, const absl::Status& problem, base::Transaction& tx) const;

  const CaseContext* context_;
};

// On the holder's side: takes what became of a document that was set aside for the sender. What was set aside is
// deleted. A reason that this release does not know is taken as kPeerRefused. Refusals: kFieldMissing, kFieldInvalid,
// kInputTooLarge, kResourceNotFound.
class DocumentArrivalHandler : public relay::Handler {
 public:
  explicit DocumentArrivalHandler(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// On the holder's side: looks at a case that is due (kArrivalToldWithin). If nobody has told what became of its
// document, that was not received, and what was set aside is deleted. Does nothing to one that was changed since it was
// claimed.
absl::Status EndUntold(const CaseContext& context, const StoredCase& claimed);

// At the competent authority: what became of that message. Of a case that did not open, no piece is kept, and its place
// is free.
class DocumentArrivalReceipts : public relay::AnswerHandler {
 public:
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;
};

}  // namespace passerelle::recognition
