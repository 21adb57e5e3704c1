// Events as rows to count: one row a thing, with a code for every dimension.
//
// Thread-safety: free functions on values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/statistics/v1/event.pb.h"

namespace passerelle::statistics {

// Things of one kind, each counted once. Cubes of one population share their margins, and are protected together.
enum class Population {
  kOffers,         // offers on the reference day
  kOfferElements,  // mandatory elements of Annex I that offers lack
  kOfferSkills,    // offers by group of skills
  kAwards,         // micro-credentials issued in the period
  kAwardSkills,    // awards by group of skills
  kHolders,        // distinct holders in this node
  kProviders,      // providers on the reference day
  kCases,          // recognition cases of the period
  kReasons,        // reasons of cases
  kFailedRules,    // rules of automatic recognition that cases did not meet
  kStacks,         // evaluations of pathways
  kVerifications,  // authenticity questions
  kSharing,        // sharing acts
};

// In place of a code that is not stated.
inline constexpr absl::string_view kUnknown = "_U";
// In place of several codes, where each thing is counted once.
inline constexpr absl::string_view kSeveral = "_X";
// In place of tags and gaps where there are none.
inline constexpr absl::string_view kNone = "NONE";
// The total over a dimension.
inline constexpr absl::string_view kTotal = "_T";

struct Row {
  std::map<std::string, std::string> codes;  // by dimension
  std::string contributor;                   // key of the provider; empty where there is none
  std::string holder;                        // key of the holder; empty where none is named
};

using Rows = std::map<Population, std::vector<Row>>;

// The year of a cube's period, and the day on which what stands, rather than happens, is counted.
struct Period {
  std::string year;           // "2026"
  std::string reference_day;  // "2026-12-31"
};

// kFieldInvalid for "period" that is no year from 2000 to 2999.
absl::StatusOr<Period> MakePeriod(absl::string_view year);

// kEventInvalid with the place below `place`, such as "award.learning.country": a date that is none, a code that is no
// code, is one of those above, or is not in the list that the contract gives. Codes are letters, digits and "._:/+-",
// at most 64, so that no name or text gets into a cube.
absl::Status CheckEvent(const v1::Event& event, absl::string_view place);

// Rows of the events of a period: awards, evaluations, questions and sharing acts of the year; the latest state by the
// end of the year of every offer, provider and case. The order of events of one day does not matter, save that of two
// states of one thing on one day the later one in the list counts.
Rows RowsOf(const std::vector<v1::Event>& events, const Period& period);

// "<1", "1-4", "5-9", "10-29", "30-59", "60+" for ECTS credits; kUnknown for no number.
std::string CreditsBand(absl::string_view credits);

// "0-30", "31-60", "61-90", "91-120", "121+" for days.
std::string DaysBand(uint32_t days);

}  // namespace passerelle::statistics
