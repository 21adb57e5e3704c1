#include "core/recognition/case_handlers.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_outcomes.h"
#include "core/recognition/case_receipts.h"
#include "core/recognition/case_records.h"
#include "core/recognition/case_steps.h"
#include "core/recognition/machine_steps.h"
#include "core/recognition/plain_text.h"
#include "core/recognition/procedure.h"
#include "core/relay/erase.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

// Bytes of an outcome. The largest that this node makes holds what a check may make of a document (case_checks.cc),
// twice the largest step that a person may take; and a decision, grounds and missing items, which are those of steps.
constexpr size_t kOutcomeBytesMax = 4 * kCaseActionBytesMax;

// Texts that are kept with every case, and are short.
absl::Status CheckShort(absl::string_view field, const std::string& text) {
  if (text.size() > base::kIdBytesMax) return Problem(Reason::kFieldInvalid, field, "it is longer than an id may be");
  return CheckPlainText(field, text);
}

// Pieces of the largest document at a node that cuts its own documents into pieces of that size: no other needs more.
uint32_t DocumentPiecesMax(uint32_t piece_bytes) {
  return static_cast<uint32_t>((base::kDocumentBytesMax + piece_bytes - 1) / piece_bytes);
}

// A document that comes later, piece by piece. `piece_bytes` is what this node cuts its own documents into.
absl::Status CheckDescribed(const v1::RecognitionApplication& application, uint32_t piece_bytes) {
  if (!application.document().content().empty()) {
    return Problem(Reason::kFieldInvalid, "document_bytes", "the document is here");
  }
  if (application.document_bytes() > base::kDocumentBytesMax) {
    return Problem(Reason::kInputTooLarge, "document_bytes");
  }
  if (!base::IsSha256Hex(application.document().sha256())) {
    return Problem(Reason::kFieldInvalid, "document.sha256", "64 lower-case hexadecimal digits are expected");
  }
  const contents::Content document = DocumentInPieces(application);
  if (!document.IsBounded() || document.pieces() > DocumentPiecesMax(piece_bytes)) {
    return Problem(Reason::kFieldInvalid, "piece_bytes", "it is no size of pieces in which a document could come");
  }
  if (!base::IsUuid(application.authorisation_id())) {
    return Problem(Reason::kFieldInvalid, "authorisation_id", "it is not a UUID");
  }
  return absl::OkStatus();
}

absl::Status CheckDocument(const document::v1::CredentialDocument& document) {
  if (document.content().empty()) return Problem(Reason::kFieldMissing, "document.content");
  if (document.content().size() > base::kDocumentBytesMax) return Problem(Reason::kInputTooLarge, "document.content");
  if (document.sha256() != base::Sha256Hex(document.content())) {
    return Problem(Reason::kFieldInvalid, "document.sha256", "it is not the digest of the content");
  }
  return absl::OkStatus();
}

absl::Status CheckApplication(const v1::RecognitionApplication& application, const Cases::Options& options) {
  RETURN_IF_ERROR(CheckSharedId("case_id", application.case_id()));
  RETURN_IF_ERROR(CheckShort("holder_pseudonym", application.holder_pseudonym()));
  RETURN_IF_ERROR(CheckShort("issuing_node", application.issuing_node()));
  RETURN_IF_ERROR(CheckShort("authorisation_id", application.authorisation_id()));
  if (application.purpose() == sharing::v1::PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  RETURN_IF_ERROR(CheckShort("document.format", application.document().format()));
  RETURN_IF_ERROR(CheckShort("document.media_type", application.document().media_type()));
  return application.document_bytes() > 0 && options.arrivals != nullptr
             ? CheckDescribed(application, options.piece_bytes)
             : CheckDocument(application.document());
}

// A document that comes as a whole while pieces of it are awaited is to come again, so that it is not lost.
absl::Status CheckNotAwaited(const v1::RecognitionApplication& application, base::Transaction& tx) {
  if (application.document().content().empty()) return absl::OkStatus();
  const absl::Status arriving = LoadArriving(application.case_id(), tx).status();
  if (!arriving.ok()) return IsGone(arriving) ? absl::OkStatus() : arriving;
  return Problem(Reason::kOverloaded, "case_id", "the document of the case is still arriving");
}

absl::Status Taken() { return Problem(Reason::kFieldInvalid, "case_id", "it is taken"); }

// Whether an id is new here. Under one that was in use, for a case that has ended or for anything else, messages of
// both would belong together, and be erased together.
absl::Status CheckUnused(absl::string_view case_id, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const bool used, relay::HasMessages(case_id, tx));
  return used ? Taken() : absl::OkStatus();
}

