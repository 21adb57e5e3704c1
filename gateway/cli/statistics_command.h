// passerelle statistics publish: cubes of a year, as files.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/statistics/publish.h"
#include "gateway/cli/console.h"
#include "passerelle/statistics/v1/event.pb.h"

namespace passerelle::gateway {

// Bytes of one file of events, and of one line of it. A node with a million awards a year splits them by month.
// Test: tests/cli/stacking_statistics_test.cc.
inline constexpr size_t kEventsBytesMax = 256u << 20;
inline constexpr size_t kEventLineBytesMax = 64u << 10;

// Events as JSON lines by the contract in event.proto; empty lines are skipped. Problems: kInputTooLarge and
// kEventInvalid with "events.jsonl:12", kJsonMalformed and others of core/base/json.h with that line before the place.
absl::StatusOr<std::vector<statistics::v1::Event>> ReadEvents(absl::string_view lines, const std::string& name);

struct StatisticsRequest {
  std::vector<std::string> events;  // files
  std::string out;                  // folder
  statistics::PublishRequest publish;
};

// Writes <indicator>.csv, .json and .svg for every cube that has a count, and report.json, which lists them, those that
// the folder had before, what there are no events for and what was refused. A cube that the folder has already is never
// written otherwise.
int RunStatistics(const StatisticsRequest& request, const Console& console);

}  // namespace passerelle::gateway
