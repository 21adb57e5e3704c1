#include "core/relay/erase.h"

#include <optional>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::relay {

absl::Status EraseContent(evidence::v1::Side side, const MessageName& message, base::Transaction& tx) {
  // First what says whether it has ended; a question without lasting effect stands in the log alone.
  RETURN_IF_ERROR(side == evidence::v1::SIDE_SENDER ? Outbox::EraseAnswer(message.id, tx)
                                                    : Inbox::EraseAnswer(message.peer, message.id, tx));
  const absl::Status erased = MessageLog::Erase(side, message, tx);
  return base::ReasonOf(erased) == base::Reason::kResourceNotFound ? absl::OkStatus() : erased;
}

}  // namespace passerelle::relay