// Takes the document out of the application, so that it is not there twice.
v1::RecognitionCase ReceivedCase(v1::RecognitionApplication* application, const relay::Opened& message,
                                 absl::Time now) {
  v1::RecognitionCase content;
  content.set_id(application->case_id());
  content.set_applicant_node(message.header.sender);
  content.set_authority_node(message.header.audience);
  content.set_issuing_node(application->issuing_node());
  content.set_holder_pseudonym(application->holder_pseudonym());
  content.set_purpose(application->purpose());
  content.mutable_document()->Swap(application->mutable_document());
  if (content.document().content().empty()) {
    content.set_document_bytes(application->document_bytes());
    content.set_piece_bytes(application->piece_bytes());
  }
  *content.mutable_create_time() = base::ToProto(now);
  // It came under the holder's authorisation, which the holder's own node has used up for it.
  content.set_state(v1::CASE_STATE_DRAFT);
  content.mutable_procedure()->set_consent(v1::KNOWN_YES);
  return content;
}

// The application as the first step of the procedure. The signed message is not kept a second time beside its document;
// its digest is.
v1::CaseAction Submission(const relay::Opened& message) {
  v1::CaseAction action;
  action.set_step(v1::CASE_STEP_SUBMIT);
  action.set_role(v1::CASE_ACTOR_HOLDER);
  action.set_actor(NodeActor(message.header.sender));
  action.set_reason("application received");
  action.set_evidence_sha256(message.sha256);
  return action;
}

absl::Status CheckOutcome(const v1::RecognitionOutcome& outcome) {
  RETURN_IF_ERROR(CheckSharedId("case_id", outcome.case_id()));
  switch (outcome.state()) {
    case v1::CASE_STATE_UNSPECIFIED:
    case v1::CASE_STATE_SUBMITTED:
    case v1::CASE_STATE_NOT_DELIVERED:
    case v1::CASE_STATE_DRAFT:
      return Problem(Reason::kFieldInvalid, "state", "it is no state of an outcome");
    default:
      break;
  }
  if (!v1::CaseState_IsValid(outcome.state())) return Problem(Reason::kFieldInvalid, "state", "it is not known");
  const bool decides = outcome.decision() != v1::DECISION_KIND_UNSPECIFIED;
  if (decides != IsDecided(outcome.state()) || !v1::DecisionKind_IsValid(outcome.decision())) {
    return Problem(Reason::kFieldInvalid, "decision", "a kind of decision belongs to a decided case, and to no other");
  }
  return absl::OkStatus();
}

std::string OutcomeEvent(v1::CaseState state) {
  switch (state) {
    case v1::CASE_STATE_DECIDED:
      return "outcome received: decided";
    case v1::CASE_STATE_INCOMPLETE:
      return "outcome received: something is missing";
    case v1::CASE_STATE_EVALUATION:
      return "outcome received: an evaluator takes over";
    default:
      return absl::StrCat("outcome received: the case is ",
                          absl::StrReplaceAll(absl::AsciiStrToLower(StateName(state)), {{"_", " "}}));
  }
}

// Whether the authority's node missed the document in its message: it is of a version that asks for no pieces.
bool TakesNoPieces(const absl::Status& answer, const relay::v1::Envelope* refusal) {
  return refusal != nullptr && base::ReasonOf(answer) == Reason::kFieldMissing &&
         base::PlaceOf(answer) == "document.content";
}

// Whether an outcome tells of the case as it was before one that is here already: messages can overtake each other.
bool IsOvertaken(const v1::RecognitionOutcome& outcome, const v1::RecognitionCase& content) {
  return content.outcome().revision() > 0 && outcome.revision() > 0 &&
         outcome.revision() <= content.outcome().revision();
}

}  // namespace

