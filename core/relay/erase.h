// Erases what a node keeps of the content of a message (GDPR, Article 17). That there was one, and its leaf in the log,
// stay; the log still verifies.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include "absl/status/status.h"
#include "core/base/port/store.h"
#include "core/relay/message_log.h"

namespace passerelle::relay {

// As sender: the kept message and answer, and the answer in the outbox. As receiver: the kept message and answer, and
// the answer in the inbox; a message that is repeated after that is refused with kEvidenceErased. Erasing again does
// nothing, nor does erasing what was never kept. Problem: kFieldInvalid at "state" for a message that has not come to
// its end.
absl::Status EraseContent(evidence::v1::Side side, const MessageName& message, base::Transaction& tx);

}  // namespace passerelle::relay
