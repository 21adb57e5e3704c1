#include "gateway/registers/esc_router.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using authenticity::v1::CheckStudentCardResponse;
using base::Problem;
using base::Reason;

// The reason for which a question has no answer.
CheckStudentCardResponse NotEstablished(Reason reason) {
  CheckStudentCardResponse card;
  card.set_status(authenticity::v1::STUDENT_CARD_STATUS_CANNOT_BE_ESTABLISHED);
  card.set_reason(std::string(base::Catalogue(reason).name));
  return card;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EscRouter>> EscRouter::Open(const config::v1::StudentCards& config,
                                                           const base::Clock* clock) {
  absl::StatusOr<Fetcher> fetcher =
      Fetcher::Make({{config.router(), {}, config.trusted_authorities(), base::FromProto(config.time_limit())}});
  if (!fetcher.ok()) {
    return Problem(Reason::kConfigInvalid, "student_cards.router", base::DetailOf(fetcher.status()));
  }
  const auto interface = config.interface() == config::v1::STUDENT_CARD_INTERFACE_STATUS_V2
                             ? registers::CardInterface::kStatusV2
                             : registers::CardInterface::kVerifyV1;
  return std::unique_ptr<EscRouter>(new EscRouter(*std::move(fetcher), config.router(), interface, clock));
}

CheckStudentCardResponse EscRouter::Ask(const std::string& card_number) const {
  const absl::StatusOr<HttpReply> reply = fetcher_.GetReply(
      absl::StrCat(origin_, registers::CardPath(interface_, card_number)), registers::kCardAnswerBytesMax);
  if (!reply.ok()) {
    const bool too_large = base::ReasonOf(reply.status()) == Reason::kInputTooLarge;
    return NotEstablished(too_large ? Reason::kCardRouterAnswer : Reason::kCardRouterUnavailable);
  }
  auto card = registers::ReadCardAnswer(interface_, card_number, reply->status, reply->bytes);
  return card.ok() ? *std::move(card) : NotEstablished(base::ReasonOf(card.status()));
}

absl::Status EscRouter::TakePlace(absl::Time now) {
  if (now >= minute_ + absl::Minutes(1) || now < minute_) {
    minute_ = now;
    questions_in_minute_ = 0;
  }
  if (questions_out_ >= kCardQuestionsAtOnceMax || questions_in_minute_ >= kCardQuestionsPerMinuteMax) {
    return Problem(Reason::kOverloaded, "student_cards", "the router is asked as much as it may be");
  }
  ++questions_out_;
  ++questions_in_minute_;
  return absl::OkStatus();
}

void EscRouter::Keep(const std::string& card_number, const Answer& answer, absl::Time now) {
  absl::erase_if(answers_, [now](const auto& kept) { return kept.second.end <= now; });
  if (answers_.size() >= kCardAnswersMax && !answers_.contains(card_number)) {
    answers_.erase(std::min_element(answers_.begin(), answers_.end(),
                                    [](const auto& a, const auto& b) { return a.second.end < b.second.end; }));
  }
  answers_.insert_or_assign(card_number, answer);
}

absl::StatusOr<CheckStudentCardResponse> EscRouter::Check(const std::string& card_number) {
  const absl::Time asked = clock_->Now();
  {
    const absl::MutexLock lock(&mutex_);
    const auto kept = answers_.find(card_number);
    if (kept != answers_.end() && asked < kept->second.end) {
      CheckStudentCardResponse card = kept->second.card;
      registers::JudgeCard(asked, &card);
      return card;
    }
    RETURN_IF_ERROR(TakePlace(asked));
  }
  CheckStudentCardResponse card = Ask(card_number);
  *card.mutable_check_time() = base::ToProto(asked);
  const bool failed = card.status() == authenticity::v1::STUDENT_CARD_STATUS_CANNOT_BE_ESTABLISHED;
  {
    const absl::MutexLock lock(&mutex_);
    --questions_out_;
    Keep(card_number, {card, asked + (failed ? kCardFailureLife : kCardAnswerLife)}, asked);
  }
  registers::JudgeCard(asked, &card);
  return card;
}

}  // namespace passerelle::gateway