std::string ApplicationHandler::Type() const { return v1::RecognitionApplication::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> ApplicationHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                        base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, base::kDocumentBytesMax + kAroundContentBytesMax));
  v1::RecognitionApplication application;
  if (!application.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  // What this node does not know is not kept with the case.
  application.DiscardUnknownFields();
  RETURN_IF_ERROR(CheckApplication(application, context_->options));
  RETURN_IF_ERROR(CheckBody(message, application.document().content().size() + kAroundContentBytesMax));
  const v1::RecognitionPolicy* const policy = context_->PolicyFor(application.purpose());
  if (policy == nullptr) return Problem(Reason::kPurposeOutOfScope, "purpose");
  const absl::Time now = context_->options.clock->Now();
  const absl::StatusOr<v1::RecognitionCase> known = LoadAnyCase(application.case_id(), tx);
  if (known.ok()) {
    // The same applicant may say the same again in a new message; anything else is another case under a taken id.
    if (known->applicant_node() != message.header.sender ||
        known->document().sha256() != application.document().sha256() || known->purpose() != application.purpose()) {
      return Taken();
    }
    RETURN_IF_ERROR(CheckNotAwaited(application, tx));
    return MakeReceipt(message, application.case_id(), now);
  }
  if (base::ReasonOf(known.status()) != Reason::kResourceNotFound) return known.status();
  RETURN_IF_ERROR(CheckUnused(application.case_id(), tx));
  v1::RecognitionCase received = ReceivedCase(&application, message, now);
  RETURN_IF_ERROR(TakeStep(*policy, Submission(message), now, &received).status());
  RETURN_IF_ERROR(received.document_bytes() > 0 ? arriving_->Begin(received, application.authorisation_id(), tx)
                                                : InsertCase(received, now, tx));
  return MakeReceipt(message, application.case_id(), now);
}

