// Receipts of messages about cases: how one is answered, and what a case keeps of what became of one.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/recognition/case_records.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::recognition {

// Bytes of a message around the content that it carries: ids, digests, a time, the names of a format. Ours take less
// than one KiB; a later release may say more.
inline constexpr size_t kAroundContentBytesMax = 64u << 10;
// Bytes of the signed answer to a message, which a case keeps. A receipt of ours takes one KiB with its envelope, a
// refusal a little more; what a register says of a document no more than these.
inline constexpr size_t kAnswerBytesMax = 64u << 10;
// Bytes of a case's record to which a message of the other side may still add. An ordinary case has a hundred KiB; at
// the bound stand dozens of the largest steps and outcomes, and a list that reads cases reads bounded bytes.
inline constexpr size_t kCaseBytesMax = 8u << 20;

// Whether the body of a message is no larger than that; asked before it is parsed. Problem: kInputTooLarge at "body".
absl::Status CheckBody(const relay::Opened& message, size_t bytes_max);

// Whether there is room in a case for one event more, with so many bytes. Problems: kInputTooLarge at "events" or
// "case".
absl::Status CheckRoom(const v1::RecognitionCase& content, size_t bytes);

// The answer to a message that had its effect on `resource`, to which the message belongs here.
relay::Reply MakeReceipt(const relay::Opened& message, absl::string_view resource, absl::Time now);

// Whether an answer is a receipt for `resource`, and no larger than one may be.
bool IsReceiptFor(const relay::Answer& answer, absl::string_view resource);

// A message about `resource` on its way to another node.
struct SentMessage {
  std::string what;  // for the event, such as "application"
  std::string peer;
  std::string resource;
};

// Writes into `change` what became of a message, and keeps the signed answer with the case, or only its digest where it
// is larger than an answer may be. Returns whether the message was received.
bool NoteAnswer(const SentMessage& sent, const absl::StatusOr<relay::Answer>& answer,
                const relay::v1::Envelope* evidence, CaseChange* change, v1::RecognitionCase* content);

// Whether a case or question is gone: it was erased while a message of it was on its way, and there is nobody to be
// told.
bool IsGone(const absl::Status& loaded);

// Whether a text is the id of a case or question between nodes: a UUID in lower case, because the id is a key on both
// sides. Problems, at `field`: kFieldMissing, kFieldInvalid.
absl::Status CheckSharedId(absl::string_view field, absl::string_view id);

}  // namespace passerelle::recognition
