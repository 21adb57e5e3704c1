#include "core/contents/arrivals.h"

#include <algorithm>
#include <utility>

#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::contents {
namespace {

using base::Problem;
using base::Reason;
using exchange::v1::ContentPiece;
using exchange::v1::ContentQuery;

absl::Status UnusablePiece(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kPeerAnswerInvalid, place, detail);
}

absl::StatusOr<ContentQuery> ReadOwnQuery(const relay::Outgoing& message) {
  ContentQuery query;
  if (!query.ParseFromString(message.body))
    return Problem(Reason::kStoreUnavailable, "outbox", "a body cannot be read");
  return query;
}

// Null for a content that is not awaited.
const Content* FindContent(const std::vector<Content>& contents, absl::string_view sha256) {
  const auto found =
      std::find_if(contents.begin(), contents.end(), [&](const Content& content) { return content.sha256 == sha256; });
  return found == contents.end() ? nullptr : &*found;
}

// The question after this one; nothing after the last piece of the last content.
std::optional<ContentQuery> After(ContentQuery query, const std::vector<Content>& contents) {
  const Content* content = FindContent(contents, query.sha256());
  query.set_piece(query.piece() + 1);
  if (query.piece() < content->pieces()) return query;
  if (++content == contents.data() + contents.size()) return std::nullopt;
  query.set_sha256(content->sha256);
  query.set_piece(0);
  return query;
}

// `bytes` is what it must have.
absl::StatusOr<std::string> ReadPiece(const relay::Answer& answer, const std::string& peer, uint32_t bytes) {
  ContentPiece piece;
  if (answer.opened.header.sender != peer) return UnusablePiece("sender", "it is not the node that was asked");
  if (answer.opened.header.type != piece.GetTypeName() || !piece.ParseFromString(answer.opened.body)) {
    return UnusablePiece("body", "it is not a ContentPiece");
  }
  if (piece.data().size() != bytes) return UnusablePiece("data", "it does not have the bytes that were said of it");
  return std::move(*piece.mutable_data());
}

}  // namespace

absl::Status Arrivals::Begin(const Awaited& awaited, absl::string_view resource, absl::string_view authorisation_id,
                             absl::string_view goes_with, base::Transaction& tx) const {
  if (awaited.contents.empty()) return Problem(Reason::kInternal, "contents", "nothing is awaited");
  ContentQuery first;
  first.set_authorisation_id(std::string(authorisation_id));
  first.set_message_id(std::string(goes_with));
  first.set_sha256(awaited.contents.front().sha256);
  return Ask(first, awaited, resource, tx);
}

absl::Status Arrivals::Ask(const ContentQuery& query, const Awaited& awaited, absl::string_view resource,
                           base::Transaction& tx) const {
  relay::Outgoing message;
  message.id = base::NewUuid(*random_);
  message.recipient = awaited.peer;
  message.type = query.GetTypeName();
  message.body = query.SerializeAsString();
  message.resource = std::string(resource);
  message.expires_at = awaited.expires_at;
  return outbox_->Put(message, tx);
}

std::string Arrivals::Type() const { return ContentQuery::descriptor()->full_name(); }

absl::StatusOr<Arrivals::Waiting> Arrivals::FindWaiting(absl::string_view resource, base::Transaction& tx) const {
  for (Receiver* receiver : receivers_) {
    ASSIGN_OR_RETURN(std::optional<Awaited> awaited, receiver->FindAwaited(resource, tx));
    if (awaited.has_value()) return Waiting{receiver, *std::move(awaited)};
  }
  return Waiting();
}

absl::Status Arrivals::HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                    const relay::v1::Envelope* evidence, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const Waiting waiting, FindWaiting(message.resource, tx));
  if (waiting.receiver == nullptr) return absl::OkStatus();
  absl::Status taken = answer.ok() ? TakePiece(message, *answer, waiting, tx) : answer.status();
  if (answer.ok() && (taken.ok() || base::ReasonOf(taken) != Reason::kPeerAnswerInvalid)) return taken;
  // Pieces of what does not come as a whole are of no use.
  RETURN_IF_ERROR(EraseContents(waiting.awaited.of.owner, tx));
  return answer.ok() ? waiting.receiver->Spoil(message.resource, taken, tx)
                     : waiting.receiver->Refuse(message.resource, taken, evidence, tx);
}

// Keeps the piece, and asks for the next or tells that all are there. kPeerAnswerInvalid for what cannot be used.
absl::Status Arrivals::TakePiece(const relay::Outgoing& message, const relay::Answer& answer, const Waiting& waiting,
                                 base::Transaction& tx) const {
  const Awaited& awaited = waiting.awaited;
  ASSIGN_OR_RETURN(const ContentQuery query, ReadOwnQuery(message));
  const Content* const content = FindContent(awaited.contents, query.sha256());
  if (content == nullptr) return Problem(Reason::kStoreUnavailable, "contents", "there is no such content");
  ASSIGN_OR_RETURN(std::string data, ReadPiece(answer, awaited.peer, content->BytesOf(query.piece())));
  RETURN_IF_ERROR(PutPiece(awaited.of, query.sha256(), query.piece(), std::move(data), absl::InfiniteFuture(), tx));
  const std::optional<ContentQuery> next = After(query, awaited.contents);
  if (!next.has_value() || next->sha256() != query.sha256()) {
    ASSIGN_OR_RETURN(const bool whole, IsWhole(awaited.of, *content, tx));
    if (!whole) return UnusablePiece("sha256", "it is not the digest of the pieces");
  }
  if (!next.has_value()) return waiting.receiver->Complete(message.resource, tx);
  RETURN_IF_ERROR(waiting.receiver->Proceed(message.resource, tx));
  return Ask(*next, awaited, message.resource, tx);
}

absl::Status Arrivals::HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int /*attempts*/,
                                     base::Transaction& tx) {
  ASSIGN_OR_RETURN(const Waiting waiting, FindWaiting(message.resource, tx));
  return waiting.receiver == nullptr ? absl::OkStatus() : waiting.receiver->NoteAttempt(message.resource, problem, tx);
}

}  // namespace passerelle::contents
