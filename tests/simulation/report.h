// What a schedule comes to: the invariants that it broke, what happened in it, and, if wanted, the story.
//
// Thread-safety: for one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::simulation {

// What has to hold of every schedule.
enum class Invariant {
  kRequestId,  // a request id of a client makes one exchange, however often it is sent
  kEffect,     // every accepted message has its effect once: it uses the authorisation up by one
  kLeaf,       // each event has one leaf in the log of each side that saw it, and the logs have no other leaves
  kReceipt,    // what each side keeps of an answered message verifies, with its leaves, by the node map alone
  kAnswer,     // the asking node holds what the asked node answered to this very message
  kRest,       // everything comes to its end: nothing is lost
  kStates,     // resources only move along allowed transitions
  kLog,        // a log only grows: each checkpoint continues the one before, and the files are what it states
};
inline constexpr int kInvariants = 8;
absl::string_view NameOf(Invariant invariant);

struct Violation {
  Invariant invariant;
  std::string text;
};

// What can happen to a schedule, for showing that it does.
enum class Event {
  kAsked,
  kSendingRound,
  kSequenced,
  kWithdrawn,
  kTimePassed,
  kNested,  // something else happened between two steps of a process
  kRequestLost,
  kRequestTwice,
  kRequestKeptBack,  // a copy arrives later, after others
  kRequestChanged,
  kAnswerLost,  // after the effect
  kAnswerChanged,
  kPeerDown,
  kKilledBetweenSteps,
  kKilledInTransaction,
  kStarted,
  kStoreFailedBefore,  // before the commit
  kStoreFailedAfter,   // the commit stands, and the caller is told of a failure
  kRegisterDown,
  kLieNotBound,  // an answer that proves nothing about the request
  kLieBound,     // an answer that is the peer's word on the request, and a bad one
  kLiarSent,     // the lying peer sent what an honest one would not
  kForgot,
  kExpired,
  kDeclined,
  kFailed,
  kDelivered,
};
inline constexpr int kEvents = static_cast<int>(Event::kDelivered) + 1;
absl::string_view NameOf(Event event);

struct Report {
  uint64_t seed = 0;
  std::vector<Violation> violations;
  std::array<uint64_t, kEvents> events = {};
  bool tell = false;  // whether the story is wanted
  std::string story;  // a line per event
  void Violate(Invariant invariant, std::string text) { violations.push_back({invariant, std::move(text)}); }
  bool Has(Invariant invariant) const;
  // The violations, a line each.
  std::string Text() const;
};

}  // namespace passerelle::simulation
