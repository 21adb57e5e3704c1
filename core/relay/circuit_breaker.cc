#include "core/relay/circuit_breaker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::relay {
namespace {

// A trial of which nothing is heard within the longest time of a call counts as none.
constexpr absl::Duration kTrialLast = base::kClaimLife;
static_assert(kCircuitPauseLast <= kTrialLast);

// A clock that was set back makes no pause longer.
bool IsAhead(absl::Time until, absl::Time now) { return now < until && until - now <= kTrialLast; }

}  // namespace

absl::StatusOr<CircuitBreaker::Call> CircuitBreaker::Begin(absl::string_view node) {
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&mutex_);
  const auto found = circuits_.find(node);
  if (found == circuits_.end() || found->second.state == CircuitState::kClosed) return Call{std::string(node)};
  Circuit& circuit = found->second;
  if (IsAhead(circuit.until, now)) {
    return base::Problem(base::Reason::kPeerLeftAlone, "circuit",
                         absl::StrCat("it was not reached ", circuit.failures, " times in a row and is left alone"));
  }
  circuit.until = now + kTrialLast;
  if (circuit.state != CircuitState::kHalfOpen) Change(node, circuit, CircuitState::kHalfOpen);
  return Call{std::string(node), /*trial=*/true};
}

void CircuitBreaker::Ended(const Call& call, bool reached) {
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&mutex_);
  if (reached) {
    const auto found = circuits_.find(call.node);
    if (found == circuits_.end()) return;
    if (found->second.state != CircuitState::kClosed) Change(call.node, found->second, CircuitState::kClosed);
    circuits_.erase(found);
    return;
  }
  Circuit& circuit = circuits_[call.node];
  const bool counts =
      circuit.state == CircuitState::kClosed || (circuit.state == CircuitState::kHalfOpen && call.trial);
  if (!counts) return;
  ++circuit.failures;
  if (circuit.state == CircuitState::kClosed && circuit.failures < kFailuresToOpen) return;
  circuit.pause =
      circuit.pause == absl::ZeroDuration() ? kCircuitPauseFirst : std::min(circuit.pause * 2, kCircuitPauseLast);
  circuit.until = now + circuit.pause;
  Change(call.node, circuit, CircuitState::kOpen);
}

absl::Time CircuitBreaker::MayCallAt(absl::string_view node) const {
  const absl::Time now = clock_->Now();
  const absl::MutexLock lock(&mutex_);
  const auto found = circuits_.find(node);
  if (found == circuits_.end() || found->second.state == CircuitState::kClosed) return absl::InfinitePast();
  const Circuit& circuit = found->second;
  if (!IsAhead(circuit.until, now)) return absl::InfinitePast();
  // The trial that runs is mostly over soon.
  return circuit.state == CircuitState::kHalfOpen ? std::min(circuit.until, now + kCircuitPauseFirst) : circuit.until;
}

void CircuitBreaker::Change(absl::string_view node, Circuit& circuit, CircuitState state) {
  const CircuitState before = std::exchange(circuit.state, state);
  if (changed_) changed_(node, before, state);
}

}  // namespace passerelle::relay
