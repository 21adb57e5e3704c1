#include "core/exchange/arriving_exchanges.h"

#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/exchange/exchange_end.h"
#include "core/exchange/exchange_records.h"
#include "core/exchange/offers.h"

namespace passerelle::exchange {
namespace {

contents::Awaited AwaitedBy(const v1::Exchange& exchange) {
  return {exchange.peer(), base::FromProto(exchange.expire_time()), contents::ContentsOfExchange(exchange.id()),
          LargeContents(exchange.documents())};
}

absl::Status EndArriving(const v1::Exchange& exchange, base::Transaction& tx) {
  RETURN_IF_ERROR(DeleteArriving(exchange.id(), tx));
  return UpdateExchange(exchange, /*with_delivery=*/true, tx);
}

}  // namespace

absl::Status ArrivingExchanges::Begin(const v1::Exchange& exchange, const relay::Outgoing& query,
                                      base::Transaction& tx) const {
  RETURN_IF_ERROR(UpdateExchange(exchange, /*with_delivery=*/false, tx));
  RETURN_IF_ERROR(InsertArriving(exchange, tx));
  return arrivals_->Begin(AwaitedBy(exchange), exchange.id(), exchange.authorisation_id(), query.id, tx);
}

absl::StatusOr<std::optional<contents::Awaited>> ArrivingExchanges::FindAwaited(absl::string_view resource,
                                                                                base::Transaction& tx) const {
  const absl::StatusOr<v1::Exchange> exchange = LoadArriving(resource, tx);
  if (base::ReasonOf(exchange.status()) == base::Reason::kResourceNotFound) return std::nullopt;
  RETURN_IF_ERROR(exchange.status());
  if (exchange->state() != v1::EXCHANGE_STATE_PENDING) return std::nullopt;
  return AwaitedBy(*exchange);
}

// The whole of it, changed now.
absl::StatusOr<v1::Exchange> ArrivingExchanges::LoadNow(absl::string_view resource, base::Transaction& tx) const {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadArriving(resource, tx));
  *exchange.mutable_update_time() = base::ToProto(clock_->Now());
  return exchange;
}

absl::Status ArrivingExchanges::Proceed(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadNow(resource, tx));
  exchange.clear_problem();
  return UpdateExchange(exchange, /*with_delivery=*/false, tx);
}

absl::Status ArrivingExchanges::Complete(absl::string_view resource, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadNow(resource, tx));
  EndDelivered(&exchange);
  return EndArriving(exchange, tx);
}

absl::Status ArrivingExchanges::Refuse(absl::string_view resource, const absl::Status& problem,
                                       const relay::v1::Envelope* evidence, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadNow(resource, tx));
  const bool expired = clock_->Now() >= base::FromProto(exchange.expire_time());
  EndRefused(problem, evidence, node_, expired, &exchange);
  return EndArriving(exchange, tx);
}

absl::Status ArrivingExchanges::Spoil(absl::string_view resource, const absl::Status& problem, base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadNow(resource, tx));
  EndUnusable(problem, node_, &exchange);
  return EndArriving(exchange, tx);
}

absl::Status ArrivingExchanges::NoteAttempt(absl::string_view resource, const absl::Status& problem,
                                            base::Transaction& tx) {
  ASSIGN_OR_RETURN(v1::Exchange exchange, LoadNow(resource, tx));
  *exchange.mutable_problem() = ToProblem(problem, "");
  return UpdateExchange(exchange, /*with_delivery=*/false, tx);
}

}  // namespace passerelle::exchange
