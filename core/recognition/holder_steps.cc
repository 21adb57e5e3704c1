#include "core/recognition/holder_steps.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/port/random.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/plain_text.h"
#include "core/recognition/transitions.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

constexpr v1::CaseStep kHolderSteps[] = {v1::CASE_STEP_SUPPLY, v1::CASE_STEP_APPEAL, v1::CASE_STEP_WITHDRAW};

bool IsHolderStep(v1::CaseStep step) {
  return std::find(std::begin(kHolderSteps), std::end(kHolderSteps), step) != std::end(kHolderSteps);
}

// "supply", for events.
std::string StepWord(v1::CaseStep step) { return absl::AsciiStrToLower(StepName(step)); }

absl::Status CheckMessage(const v1::HolderStep& step) {
  RETURN_IF_ERROR(CheckSharedId("case_id", step.case_id()));
  if (!IsHolderStep(step.step())) return Problem(Reason::kFieldInvalid, "step", "it is no step of the holder");
  if (!step.evidence_sha256().empty() && !base::IsSha256Hex(step.evidence_sha256())) {
    return Problem(Reason::kFieldInvalid, "evidence_sha256", "64 lower-case hexadecimal digits are expected");
  }
  return CheckPlainTexts("", step);
}

// A step can be here before the whole document is: it is to be repeated then, so that it is not lost.
absl::Status CheckNotArriving(absl::string_view id, const std::string& sender, base::Transaction& tx) {
  const absl::StatusOr<v1::RecognitionCase> arriving = LoadArriving(id, tx);
  if (!arriving.ok()) return IsGone(arriving.status()) ? absl::OkStatus() : arriving.status();
  return arriving->applicant_node() == sender
             ? Problem(Reason::kOverloaded, "case_id", "the document of the case is still arriving")
             : absl::OkStatus();
}

v1::CaseAction ActionOf(const v1::HolderStep& step, const relay::Opened& message, const v1::RecognitionCase& content) {
  v1::CaseAction action;
  action.set_step(step.step());
  action.set_role(v1::CASE_ACTOR_HOLDER);
  action.set_actor(NodeActor(message.header.sender));
  action.set_reason(step.reason());
  *action.mutable_items() = step.items();
  // Without a document of its own, the message itself is what the step rests on.
  action.set_evidence_sha256(step.evidence_sha256().empty() ? message.sha256 : step.evidence_sha256());
  action.set_revision(content.procedure().revision());
  return action;
}

}  // namespace

absl::Status CheckHolderStep(const v1::CaseAction& action, const v1::RecognitionCase& content) {
  if (action.ByteSizeLong() > kCaseActionBytesMax) return Problem(Reason::kInputTooLarge, "action");
  if (action.step() == v1::CASE_STEP_UNSPECIFIED) return Problem(Reason::kFieldMissing, "action.step");
  if (!IsHolderStep(action.step())) {
    return Problem(Reason::kActorNotAllowed, "action.step", "the holder's side supplies, appeals and withdraws");
  }
  if (action.role() != v1::CASE_ACTOR_UNSPECIFIED && action.role() != v1::CASE_ACTOR_HOLDER) {
    return Problem(Reason::kClientNotAllowed, "action.role");
  }
  if (action.step() == v1::CASE_STEP_SUPPLY && action.items().empty()) {
    return Problem(Reason::kFieldMissing, "action.items");
  }
  if (!action.evidence_sha256().empty() && !base::IsSha256Hex(action.evidence_sha256())) {
    return Problem(Reason::kFieldInvalid, "action.evidence_sha256", "64 lower-case hexadecimal digits are expected");
  }
  RETURN_IF_ERROR(CheckPlainTexts("action", action));
  if (content.state() == v1::CASE_STATE_NOT_DELIVERED) {
    return Problem(Reason::kTransitionNotAllowed, "state", "the case did not reach the authority");
  }
  if (action.revision() != content.outcome().revision()) return Problem(Reason::kEtagMismatch, "revision");
  if (content.events_size() >= kCaseEventsMax) return Problem(Reason::kInputTooLarge, "events");
  return absl::OkStatus();
}

