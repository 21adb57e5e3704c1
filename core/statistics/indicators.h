// The indicators: what is counted of the events, and by which dimensions it can be broken down.
//
// The list is Passerelle's own: point 20 of the Recommendation asks for data and names no indicators. Every figure is a
// count; shares, medians and percentiles follow from published counts and need no other access to the events. Where one
// thing is several at once, such as a case with several reasons, each is counted once.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/statistics/facts.h"

namespace passerelle::statistics {

// Whom a count could tell something about, which decides from what size on it may be published.
enum class Unit {
  kPersons,    // persons and cases
  kProviders,  // providers
  kPublic,     // what catalogues and registers publish anyway
};

// The population that another is drawn from: awards have holders and skills, cases have reasons and rules. Where every
// award has one holder and one skill their counts are the same, so that what is confidential in one could be read off
// the other.
Population DrawnFrom(Population population);

// An indicator. Its rows are those of a population that fulfil its condition.
struct Indicator {
  absl::string_view id;     // "I02"
  absl::string_view title;  // what it counts
  Unit unit;
  Population population;
  absl::string_view condition;                      // "state=CLOSED"; empty for all
  std::vector<absl::string_view> dimensions;        // all that it can be broken down by
  std::vector<absl::string_view> usual_dimensions;  // those of a cube for which nothing else is said
};

// All of them, I01 to I19.
const std::vector<Indicator>& Indicators();

// By id; null for none.
const Indicator* FindIndicator(absl::string_view id);

}  // namespace passerelle::statistics
