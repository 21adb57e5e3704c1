#include "core/exchange/exchanges.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/page.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"
#include "core/exchange/exchange_end.h"
#include "core/exchange/exchange_records.h"
#include "core/exchange/offers.h"

namespace passerelle::exchange {
namespace {

using base::Problem;
using base::Reason;
using base::Table;
using contents::Content;
using contents::ContentsOf;

// Room for what stands around the contents in an answer to a client: reports, and the signed answer of the other node.
constexpr uint64_t kAnswerRoom = 16u << 20;

std::string ListName(absl::string_view client) { return absl::StrCat("exchanges/", client); }

absl::StatusOr<absl::Duration> LifeOf(const v1::CreateExchangeRequest& request, absl::Duration fallback) {
  const google::protobuf::Duration& limit = request.time_limit();
  if (limit.seconds() < 0 || limit.nanos() < 0 || limit.nanos() > 999'999'999) {
    return Problem(Reason::kFieldInvalid, "time_limit", "it is negative or no duration");
  }
  const absl::Duration life = base::FromProto(limit);
  if (life > base::kExchangeLifeMax) {
    return Problem(Reason::kFieldInvalid, "time_limit",
                   absl::StrCat("it is longer than ", absl::FormatDuration(base::kExchangeLifeMax)));
  }
  return life == absl::ZeroDuration() ? fallback : life;
}

// What needs neither node map nor store.
absl::Status CheckFields(const v1::CreateExchangeRequest& request, absl::string_view node) {
  RETURN_IF_ERROR(base::CheckRequestId(request.request_id()));
  if (request.peer().empty()) return Problem(Reason::kFieldMissing, "peer");
  if (request.peer() == node) return Problem(Reason::kFieldInvalid, "peer", "it is this node itself");
  if (request.authorisation_id().empty()) return Problem(Reason::kFieldMissing, "authorisation_id");
  if (!base::IsUuid(request.authorisation_id())) {
    return Problem(Reason::kFieldInvalid, "authorisation_id", "it is not a UUID");
  }
  if (request.purpose() == sharing::v1::PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  if (!sharing::v1::Purpose_IsValid(request.purpose())) {
    return Problem(Reason::kFieldInvalid, "purpose", "this purpose is not known");
  }
  return absl::OkStatus();
}

absl::Status CheckPeer(const federation::NodeMapHolder& nodes, const std::string& peer, absl::Time now) {
  absl::Status status = nodes.Get()->FindActive(peer, now).status();
  if (!status.ok() && base::ReasonOf(status) == Reason::kNodeUnknown) return Problem(Reason::kNodeUnknown, "peer");
  return status;
}

// What is large comes later, if its description can be believed at all. `bytes` is 0 for what is here.
absl::Status CheckLarge(absl::string_view place, absl::string_view sha256, uint64_t bytes, bool here,
                        uint32_t piece_bytes) {
  if (bytes == 0) return absl::OkStatus();
  if (here || !Content{std::string(sha256), bytes, piece_bytes}.IsBounded()) {
    return Problem(Reason::kPeerAnswerInvalid, place, "it is no content that could come in pieces");
  }
  return absl::OkStatus();
}

// Every document is what its digests say. Which fields were wrong is named; what stands in them is not.
absl::Status CheckDocument(const v1::DeliveredDocument& document, const std::string& place) {
  const std::string& original = document.document().content();
  RETURN_IF_ERROR(CheckLarge(absl::StrCat(place, ".document"), document.document().sha256(), document.original_bytes(),
                             !original.empty() || document.original_withheld(), document.piece_bytes()));
  RETURN_IF_ERROR(CheckLarge(absl::StrCat(place, ".translation"), document.translation().sha256(),
                             document.translation_bytes(), !document.translation().content().empty(),
                             document.piece_bytes()));
  const bool here = document.original_bytes() == 0 && !document.original_withheld();
  if (here == original.empty()) {
    return Problem(Reason::kPeerAnswerInvalid, absl::StrCat(place, ".document"),
                   original.empty() ? "it has no bytes" : "it is said to be withheld");
  }
  if (here && document.document().sha256() != base::Sha256Hex(original)) {
    return Problem(Reason::kPeerAnswerInvalid, absl::StrCat(place, ".document.sha256"),
                   "it is not the digest of the content");
  }
  if (document.translation_bytes() == 0 &&
      document.translation().sha256() != base::Sha256Hex(document.translation().content())) {
    return Problem(Reason::kPeerAnswerInvalid, absl::StrCat(place, ".translation.sha256"),
                   "it is not the digest of the content");
  }
  return absl::OkStatus();
}

absl::Status CheckDelivery(const v1::CredentialDelivery& delivery) {
  if (delivery.documents().empty()) return Problem(Reason::kPeerAnswerInvalid, "documents", "there are none");
  // An authorisation names no more.
  if (delivery.documents_size() > base::kAuthorisationCredentialsMax) {
    return Problem(Reason::kPeerAnswerInvalid, "documents", "there are too many");
  }
  uint64_t large = 0;
  for (int i = 0; i < delivery.documents_size(); ++i) {
    const v1::DeliveredDocument& document = delivery.documents(i);
    RETURN_IF_ERROR(CheckDocument(document, absl::StrCat("documents[", i, "]")));
    large += document.original_bytes() + document.translation_bytes();
  }
  // One digest is one content: what says that it is cut in another way could never be read.
  const std::vector<Content> contents = LargeContents(delivery.documents());
  const auto is_one = [&](absl::string_view sha256, uint64_t bytes, uint32_t piece_bytes) {
    return bytes == 0 || std::any_of(contents.begin(), contents.end(), [&](const Content& content) {
             return content.sha256 == sha256 && content.bytes == bytes && content.piece_bytes == piece_bytes;
           });
  };
  for (const v1::DeliveredDocument& document : delivery.documents()) {
    if (is_one(document.document().sha256(), document.original_bytes(), document.piece_bytes()) &&
        is_one(document.translation().sha256(), document.translation_bytes(), document.piece_bytes())) {
      continue;
    }
    return Problem(Reason::kPeerAnswerInvalid, "documents", "the same content has two sizes");
  }
  // Every piece is a message of its own, with all that it leaves behind.
  uint64_t pieces = 0;
  for (const Content& content : contents) pieces += content.pieces();
  if (large > base::kExchangeBytesMax || pieces > base::kPiecesMax) {
    return Problem(Reason::kPeerAnswerInvalid, "documents", "they are too large, or come in too many pieces");
  }
  return absl::OkStatus();
}

// Takes the documents over, or says why they cannot be.
absl::Status TakeDelivery(const relay::Answer& answer, v1::Exchange* exchange) {
  v1::CredentialDelivery delivery;
  if (answer.opened.header.sender != exchange->peer()) {
    return Problem(Reason::kPeerAnswerInvalid, "sender", "it is not the node that was asked");
  }
  if (answer.opened.header.type != delivery.GetTypeName() || !delivery.ParseFromString(answer.opened.body)) {
    return Problem(Reason::kPeerAnswerInvalid, "body", "it is not a CredentialDelivery");
  }
  RETURN_IF_ERROR(CheckDelivery(delivery));
  exchange->mutable_documents()->Swap(delivery.mutable_documents());
  return absl::OkStatus();
}

// The client's own exchange, whole but for what is large.
absl::StatusOr<v1::Exchange> LoadOwn(absl::string_view client, absl::string_view id, base::Transaction& tx) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  if (!base::IsUuid(id)) return Problem(Reason::kFieldInvalid, "id", "it is not a UUID");
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadWholeExchange(id, tx));
  if (exchange.client() != client) return Problem(Reason::kResourceNotFound, "id");
  return exchange;
}

// A content that stands in the exchange itself; null when none has the digest.
const std::string* FindHere(const v1::Exchange& exchange, absl::string_view sha256) {
  for (const v1::DeliveredDocument& document : exchange.documents()) {
    const std::string& original = document.document().content();
    const std::string& translation = document.translation().content();
    if (!original.empty() && document.document().sha256() == sha256) return &original;
    if (!translation.empty() && document.translation().sha256() == sha256) return &translation;
  }
  return nullptr;
}

// Puts contents where a client without ReadContent expects them, as far as they fit into one answer; what does not
// stays as it is described.
absl::Status FillLargeContents(v1::Exchange* exchange, base::Transaction& tx) {
  const ContentsOf of = contents::ContentsOfExchange(exchange->id());
  uint64_t room = base::kGrpcMessageBytesMax - kAnswerRoom;
  const auto fits = [&room](uint64_t bytes) {
    const bool taken = bytes > 0 && bytes <= base::kDocumentBytesMax && bytes <= room;
    if (taken) room -= bytes;
    return taken;
  };
  for (v1::DeliveredDocument& document : *exchange->mutable_documents()) {
    const Content original = {document.document().sha256(), document.original_bytes(), document.piece_bytes()};
    const Content translation = {document.translation().sha256(), document.translation_bytes(), document.piece_bytes()};
    if (fits(original.bytes)) {
      ASSIGN_OR_RETURN(*document.mutable_document()->mutable_content(), contents::ReadWhole(of, original, tx));
      document.clear_original_bytes();
    }
    if (fits(translation.bytes)) {
      ASSIGN_OR_RETURN(*document.mutable_translation()->mutable_content(), contents::ReadWhole(of, translation, tx));
      document.clear_translation_bytes();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Exchange> Exchanges::Create(absl::string_view client, const v1::CreateExchangeRequest& request) {
  RETURN_IF_ERROR(CheckFields(request, options_.node));
  ASSIGN_OR_RETURN(const absl::Duration life, LifeOf(request, options_.default_life));
  const absl::Time now = options_.clock->Now();
  v1::Exchange exchange;
  exchange.set_peer(request.peer());
  exchange.set_authorisation_id(request.authorisation_id());
  exchange.set_purpose(request.purpose());
  exchange.set_state(v1::EXCHANGE_STATE_PENDING);
  exchange.set_client(std::string(client));
  *exchange.mutable_create_time() = base::ToProto(now);
  *exchange.mutable_update_time() = exchange.create_time();
  *exchange.mutable_expire_time() = base::ToProto(now + life);
  if (request.validate_only()) {
    RETURN_IF_ERROR(CheckPeer(*options_.nodes, request.peer(), now));
    return exchange;
  }
  const auto record = [&](base::Transaction& tx) -> absl::StatusOr<std::string> {
    RETURN_IF_ERROR(CheckPeer(*options_.nodes, request.peer(), now));
    exchange.set_id(base::NewTimedUuid(*options_.random, now));
    RETURN_IF_ERROR(InsertExchange(exchange, tx));
    v1::CredentialQuery query;
    query.set_authorisation_id(request.authorisation_id());
    query.set_purpose(request.purpose());
    query.set_takes_pieces(true);
    relay::Outgoing message;
    message.id = base::NewTimedUuid(*options_.random, now);
    message.recipient = request.peer();
    message.type = query.GetTypeName();
    message.body = query.SerializeAsString();
    message.resource = exchange.id();
    message.expires_at = base::FromProto(exchange.expire_time());
    RETURN_IF_ERROR(outbox_->Put(message, tx));
    return exchange.id();
  };
  absl::StatusOr<v1::Exchange> result;
  RETURN_IF_ERROR(options_.store->Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string id, base::Once(tx, client, request.request_id(),
                                                      absl::StrCat("CreateExchange\n", request.SerializeAsString()),
                                                      now, [&] { return record(tx); }));
    ASSIGN_OR_RETURN(result, LoadWholeExchange(id, tx));
    return FillLargeContents(&*result, tx);
  }));
  return result;
}

absl::StatusOr<v1::Exchange> Exchanges::Get(absl::string_view client, absl::string_view id,
                                            bool without_large_contents) const {
  absl::StatusOr<v1::Exchange> result;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(result, LoadOwn(client, id, tx));
    return without_large_contents ? absl::OkStatus() : FillLargeContents(&*result, tx);
  }));
  return result;
}

