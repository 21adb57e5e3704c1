// Steps that the holder takes in a case: supplying what was asked for, an appeal, and withdrawing. The holder's side
// sends them to the competent authority as signed messages; the authority's node takes them by the table, and what
// becomes of them comes back as the answer and as the outcome that follows.
//
// Thread-safety: thread-safe. Ownership: the context must outlive the handlers.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_records.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// On the holder's side: whether a client that submitted a case can take this step in it. The revision is the one that
// the holder's side was last told of. Problems: kFieldMissing at "action.step" or "action.items", kActorNotAllowed at
// "action.step", kClientNotAllowed at "action.role", kFieldInvalid at "action.evidence_sha256", kInputTooLarge at
// "action", kTransitionNotAllowed at "state" for a case that never reached the authority, kEtagMismatch at "revision".
absl::Status CheckHolderStep(const v1::CaseAction& action, const v1::RecognitionCase& content);

// On the holder's side: puts a step that was checked into the outbox, with its event.
absl::Status SendHolderStep(const CaseContext& context, absl::string_view client, const v1::CaseAction& action,
                            StoredCase* stored, base::Transaction& tx);

// At the competent authority: takes a step of the holder, from the node that submitted the case, and from no other.
// Refusals: kFieldMissing, kFieldInvalid, kInputTooLarge, kResourceNotFound, kPurposeOutOfScope; kEtagMismatch at
// "told_revision" when the holder's side was not yet told of what happened meanwhile (a withdrawal is taken all the
// same); kOverloaded while the document of the case arrives; those of TakeStep.
class HolderStepHandler : public relay::Handler {
 public:
  explicit HolderStepHandler(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

// On the holder's side: what became of a step on its way, as an event of the case.
class HolderStepAnswers : public relay::AnswerHandler {
 public:
  explicit HolderStepAnswers(const CaseContext* context) : context_(context) {}
  std::string Type() const override;
  absl::Status HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                            const relay::v1::Envelope* evidence, base::Transaction& tx) override;

 private:
  const CaseContext* context_;
};

}  // namespace passerelle::recognition
