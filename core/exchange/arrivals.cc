#include "core/exchange/arrivals.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchange_end.h"
#include "core/exchange/exchange_records.h"

namespace passerelle::exchange {
namespace {

using base::Problem;
using base::Reason;

absl::Status UnusablePiece(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kPeerAnswerInvalid, place, detail);
}

absl::StatusOr<v1::ContentQuery> ReadOwnQuery(const relay::Outgoing& message) {
  v1::ContentQuery query;
  if (!query.ParseFromString(message.body))
    return Problem(Reason::kStoreUnavailable, "outbox", "a body cannot be read");
  return query;
}

// Null for a content that the delivery does not name.
const Content* FindContent(const std::vector<Content>& contents, absl::string_view sha256) {
  const auto found =
      std::find_if(contents.begin(), contents.end(), [&](const Content& content) { return content.sha256 == sha256; });
  return found == contents.end() ? nullptr : &*found;
}

// The question after this one; nothing after the last piece of the last content.
std::optional<v1::ContentQuery> After(v1::ContentQuery query, const std::vector<Content>& contents) {
  const Content* content = FindContent(contents, query.sha256());
  query.set_piece(query.piece() + 1);
  if (query.piece() < content->pieces()) return query;
  if (++content == contents.data() + contents.size()) return std::nullopt;
  query.set_sha256(content->sha256);
  query.set_piece(0);
  return query;
}

// `bytes` is what it must have.
absl::StatusOr<std::string> ReadPiece(const relay::Answer& answer, const v1::Exchange& exchange, uint32_t bytes) {
  v1::ContentPiece piece;
  if (answer.opened.header.sender != exchange.peer())
    return UnusablePiece("sender", "it is not the node that was asked");
  if (answer.opened.header.type != piece.GetTypeName() || !piece.ParseFromString(answer.opened.body)) {
    return UnusablePiece("body", "it is not a ContentPiece");
  }
  if (piece.data().size() != bytes) {
    return UnusablePiece("data", "it does not have the bytes that the delivery says of it");
  }
  return std::move(*piece.mutable_data());
}

}  // namespace

absl::Status Arrivals::Begin(const v1::Exchange& exchange, const relay::Outgoing& query, base::Transaction& tx) const {
  const std::vector<Content> contents = LargeContents(exchange.documents());
  if (contents.empty()) return Problem(Reason::kInternal, "documents", "nothing of them is large");
  RETURN_IF_ERROR(UpdateExchange(exchange, /*with_delivery=*/false, tx));
  RETURN_IF_ERROR(InsertArriving(exchange, tx));
  v1::ContentQuery first;
  first.set_authorisation_id(exchange.authorisation_id());
  first.set_message_id(query.id);
  first.set_sha256(contents.front().sha256);
  return Ask(first, exchange, tx);
}

absl::Status Arrivals::Ask(const v1::ContentQuery& query, const v1::Exchange& exchange, base::Transaction& tx) const {
  relay::Outgoing message;
  message.id = base::NewUuid(*options_.random);
  message.recipient = exchange.peer();
  message.type = query.GetTypeName();
  message.body = query.SerializeAsString();
  message.resource = exchange.id();
  message.expires_at = base::FromProto(exchange.expire_time());
  return outbox_->Put(message, tx);
}

std::string Arrivals::Type() const { return v1::ContentQuery::descriptor()->full_name(); }

absl::Status Arrivals::HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                    const relay::v1::Envelope* evidence, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(message.resource, tx));
  if (exchange.state() != v1::EXCHANGE_STATE_PENDING) return absl::OkStatus();
  ASSIGN_OR_RETURN(exchange, LoadArriving(exchange.id(), tx));
  ASSIGN_OR_RETURN(const v1::ContentQuery query, ReadOwnQuery(message));
  const absl::Time now = options_.clock->Now();
  *exchange.mutable_update_time() = base::ToProto(now);
  if (!answer.ok()) {
    EndRefused(answer.status(), evidence, options_.node, now >= message.expires_at, &exchange);
    return End(&exchange, tx);
  }
  const absl::Status taken = TakePiece(query, *answer, &exchange, tx);
  if (taken.ok() || base::ReasonOf(taken) != Reason::kPeerAnswerInvalid) return taken;
  EndUnusable(taken, options_.node, &exchange);
  return End(&exchange, tx);
}

// Keeps the piece, and asks for the next or ends the exchange. kPeerAnswerInvalid for what cannot be used.
absl::Status Arrivals::TakePiece(const v1::ContentQuery& query, const relay::Answer& answer, v1::Exchange* exchange,
                                 base::Transaction& tx) const {
  const std::vector<Content> contents = LargeContents(exchange->documents());
  const Content* const content = FindContent(contents, query.sha256());
  if (content == nullptr) return Problem(Reason::kStoreUnavailable, "exchange", "it has no such content");
  ASSIGN_OR_RETURN(std::string data, ReadPiece(answer, *exchange, content->BytesOf(query.piece())));
  const ContentsOf of = ContentsOfExchange(exchange->id());
  RETURN_IF_ERROR(PutPiece(of, query.sha256(), query.piece(), std::move(data), absl::InfiniteFuture(), tx));
  const std::optional<v1::ContentQuery> next = After(query, contents);
  if (!next.has_value() || next->sha256() != query.sha256()) {
    ASSIGN_OR_RETURN(const bool whole, IsWhole(of, *content, tx));
    if (!whole) return UnusablePiece("sha256", "it is not the digest of the pieces");
  }
  exchange->clear_problem();
  if (next.has_value()) {
    RETURN_IF_ERROR(UpdateExchange(*exchange, /*with_delivery=*/false, tx));
    return Ask(*next, *exchange, tx);
  }
  EndDelivered(exchange);
  return End(exchange, tx);
}

// Pieces of what was not delivered are of no use.
absl::Status Arrivals::End(v1::Exchange* exchange, base::Transaction& tx) const {
  RETURN_IF_ERROR(DeleteArriving(exchange->id(), tx));
  if (exchange->state() != v1::EXCHANGE_STATE_DELIVERED) {
    RETURN_IF_ERROR(EraseContents(ContentsOfExchange(exchange->id()).owner, tx));
  }
  return UpdateExchange(*exchange, /*with_delivery=*/true, tx);
}

absl::Status Arrivals::HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int /*attempts*/,
                                     base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(message.resource, tx));
  if (exchange.state() != v1::EXCHANGE_STATE_PENDING) return absl::OkStatus();
  *exchange.mutable_problem() = ToProblem(problem, "");
  *exchange.mutable_update_time() = base::ToProto(options_.clock->Now());
  return UpdateExchange(exchange, /*with_delivery=*/false, tx);
}

}  // namespace passerelle::exchange