std::string OutcomeHandler::Type() const { return v1::RecognitionOutcome::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> OutcomeHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                    base::Transaction& tx) {
  RETURN_IF_ERROR(CheckBody(message, kOutcomeBytesMax));
  v1::RecognitionOutcome outcome;
  if (!outcome.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  RETURN_IF_ERROR(CheckOutcome(outcome));
  absl::StatusOr<StoredCase> stored = LoadCase(outcome.case_id(), tx);
  const bool absent = !stored.ok() && base::ReasonOf(stored.status()) == Reason::kResourceNotFound;
  if (!stored.ok() && !absent) return stored.status();
  // A case of another authority is answered like one that is not there.
  if (absent || stored->content.authority_node() != message.header.sender ||
      stored->content.applicant_node() != context_->options.node) {
    return Problem(Reason::kResourceNotFound, "case_id");
  }
  v1::RecognitionCase& content = stored->content;
  // Only a later revision of the authority's own procedure changes what was decided.
  if (IsDecided(content.state()) && outcome.revision() == 0) return Problem(Reason::kCaseDecided, "case_id");
  if (outcome.document_sha256() != content.document().sha256()) {
    return Problem(Reason::kFieldInvalid, "document_sha256", "it is not the document of this case");
  }
  RETURN_IF_ERROR(CheckRoom(content, message.body.size()));
  const absl::Time now = context_->options.clock->Now();
  if (IsOvertaken(outcome, content)) {
    // It changes nothing: its digest says which message it was, and the message is not kept.
    Apply({content.state(), NodeActor(message.header.sender), "outcome received: a later one is here already", now,
           message.sha256},
          &content);
  } else {
    Apply({outcome.state(), NodeActor(message.header.sender), OutcomeEvent(outcome.state()), now, message.sha256},
          &content);
    content.mutable_events()->rbegin()->set_step(outcome.step());
    *content.mutable_outcome() = std::move(outcome);
    if (message.envelope != nullptr) *content.add_evidence() = *message.envelope;
  }
  RETURN_IF_ERROR(UpdateCase(*stored, tx));
  return MakeReceipt(message, content.id(), now);
}

std::string ApplicationAnswers::Type() const { return v1::RecognitionApplication::descriptor()->full_name(); }

absl::Status ApplicationAnswers::HandleAnswer(const relay::Outgoing& message,
                                              const absl::StatusOr<relay::Answer>& answer,
                                              const relay::v1::Envelope* evidence, base::Transaction& tx) {
  absl::StatusOr<StoredCase> found = LoadCase(message.resource, tx);
  if (IsGone(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  StoredCase& stored = *found;
  v1::RecognitionApplication application;
  if (!application.ParseFromString(message.body)) return Problem(Reason::kInternal, "body");
  const bool in_pieces = application.document_bytes() > 0;
  CaseChange change{stored.content.state(), "", "", context_->options.clock->Now()};
  const bool received = NoteAnswer({"application", stored.content.authority_node(), stored.content.id()}, answer,
                                   evidence, &change, &stored.content);
  // The outcome can be here before the receipt is; what it brought stays.
  if (stored.content.state() == v1::CASE_STATE_SUBMITTED) {
    if (in_pieces && TakesNoPieces(answer.status(), evidence)) {
      Apply(change, &stored.content);
      return SendWhole(message, std::move(application), &stored, tx);
    }
    // A document that goes in pieces is received when all of it is (DocumentArrival).
    const v1::CaseState once_received = in_pieces ? v1::CASE_STATE_SUBMITTED : v1::CASE_STATE_AUTO_CHECK;
    change.state = received ? once_received : v1::CASE_STATE_NOT_DELIVERED;
  }
  if (!received) RETURN_IF_ERROR(EraseSetAside(&stored, tx).status());
  Apply(change, &stored.content);
  return UpdateCase(stored, tx);
}

absl::Status ApplicationAnswers::SendWhole(const relay::Outgoing& message, v1::RecognitionApplication application,
                                           StoredCase* stored, base::Transaction& tx) const {
  v1::RecognitionCase& content = stored->content;
  RETURN_IF_ERROR(EraseSetAside(stored, tx).status());
  const absl::Time now = context_->options.clock->Now();
  // The holder can have ended it since the application was recorded.
  absl::Status stands =
      context_->options.authorisations->CheckStands(tx, application.authorisation_id(), content.authority_node());
  if (!stands.ok()) {
    if (base::ReasonOf(stands) != Reason::kAuthorisationInvalid) return stands;
    Apply({v1::CASE_STATE_NOT_DELIVERED, std::string(kSystem),
           absl::StrCat("application not sent as a whole: ", ReasonName(stands)), now},
          &content);
    return UpdateCase(*stored, tx);
  }
  content.clear_document_bytes();
  content.clear_piece_bytes();
  application.clear_document_bytes();
  application.clear_piece_bytes();
  ASSIGN_OR_RETURN(*application.mutable_document()->mutable_content(), LoadDocument(content, tx));
  relay::Outgoing again = message;
  again.id = base::NewUuid(*context_->options.random);
  again.body = application.SerializeAsString();
  RETURN_IF_ERROR(context_->outbox->Put(again, tx));
  Apply({content.state(), std::string(kSystem), "application sent as a whole: the node takes no pieces", now},
        &content);
  return UpdateCase(*stored, tx);
}

std::string OutcomeAnswers::Type() const { return v1::RecognitionOutcome::descriptor()->full_name(); }

absl::Status OutcomeAnswers::HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                          const relay::v1::Envelope* evidence, base::Transaction& tx) {
  absl::StatusOr<StoredCase> found = LoadCase(message.resource, tx);
  if (IsGone(found.status())) return absl::OkStatus();
  RETURN_IF_ERROR(found.status());
  StoredCase& stored = *found;
  CaseChange change{stored.content.state(), "", "", context_->options.clock->Now()};
  const bool received = NoteAnswer({"outcome", stored.content.applicant_node(), stored.content.id()}, answer, evidence,
                                   &change, &stored.content);
  Apply(change, &stored.content);
  v1::RecognitionOutcome told;
  const v1::RecognitionPolicy* const policy = context_->PolicyFor(stored.content.purpose());
  if (received && policy != nullptr && told.ParseFromString(message.body)) {
    const std::optional<v1::CaseAction> action = OnceTold(*policy, told, change.evidence_sha256, stored.content);
    if (action.has_value()) return TakeAndFollowUp(*context_, *policy, *action, &stored, tx);
  }
  return UpdateCase(stored, tx);
}

}  // namespace passerelle::recognition
