#include "core/recognition/facts/level.h"

#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

// Referencings on which sources differ: an automatic rule does not use them before the authority has checked them.
struct Unchecked {
  absl::string_view framework;
  absl::string_view level;  // empty for all levels
};
constexpr Unchecked kUnchecked[] = {{"SI-SQF", "9"}, {"ES-MECU", ""}, {"CZ-NSK", ""}, {"FI-NQF", "1"}};

bool IsUnchecked(const elm::NationalLevel& level) {
  for (const Unchecked& entry : kUnchecked) {
    if (entry.framework == level.framework && (entry.level.empty() || entry.level == level.level)) return true;
  }
  return false;
}

LevelFinding OfNational(const v1::LevelFacts& stated, const elm::NationalLevel& level) {
  LevelFinding finding;
  finding.match = level.match;
  if (!level.eqf.has_value()) {
    finding.reason = "The national framework is not referenced to the European one at this level.";
    return finding;
  }
  finding.eqf = level.eqf;
  if (stated.basis() != v1::LEVEL_BASIS_NQF_INCLUDED || stated.register_entry().empty()) {
    finding.standing = LevelStanding::kClaimed;
    finding.reason = "No entry in the national register is named: the level is the provider's claim.";
  } else if (IsUnchecked(level)) {
    finding.standing = LevelStanding::kUnchecked;
    finding.reason = "Sources differ on how this level is referenced to the European framework.";
  } else {
    finding.standing = LevelStanding::kRegistered;
    finding.reason = "The level is in the register of a framework that is referenced to the European one.";
  }
  return finding;
}

}  // namespace

LevelFinding FindLevel(const v1::LevelFacts& level, std::optional<absl::CivilDay> award) {
  if (level.basis() == v1::LEVEL_BASIS_CONTRADICTED) {
    return {{}, LevelStanding::kUnknown, {}, "The document states another level than the national register."};
  }
  if (!level.framework().empty()) {
    const std::optional<elm::NationalLevel> national = elm::NationalLevelOf(level.framework(), level.level());
    if (!national.has_value()) return {{}, LevelStanding::kUnknown, {}, "The framework has no such level."};
    const bool dated = !national->first_day.empty() || !national->last_day.empty();
    if (dated && !award.has_value()) {
      return {{},
              LevelStanding::kUnknown,
              {},
              "The scale was in force for some time only, and the day of the award is "
              "not known."};
    }
    if (dated && !Within(*award, national->first_day, national->last_day)) {
      return {{}, LevelStanding::kUnknown, {}, "The scale was not in force on the day of the award."};
    }
    return OfNational(level, *national);
  }
  if (level.eqf_level() >= 1 && level.eqf_level() <= 8) {
    // A number of the European framework without a national level is what somebody says, never what a register says.
    return {static_cast<int>(level.eqf_level()), LevelStanding::kClaimed, elm::ReferencingMatch::kFull,
            "A level of the European framework is stated without a national one: it is a claim."};
  }
  return {{}, LevelStanding::kUnknown, {}, "No level is stated."};
}

absl::string_view StandingText(LevelStanding standing) {
  switch (standing) {
    case LevelStanding::kClaimed:
      return "claimed";
    case LevelStanding::kUnchecked:
      return "registered, referencing not checked";
    case LevelStanding::kRegistered:
      return "registered";
    default:
      return "not known";
  }
}

}  // namespace passerelle::recognition