absl::StatusOr<v1::ReadContentResponse> Exchanges::ReadContent(absl::string_view client,
                                                               const v1::ReadContentRequest& request) const {
  if (!base::IsSha256Hex(request.sha256())) return Problem(Reason::kFieldInvalid, "sha256", "it is not a SHA-256");
  const bool bounded = request.read_limit() > 0 && request.read_limit() < base::kPieceBytes;
  const uint64_t limit = bounded ? request.read_limit() : base::kPieceBytes;
  v1::ReadContentResponse response;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const v1::Exchange exchange, LoadOwn(client, request.id(), tx));
    for (const Content& content : LargeContents(exchange.documents())) {
      if (content.sha256 != request.sha256()) continue;
      response.set_content_bytes(content.bytes);
      ASSIGN_OR_RETURN(*response.mutable_data(), contents::ReadBytes(contents::ContentsOfExchange(exchange.id()),
                                                                     content, request.read_offset(), limit, tx));
      return absl::OkStatus();
    }
    const std::string* const content = FindHere(exchange, request.sha256());
    if (content == nullptr) return Problem(Reason::kResourceNotFound, "sha256");
    response.set_content_bytes(content->size());
    if (request.read_offset() < content->size()) response.set_data(content->substr(request.read_offset(), limit));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListExchangesResponse> Exchanges::List(absl::string_view client,
                                                          const v1::ListExchangesRequest& request) {
  ASSIGN_OR_RETURN(const base::Page page, base::ReadPage(ListName(client), request.page_size(), request.page_token()));
  v1::ListExchangesResponse response;
  const absl::Status listed = options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    response.Clear();
    // One more than the page holds tells whether there is a next one.
    absl::StatusOr<std::vector<base::Record>> records = tx.List(Table::kExchange, client, page.after, page.size + 1);
    if (absl::IsNotFound(records.status())) {
      return Problem(Reason::kFieldInvalid, "page_token", "it is not a token of this list");
    }
    RETURN_IF_ERROR(records.status());
    const bool more = records->size() > static_cast<size_t>(page.size);
    if (more) records->pop_back();
    for (const base::Record& record : *records) {
      ASSIGN_OR_RETURN(*response.add_exchanges(), ReadExchange(record));
    }
    if (more) response.set_next_page_token(base::PageToken(ListName(client), records->back().key));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(listed);
  return response;
}

