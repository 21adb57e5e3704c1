#include "core/exchange/exchanges.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/limits.h"
#include "core/base/page.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchange_records.h"

namespace passerelle::exchange {
namespace {

using base::Problem;
using base::Reason;
using base::Table;

std::string NameOf(Reason reason) { return std::string(base::Catalogue(reason).name); }

std::string ListName(absl::string_view client) { return absl::StrCat("exchanges/", client); }

absl::StatusOr<absl::Duration> LifeOf(const v1::CreateExchangeRequest& request, absl::Duration fallback) {
  const google::protobuf::Duration& limit = request.time_limit();
  if (limit.seconds() < 0 || limit.nanos() < 0 || limit.nanos() > 999'999'999) {
    return Problem(Reason::kFieldInvalid, "time_limit", "it is negative or no duration");
  }
  const absl::Duration life = absl::Seconds(limit.seconds()) + absl::Nanoseconds(limit.nanos());
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

v1::ExchangeProblem ToProblem(const absl::Status& problem, absl::string_view origin) {
  v1::ExchangeProblem stated;
  stated.set_reason(NameOf(base::ReasonOf(problem)));
  stated.set_place(base::PlaceOf(problem));
  stated.set_message(base::DetailOf(problem));
  stated.set_origin(std::string(origin));
  return stated;
}

// Every document is what its digests say. Which fields were wrong is named; what stands in them is not.
absl::Status CheckDelivery(const v1::CredentialDelivery& delivery) {
  const auto invalid = [](absl::string_view place, absl::string_view detail) {
    return Problem(Reason::kPeerAnswerInvalid, place, detail);
  };
  if (delivery.documents().empty()) return invalid("documents", "there are none");
  for (int i = 0; i < delivery.documents_size(); ++i) {
    const v1::DeliveredDocument& document = delivery.documents(i);
    const std::string place = absl::StrCat("documents[", i, "]");
    const std::string& original = document.document().content();
    if (document.original_withheld() != original.empty()) {
      return invalid(absl::StrCat(place, ".document"),
                     original.empty() ? "it has no bytes" : "it is said to be withheld");
    }
    if (!document.original_withheld() && document.document().sha256() != base::Sha256Hex(original)) {
      return invalid(absl::StrCat(place, ".document.sha256"), "it is not the digest of the content");
    }
    if (document.translation().sha256() != base::Sha256Hex(document.translation().content())) {
      return invalid(absl::StrCat(place, ".translation.sha256"), "it is not the digest of the content");
    }
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

// The state in which an exchange ends without documents.
v1::ExchangeState EndState(const absl::Status& problem, bool answered, bool expired) {
  const Reason reason = base::ReasonOf(problem);
  if (answered && reason == Reason::kNotAvailable) return v1::EXCHANGE_STATE_DECLINED;
  if (answered && !base::Catalogue(reason).retryable) return v1::EXCHANGE_STATE_FAILED;
  return expired ? v1::EXCHANGE_STATE_EXPIRED : v1::EXCHANGE_STATE_FAILED;
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
    exchange.set_id(base::NewUuid(*options_.random));
    RETURN_IF_ERROR(InsertExchange(exchange, tx));
    v1::CredentialQuery query;
    query.set_authorisation_id(request.authorisation_id());
    query.set_purpose(request.purpose());
    relay::Outgoing message;
    message.id = base::NewUuid(*options_.random);
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
                                                      [&] { return record(tx); }));
    result = LoadWholeExchange(id, tx);
    return result.status();
  }));
  return result;
}

absl::StatusOr<v1::Exchange> Exchanges::Get(absl::string_view client, absl::string_view id) {
  if (id.empty()) return Problem(Reason::kFieldMissing, "id");
  if (!base::IsUuid(id)) return Problem(Reason::kFieldInvalid, "id", "it is not a UUID");
  absl::StatusOr<v1::Exchange> result;
  RETURN_IF_ERROR(options_.store->Read([&](base::Transaction& tx) -> absl::Status {
    result = LoadWholeExchange(id, tx);
    return result.status();
  }));
  if (result->client() != client) return Problem(Reason::kResourceNotFound, "id");
  return result;
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
  if (answer.ok()) {
    *exchange.mutable_answer() = answer->envelope;
    const absl::Status taken = TakeDelivery(*answer, &exchange);
    exchange.set_state(taken.ok() ? v1::EXCHANGE_STATE_DELIVERED : v1::EXCHANGE_STATE_FAILED);
    if (!taken.ok()) *exchange.mutable_problem() = ToProblem(taken, options_.node);
  } else {
    const bool answered = evidence != nullptr;
    if (answered) *exchange.mutable_answer() = *evidence;
    exchange.set_state(EndState(answer.status(), answered, now >= message.expires_at));
    *exchange.mutable_problem() = ToProblem(answer.status(), answered ? exchange.peer() : options_.node);
  }
  if (answer.ok() || evidence != nullptr) exchange.set_attempts(exchange.attempts() + 1);
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
