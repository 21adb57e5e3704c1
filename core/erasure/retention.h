// What has to be kept, why, and until when; and to which class something belongs that need not be kept any more (GDPR,
// Article 17(3): a legal obligation, and the defence of legal claims).
//
// How long a class is kept is the node's configuration. Where it names no period, nothing of the class is erased by the
// clock, and what has to be kept is kept without a known end: a period is never guessed.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "passerelle/erasure/v1/erasure.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"

namespace passerelle::erasure {

// Days for which a class can be kept: a hundred years, since files of a few authorities are kept for that long.
// Test: tests/unit/core/erasure/retention_test.cc.
inline constexpr uint32_t kRetentionDaysMax = 36'525;
// Bytes of a ground or an authority in a rule or a hold.
inline constexpr size_t kGroundBytesMax = 1024;

using Rules = std::vector<v1::RetentionRule>;

// Whether the rules can be used: every class once. kConfigInvalid with "retention_rules[2].days".
absl::Status CheckRules(const Rules& rules);

// Why something has to be kept today.
struct Duty {
  v1::RetentionGround ground = v1::RETENTION_GROUND_UNSPECIFIED;
  std::string text;                     // the law or the claim in words
  std::optional<absl::CivilDay> until;  // last day; nullopt while no end is known
  std::string authority;
};

// nullopt for what need not be kept. `node` is this node, which tells whose copy it is.
std::optional<Duty> DutyForCase(const recognition::v1::RecognitionCase& content, absl::string_view node,
                                const Rules& rules, absl::CivilDay today);
std::optional<Duty> DutyForAuthorisation(const sharing::v1::Authorisation& authorisation, absl::string_view node,
                                         const Rules& rules, absl::CivilDay today);
std::optional<Duty> DutyByHold(const v1::Hold& hold, absl::CivilDay today);

// The class of a case; kept for as long as the class says from the day of its last change. nullopt while its procedure
// or an appeal is open.
std::optional<v1::RetentionClass> ClassOfCase(const recognition::v1::RecognitionCase& content, absl::string_view node,
                                              absl::CivilDay today);

// Days for which the class is kept; nullopt where no rule says.
std::optional<int> DaysOf(v1::RetentionClass retention_class, const Rules& rules);

// Whether something of the class that counts from `from` is to be erased by the clock.
bool IsOver(v1::RetentionClass retention_class, const Rules& rules, absl::CivilDay from, absl::CivilDay today);

}  // namespace passerelle::erasure
