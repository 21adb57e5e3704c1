// Erases this node's own copy of something, as far as nothing stands against it, and says what became of each part.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/erasure/retention.h"
#include "core/relay/message_log.h"
#include "passerelle/erasure/v1/erasure.pb.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::erasure {

// This node, its rules, and now.
struct Ground {
  std::string node;
  const Rules* rules = nullptr;
  absl::Time now;
};

// Words for items.
inline constexpr absl::string_view kCaseItem = "case";
inline constexpr absl::string_view kDocumentsItem = "documents";
inline constexpr absl::string_view kAuthorisationItem = "authorisation";
inline constexpr absl::string_view kMessagesItem = "messages";

// A case with its messages: all of it is the file, and kept or erased as one.
absl::StatusOr<v1::NodeErasure> EraseCase(const Ground& ground, const recognition::v1::RecognitionCase& content,
                                          base::Transaction& tx);
// What an exchange brought, with its messages. That there was one stays.
absl::StatusOr<v1::NodeErasure> EraseExchange(const Ground& ground, const exchange::v1::Exchange& exchange,
                                              base::Transaction& tx);
// An authorisation, as far as it is not needed as proof, and the messages that delivered what it covers.
absl::StatusOr<v1::NodeErasure> EraseAuthorisation(const Ground& ground,
                                                   const sharing::v1::Authorisation& authorisation,
                                                   base::Transaction& tx);
// What is kept of one message that came from another node.
absl::StatusOr<v1::NodeErasure> EraseReceivedMessage(const Ground& ground, const relay::MessageName& message,
                                                     base::Transaction& tx);

// An answer without anything to erase.
v1::NodeErasure NothingFound(const Ground& ground);

// Why the first item that was kept had to be, for people: "APPEAL_OPEN until 2026-05-01, says Recognition authority".
// Empty when nothing was kept.
std::string WhyKept(const v1::NodeErasure& erasure);

// Adds what became of another thing to an answer: of items of the same name, what was kept goes before what was erased,
// and that before what there was none of.
void Add(const v1::NodeErasure& more, v1::NodeErasure* erasure);

}  // namespace passerelle::erasure
