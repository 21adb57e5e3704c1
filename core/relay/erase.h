// Erases what a node keeps of the content of a message (GDPR, Article 17). That there was one, and its leaf in the log,
// stay; the log still verifies.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/relay/message_log.h"

namespace passerelle::relay {

// As sender: the kept message and answer, and the answer in the outbox. As receiver: the kept message and answer, and
// the answer in the inbox; a message that is repeated after that is refused with kEvidenceErased. Erasing again does
// nothing, nor does erasing what was never kept. Problem: kFieldInvalid at "state" for a message that has not come to
// its end.
absl::Status EraseContent(evidence::v1::Side side, const MessageName& message, base::Transaction& tx);

// The same for every message that belongs to a resource, such as a case, but for those that are on their way.
absl::Status EraseMessagesOf(absl::string_view resource, base::Transaction& tx);

// Whether a message was ever put that belongs to a resource, or anything of one is or was kept.
absl::StatusOr<bool> HasMessages(absl::string_view resource, base::Transaction& tx);

// When the last message of a resource that is on its way is given up; nullopt when none is.
absl::StatusOr<std::optional<absl::Time>> OnItsWayUntil(absl::string_view resource, base::Transaction& tx);

}  // namespace passerelle::relay