std::string Exchanges::Type() const { return v1::CredentialQuery::descriptor()->full_name(); }

absl::Status Exchanges::HandleAnswer(const relay::Outgoing& message, const absl::StatusOr<relay::Answer>& answer,
                                     const relay::v1::Envelope* evidence, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(message.resource, tx));
  if (exchange.state() != v1::EXCHANGE_STATE_PENDING) return absl::OkStatus();
  const absl::Time now = options_.clock->Now();
  *exchange.mutable_update_time() = base::ToProto(now);
  exchange.clear_problem();
  if (answer.ok() || evidence != nullptr) exchange.set_attempts(exchange.attempts() + 1);
  if (!answer.ok()) {
    EndRefused(answer.status(), evidence, options_.node, now >= message.expires_at, &exchange);
    return UpdateExchange(exchange, /*with_delivery=*/true, tx);
  }
  *exchange.mutable_answer() = answer->envelope;
  const absl::Status taken = TakeDelivery(*answer, &exchange);
  if (!taken.ok()) {
    EndUnusable(taken, options_.node, &exchange);
  } else if (!LargeContents(exchange.documents()).empty()) {
    return arriving_.Begin(exchange, message, tx);
  } else {
    EndDelivered(&exchange);
  }
  return UpdateExchange(exchange, /*with_delivery=*/true, tx);
}

absl::Status Exchanges::HandleAttempt(const relay::Outgoing& message, const absl::Status& problem, int attempts,
                                      base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadExchange(message.resource, tx));
  if (exchange.state() != v1::EXCHANGE_STATE_PENDING) return absl::OkStatus();
  exchange.set_attempts(static_cast<uint32_t>(attempts));
  // Whether the attempt failed there or on the way is not known, so the problem has no origin.
  *exchange.mutable_problem() = ToProblem(problem, "");
  *exchange.mutable_update_time() = base::ToProto(options_.clock->Now());
  return UpdateExchange(exchange, /*with_delivery=*/false, tx);
}

}  // namespace passerelle::exchange
