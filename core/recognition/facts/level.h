// The level of a credential in the European framework, by national framework and date, and whether it may be shown as
// official: only a level that is in the national register is.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "core/elm/national_level.h"
#include "passerelle/recognition/v1/case_facts.pb.h"

namespace passerelle::recognition {

enum class LevelStanding {
  kUnknown,     // no level is stated, or what is stated has no level in the European framework
  kClaimed,     // the provider says so, or somebody has mapped it
  kUnchecked,   // registered, but its referencing is known from general knowledge that differs between sources
  kRegistered,  // in the register of a framework that was referenced on that day
};

struct LevelFinding {
  std::optional<int> eqf;
  LevelStanding standing = LevelStanding::kUnknown;
  elm::ReferencingMatch match = elm::ReferencingMatch::kFull;
  absl::string_view reason;  // in words
};

// The finding for a level as stated, on the day of the award; without a day, frameworks that were replaced say nothing.
LevelFinding FindLevel(const v1::LevelFacts& level, std::optional<absl::CivilDay> award);

// "registered", "claimed by the provider" and so on, for people.
absl::string_view StandingText(LevelStanding standing);

}  // namespace passerelle::recognition
