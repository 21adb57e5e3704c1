// The router of the European Student Card, asked over HTTP. It is asked while a client waits, and spared: an answer is
// used again for a few minutes, and however much clients ask, only so many questions go out.
//
// Thread-safety: thread-safe. Ownership: owns its answers; the clock outlives it. Cost: a question that goes out blocks
// for the time limit at most.
#pragma once

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"
#include "core/registers/card_router.h"
#include "core/registers/student_cards.h"
#include "gateway/fetch/fetcher.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// How long what the router said of a card is used again: a card that is taken out of use is so here soon after.
inline constexpr absl::Duration kCardAnswerLife = absl::Minutes(5);
// The same of a card whose status could not be established.
inline constexpr absl::Duration kCardFailureLife = absl::Seconds(30);
// Answers that are kept; the one that is over first makes room. A desk asks about some hundred a day.
inline constexpr size_t kCardAnswersMax = 512;
// Questions that are out at a time: a router that says nothing must not hold all threads of the port for clients.
inline constexpr int kCardQuestionsAtOnceMax = 4;
// Questions that go out in a minute.
inline constexpr int kCardQuestionsPerMinuteMax = 300;

class EscRouter : public registers::StudentCards {
 public:
  // Problem: kConfigInvalid at "student_cards.router".
  static absl::StatusOr<std::unique_ptr<EscRouter>> Open(const config::v1::StudentCards& config,
                                                         const base::Clock* clock);

  // Every answer is kept, whatever it says.
  absl::StatusOr<authenticity::v1::CheckStudentCardResponse> Check(const std::string& card_number) override;

 private:
  struct Answer {
    authenticity::v1::CheckStudentCardResponse card;
    absl::Time end;  // from then on the router is asked again
  };

  EscRouter(Fetcher fetcher, std::string origin, registers::CardInterface interface, const base::Clock* clock)
      : fetcher_(std::move(fetcher)), origin_(std::move(origin)), interface_(interface), clock_(clock) {}

  authenticity::v1::CheckStudentCardResponse Ask(const std::string& card_number) const;
  // Counts a question that is about to go out. Problem: kOverloaded.
  absl::Status TakePlace(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const std::string& card_number, const Answer& answer, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Fetcher fetcher_;
  const std::string origin_;
  const registers::CardInterface interface_;
  const base::Clock* const clock_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Answer> answers_ ABSL_GUARDED_BY(mutex_);  // by number
  int questions_out_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time minute_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // in which questions are counted
  int questions_in_minute_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace passerelle::gateway
