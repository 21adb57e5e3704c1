// Receipts of messages about cases: how one is answered, and what a case keeps of what became of one.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/recognition/case_records.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// The answer to a message that had its effect on `resource`, to which the message belongs here.
relay::Reply MakeReceipt(const relay::Opened& message, absl::string_view resource, absl::Time now);

// Whether an answer is a receipt for `resource`.
bool IsReceiptFor(const relay::Answer& answer, absl::string_view resource);

// A message about `resource` on its way to another node.
struct SentMessage {
  std::string what;  // for the event, such as "application"
  std::string peer;
  std::string resource;
};

// Writes into `change` what became of a message, and keeps the signed answer with the case. Returns whether it was
// received.
bool NoteAnswer(const SentMessage& sent, const absl::StatusOr<relay::Answer>& answer,
                const relay::v1::Envelope* evidence, CaseChange* change, v1::RecognitionCase* content);

// Whether a case or question is gone: it was erased while a message of it was on its way, and there is nobody to be
// told.
bool IsGone(const absl::Status& loaded);

// Whether a text is the id of a case or question between nodes: a UUID in lower case, because the id is a key on both
// sides. Problems, at `field`: kFieldMissing, kFieldInvalid.
absl::Status CheckSharedId(absl::string_view field, absl::string_view id);

}  // namespace passerelle::recognition
