// Which other nodes are worth a call. A node that could not be reached several times in a row is left alone for a
// while: who calls it is refused at once, and neither waits for the time limit nor adds to what a node that is
// recovering has to bear. After the while one call is let through; it decides whether the others follow.
//
//   closed ──kFailuresToOpen in a row──▶ open ──its pause is over, one call──▶ half-open ──reached──▶ closed
//                                         ▲───────────── not reached, twice the pause ─────┘
//
// Only whether a node was reached counts, never what it said: a refusal is an answer.
//
// Thread-safety: thread-safe. Ownership: owns nothing; the clock outlives it.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "core/base/port/clock.h"

namespace passerelle::relay {

// Calls in a row that did not reach a node before it is left alone. One or two fail with every restart of a node.
inline constexpr int kFailuresToOpen = 5;
// The first pause: a node restarts within a second or so. The last: as long may it take to notice that a node is back.
inline constexpr absl::Duration kCircuitPauseFirst = absl::Seconds(1);
inline constexpr absl::Duration kCircuitPauseLast = absl::Seconds(30);

enum class CircuitState { kClosed, kHalfOpen, kOpen };

class CircuitBreaker {
 public:
  // Is told of every change, under a lock: it must not call the breaker. May be empty.
  using Changed = std::function<void(absl::string_view node, CircuitState before, CircuitState now)>;
  explicit CircuitBreaker(const base::Clock* clock, Changed changed = nullptr)
      : clock_(clock), changed_(std::move(changed)) {}

  // A call that may be made. Whoever has one hands it to Ended.
  struct Call {
    std::string node;
    bool trial = false;  // the one that decides
  };
  // kPeerLeftAlone at "circuit" for a node that is left alone.
  absl::StatusOr<Call> Begin(absl::string_view node);
  // Whether the call reached the node. That it did counts whenever it was begun; that it did not, only while the node
  // is not left alone anyway, and during a trial only that of the trial.
  void Ended(const Call& call, bool reached);

  // When a call may be let through; InfinitePast when it would be now.
  absl::Time MayCallAt(absl::string_view node) const;

 private:
  struct Circuit {
    CircuitState state = CircuitState::kClosed;
    int failures = 0;  // in a row
    absl::Duration pause;
    absl::Time until = absl::InfinitePast();  // end of the pause; of a trial's time when half-open
  };
  void Change(absl::string_view node, Circuit& circuit, CircuitState state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const base::Clock* const clock_;
  const Changed changed_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Circuit> circuits_ ABSL_GUARDED_BY(mutex_);  // only of nodes that were called
};

}  // namespace passerelle::relay
