#include "core/exchange/exchange_end.h"

#include "core/base/problem.h"

namespace passerelle::exchange {
namespace {

using base::Reason;

// The state in which an exchange ends without documents.
v1::ExchangeState EndState(const absl::Status& problem, bool answered, bool expired) {
  const Reason reason = base::ReasonOf(problem);
  if (answered && reason == Reason::kNotAvailable) return v1::EXCHANGE_STATE_DECLINED;
  if (answered && !base::Catalogue(reason).retryable) return v1::EXCHANGE_STATE_FAILED;
  return expired ? v1::EXCHANGE_STATE_EXPIRED : v1::EXCHANGE_STATE_FAILED;
}

}  // namespace

v1::ExchangeProblem ToProblem(const absl::Status& problem, absl::string_view origin) {
  v1::ExchangeProblem stated;
  stated.set_reason(std::string(base::Catalogue(base::ReasonOf(problem)).name));
  stated.set_place(base::PlaceOf(problem));
  stated.set_message(base::DetailOf(problem));
  stated.set_origin(std::string(origin));
  return stated;
}

void EndDelivered(v1::Exchange* exchange) {
  exchange->set_state(v1::EXCHANGE_STATE_DELIVERED);
  exchange->clear_problem();
}

void EndUnusable(const absl::Status& problem, absl::string_view node, v1::Exchange* exchange) {
  exchange->set_state(v1::EXCHANGE_STATE_FAILED);
  exchange->clear_documents();
  *exchange->mutable_problem() = ToProblem(problem, node);
}

void EndRefused(const absl::Status& problem, const relay::v1::Envelope* evidence, absl::string_view node, bool expired,
                v1::Exchange* exchange) {
  const bool answered = evidence != nullptr;
  if (answered) *exchange->mutable_answer() = *evidence;
  exchange->clear_documents();
  exchange->set_state(EndState(problem, answered, expired));
  *exchange->mutable_problem() = ToProblem(problem, answered ? exchange->peer() : std::string(node));
}

}  // namespace passerelle::exchange
