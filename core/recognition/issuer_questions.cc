#include "core/recognition/issuer_questions.h"

#include <algorithm>

#include "core/base/limits.h"

namespace passerelle::recognition {
namespace {

// What is taken for the time of an answer before there is one: that of a node close by. Whoever is slower is soon
// known.
constexpr absl::Duration kFirstGuess = absl::Milliseconds(40);
// Between two cases that wait for the same node. The least keeps the store from being written for nothing; after the
// last a node that was slow for a while is tried again.
constexpr absl::Duration kTurnLeast = absl::Milliseconds(10);
constexpr absl::Duration kTurnLast = base::kRetryLast;

}  // namespace

bool IssuerQuestions::HasRoomFor(absl::string_view node, int more) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = nodes_.find(node);
  return (found == nodes_.end() ? 0 : found->second.open) + more <= kQuestionsPerNodeMax;
}

absl::Time IssuerQuestions::NextTurn(absl::string_view node, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return now + kTurnLeast;
  Node& asked = found->second;
  const absl::Time turn = std::max(asked.turn, now) + std::max(asked.took / kQuestionsPerNodeMax, kTurnLeast);
  asked.turn = std::min(turn, now + kTurnLast);
  return asked.turn;
}

void IssuerQuestions::Begin(absl::string_view node) {
  const absl::MutexLock lock(&mutex_);
  Node& asked = nodes_.try_emplace(node, Node{0, kFirstGuess}).first->second;
  ++asked.open;
}

void IssuerQuestions::End(absl::string_view node, absl::Duration took) {
  const absl::MutexLock lock(&mutex_);
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return;
  found->second.took = took;
  // Applicants name nodes as they like: nothing is remembered of those that are not being asked.
  if (--found->second.open == 0) nodes_.erase(found);
}

bool IssuerQuestions::WaitUntilNone(absl::Time deadline) const {
  const absl::MutexLock lock(&mutex_);
  const auto none = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return nodes_.empty(); };
  return mutex_.AwaitWithDeadline(absl::Condition(&none), deadline);
}

}  // namespace passerelle::recognition