absl::Status SendHolderStep(const CaseContext& context, absl::string_view client, const v1::CaseAction& action,
                            StoredCase* stored, base::Transaction& tx) {
  const absl::Time now = context.options.clock->Now();
  v1::RecognitionCase& content = stored->content;
  v1::HolderStep step;
  step.set_case_id(content.id());
  step.set_step(action.step());
  step.set_reason(action.reason());
  *step.mutable_items() = action.items();
  step.set_evidence_sha256(action.evidence_sha256());
  step.set_told_revision(content.outcome().revision());
  relay::Outgoing message;
  message.id = base::NewUuid(*context.options.random);
  message.recipient = content.authority_node();
  message.type = step.GetTypeName();
  message.body = step.SerializeAsString();
  message.resource = content.id();
  message.expires_at = now + base::kExchangeLifeMax;
  RETURN_IF_ERROR(context.outbox->Put(message, tx));
  Apply({content.state(), std::string(client),
         absl::StrCat(StepWord(action.step()), " recorded for ", content.authority_node()), now},
        &content);
  content.mutable_events()->rbegin()->set_step(action.step());
  content.mutable_events()->rbegin()->set_role(v1::CASE_ACTOR_HOLDER);
  return UpdateCase(*stored, tx);
}

std::string HolderStepHandler::Type() const { return v1::HolderStep::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> HolderStepHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                       base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, kCaseActionBytesMax));
  v1::HolderStep step;
  if (!step.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  RETURN_IF_ERROR(CheckMessage(step));
  absl::StatusOr<StoredCase> stored = LoadCase(step.case_id(), tx);
  const bool absent = !stored.ok() && base::ReasonOf(stored.status()) == Reason::kResourceNotFound;
  if (!stored.ok() && !absent) return stored.status();
  if (absent) RETURN_IF_ERROR(CheckNotArriving(step.case_id(), message.header.sender, tx));
  // A case that somebody else submitted is answered like one that is not there.
  if (absent || stored->content.applicant_node() != message.header.sender ||
      stored->content.authority_node() != context_->options.node) {
    return Problem(Reason::kResourceNotFound, "case_id");
  }
  v1::RecognitionCase& content = stored->content;
  RETURN_IF_ERROR(CheckRoom(content, message.body.size()));
  const v1::RecognitionPolicy* const policy = context_->PolicyFor(content.purpose());
  if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
  // Whoever appeals or supplies has to know what there is to appeal against, or to supply. Who withdraws need not.
  if (step.step() != v1::CASE_STEP_WITHDRAW && step.told_revision() != content.outcome().revision()) {
    return Problem(Reason::kEtagMismatch, "told_revision");
  }
  if (message.envelope != nullptr) *content.add_evidence() = *message.envelope;
  RETURN_IF_ERROR(TakeAndFollowUp(*context_, *policy, ActionOf(step, message, content), &*stored, tx));
  return MakeReceipt(message, step.case_id(), context_->options.clock->Now());
}

std::string HolderStepAnswers::Type() const { return v1::HolderStep::descriptor()->full_name(); }

absl::Status HolderStepAnswers::HandleAnswer(const relay::Outgoing& message,
                                             const absl::StatusOr<relay::Answer>& answer,
                                             const relay::v1::Envelope* evidence, base::Transaction& tx) {
  absl::StatusOr<StoredCase> found = LoadCase(message.resource, tx);
  if (IsGone(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  StoredCase& stored = *found;
  v1::HolderStep step;
  if (!step.ParseFromString(message.body)) return Problem(Reason::kInternal, "body");
  CaseChange change{stored.content.state(), "", "", context_->options.clock->Now()};
  NoteAnswer({StepWord(step.step()), stored.content.authority_node(), stored.content.id()}, answer, evidence, &change,
             &stored.content);
  Apply(change, &stored.content);
  return UpdateCase(stored, tx);
}

}  // namespace passerelle::recognition
