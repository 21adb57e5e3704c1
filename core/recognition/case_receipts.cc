#include "core/recognition/case_receipts.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/recognition/case_context.h"
#include "core/recognition/case_steps.h"
#include "passerelle/relay/v1/envelope.pb.h"

namespace passerelle::recognition {

using base::Problem;
using base::Reason;

absl::Status CheckBody(const relay::Opened& message, size_t bytes_max) {
  return message.body.size() > bytes_max ? Problem(Reason::kInputTooLarge, "body") : absl::OkStatus();
}

absl::Status CheckRoom(const v1::RecognitionCase& content, size_t bytes) {
  if (content.events_size() >= kCaseEventsMax) return Problem(Reason::kInputTooLarge, "events");
  if (content.ByteSizeLong() + bytes > kCaseBytesMax) return Problem(Reason::kInputTooLarge, "case");
  return absl::OkStatus();
}

relay::Reply MakeReceipt(const relay::Opened& message, absl::string_view resource, absl::Time now) {
  relay::v1::Receipt receipt;
  receipt.set_message_id(message.header.id);
  receipt.set_request_sha256(message.sha256);
  *receipt.mutable_recorded_at() = base::ToProto(now);
  receipt.set_resource(std::string(resource));
  return {receipt.GetTypeName(), receipt.SerializeAsString(), std::string(resource)};
}

bool IsReceiptFor(const relay::Answer& answer, absl::string_view resource) {
  if (answer.envelope.ByteSizeLong() > kAnswerBytesMax) return false;
  relay::v1::Receipt receipt;
  return answer.opened.header.type == receipt.GetTypeName() && receipt.ParseFromString(answer.opened.body) &&
         receipt.resource() == resource;
}

bool NoteAnswer(const SentMessage& sent, const absl::StatusOr<relay::Answer>& answer,
                const relay::v1::Envelope* evidence, CaseChange* change, v1::RecognitionCase* content) {
  const bool received = answer.ok() && IsReceiptFor(*answer, sent.resource);
  const relay::v1::Envelope* const envelope = answer.ok() ? &answer->envelope : evidence;
  change->actor = envelope != nullptr ? NodeActor(sent.peer) : std::string(kSystem);
  if (received) {
    change->reason = absl::StrCat(sent.what, " received by ", sent.peer);
  } else {
    const absl::Status problem =
        answer.ok() ? Problem(Reason::kPeerAnswerInvalid, "body", "it is no receipt for the case") : answer.status();
    change->reason =
        absl::StrCat(sent.what, envelope != nullptr ? " refused: " : " not delivered: ", ReasonName(problem));
  }
  if (envelope != nullptr) {
    change->evidence_sha256 = relay::EnvelopeSha256(*envelope);
    if (envelope->ByteSizeLong() <= kAnswerBytesMax) *content->add_evidence() = *envelope;
  }
  return received;
}

bool IsGone(const absl::Status& loaded) { return !loaded.ok() && base::ReasonOf(loaded) == Reason::kResourceNotFound; }

absl::Status CheckSharedId(absl::string_view field, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, field);
  if (!base::IsUuid(id) || id != absl::AsciiStrToLower(id)) {
    return Problem(Reason::kFieldInvalid, field, "it is not a UUID in lower case");
  }
  return absl::OkStatus();
}

}  // namespace passerelle::recognition
