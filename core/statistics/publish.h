// Cubes for publication, made of events.
//
// Only what is published here can be asked for: there is no query that filters events. A second cut of the same figures
// would let its reader subtract one from the other, so there is one cube of an indicator in a period, and a cube that
// was published is never published otherwise (CheckAgainstPublished).
//
// Thread-safety: free functions on values. The same events give the same cubes in whatever order they come, save for
// two states of one thing on one day (facts.h).
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/statistics/protect.h"
#include "core/statistics/table.h"
#include "passerelle/statistics/v1/cube.pb.h"
#include "passerelle/statistics/v1/event.pb.h"

namespace passerelle::statistics {

struct PublishRequest {
  std::string node;    // "NO"
  std::string period;  // a year, "2026"
  std::vector<Cut> cuts;
  ProtectionRules rules;
  // Round counts of persons and providers besides. The same stays confidential as without it: a small count that is
  // rounded can be narrowed by its rounded total.
  bool rounded = false;
};

// Indicators that are protected together and could not be.
struct Refusal {
  std::vector<std::string> indicators;
  absl::Status problem;
};

struct Publication {
  std::vector<v1::Cube> cubes;  // in the order of the cuts; one without any event is left out
  std::vector<Refusal> refused;
};

// A cut as it is written: "I02=country,level", or "I02" for the usual dimensions. kFieldInvalid for "cube": an unknown
// indicator, a dimension that it does not have or that is named twice, more than kDimensionsMax of them.
absl::StatusOr<Cut> ParseCut(absl::string_view text);

// A cut for every indicator, by its usual dimensions.
std::vector<Cut> UsualCuts();

// The cubes, and those that cannot be published (kInputTooLarge): the others are published without them. kFieldInvalid
// for "period", kCubeDifferencing for "cube" (an indicator is named twice; cases are cut without their state where
// closed cases are cut too), kEventInvalid with "events[3].award.learning.country" for events.
absl::StatusOr<Publication> Publish(const std::vector<v1::Event>& events, const PublishRequest& request);

// Whether a cube may be published beside those of the same period that were published before. kCubePublished for "cube"
// where the same indicator was published otherwise, kCubeDifferencing where another was of the same figures, or of some
// that are drawn from the same: those were protected without it.
absl::Status CheckAgainstPublished(const std::vector<v1::Cube>& published, const v1::Cube& cube);

}  // namespace passerelle::statistics
