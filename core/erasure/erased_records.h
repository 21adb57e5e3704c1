// What was erased, by name: so that it can be erased again in a store that was put back from a backup. The names are
// ids that say nothing of anybody.
//
//   case/<id>  exchange/<id>  authorisation/<id>  inquiry/<id>   the record, and the messages that belong to it
//   messages/<resource>                                          the messages alone
//   message/<peer>/<id>                                          what was kept of one message that came from another
//   node
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/relay/message_log.h"

namespace passerelle::erasure {

std::string NameOfCase(absl::string_view id);
std::string NameOfExchange(absl::string_view id);
std::string NameOfAuthorisation(absl::string_view id);
std::string NameOfInquiry(absl::string_view id);
std::string NameOfMessages(absl::string_view resource);
std::string NameOfMessage(const relay::MessageName& received);

// Notes that something was erased, once.
absl::Status NoteErased(absl::string_view name, absl::Time now, base::Transaction& tx);

// The names that were noted, in order, after the name `after`; NotFound when there is no such name.
absl::StatusOr<std::vector<std::string>> ListErased(absl::string_view after, int limit, base::Transaction& tx);

// Resources that were erased again while a message of theirs was on its way, after the resource `after`; NotFound when
// there is no such resource.
absl::StatusOr<std::vector<std::string>> ListLate(absl::string_view after, int limit, base::Transaction& tx);

// Erases the messages of such a resource, once none is on its way any more. Returns whether it did.
absl::StatusOr<bool> EraseLate(absl::string_view resource, base::Transaction& tx);

// Erases a message that came in with its answer, and what was set aside for the answer.
absl::Status EraseReceived(const relay::MessageName& message, base::Transaction& tx);

// Erases what has the name, if it is there and was not noted as erased, whatever stands against it: the decision was
// taken before. Of a message that is on its way, what its answer brings is left for EraseLate. Returns whether the name
// was new here. Problems: kFieldInvalid at "name" for what is no name, such as a torn line; those of the store.
absl::StatusOr<bool> EraseAgain(absl::string_view name, absl::Time now, base::Transaction& tx);

}  // namespace passerelle::erasure
