#include "core/relay/erase.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/relay/inbox.h"
#include "core/relay/outbox.h"

namespace passerelle::relay {
namespace {

// Kept messages that are read at a time; each can be as large as a message may be.
constexpr int kKeptPage = 8;

}  // namespace

absl::Status EraseContent(evidence::v1::Side side, const MessageName& message, base::Transaction& tx) {
  // First what says whether it has ended; a question without lasting effect stands in the log alone.
  RETURN_IF_ERROR(side == evidence::v1::SIDE_SENDER ? Outbox::EraseAnswer(message.id, tx)
                                                    : Inbox::EraseAnswer(message.peer, message.id, tx));
  const absl::Status erased = MessageLog::Erase(side, message, tx);
  return base::ReasonOf(erased) == base::Reason::kResourceNotFound ? absl::OkStatus() : erased;
}

absl::Status EraseMessagesOf(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Outbox::Known> sent, Outbox::MessagesOf(resource, tx));
  for (const Outbox::Known& message : sent) {
    if (!message.ended) continue;
    RETURN_IF_ERROR(EraseContent(evidence::v1::SIDE_SENDER, {message.recipient, message.id}, tx));
  }
  std::string after;
  for (size_t count = kKeptPage; count == kKeptPage;) {
    ASSIGN_OR_RETURN(const std::vector<MessageLog::Kept> kept, MessageLog::KeptOf(resource, after, kKeptPage, tx));
    for (const MessageLog::Kept& message : kept) RETURN_IF_ERROR(EraseContent(message.side, message.name, tx));
    count = kept.size();
    if (count > 0) after = kept.back().key;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> HasMessages(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const bool put, Outbox::HasMessagesOf(resource, tx));
  if (put) return true;
  ASSIGN_OR_RETURN(const std::vector<MessageLog::Kept> kept, MessageLog::KeptOf(resource, "", 1, tx));
  return !kept.empty();
}

absl::StatusOr<std::optional<absl::Time>> OnItsWayUntil(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::vector<Outbox::Known> sent, Outbox::MessagesOf(resource, tx));
  std::optional<absl::Time> until;
  for (const Outbox::Known& message : sent) {
    if (!message.ended) until = std::max(until.value_or(message.expires_at), message.expires_at);
  }
  return until;
}

}  // namespace passerelle::relay
