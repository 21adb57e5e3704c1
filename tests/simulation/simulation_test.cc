// Schedules of the relay, as many as fit into a minute, and bugs that the schedules must find.
//
//   PASSERELLE_SIMULATION_SCHEDULES   run this many, however long it takes
//   PASSERELLE_SIMULATION_FIRST_SEED  from this seed on; 1 otherwise
//   PASSERELLE_SIMULATION_SEED        run this one alone and tell its story

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/simulation/world.h"

namespace passerelle::simulation {
namespace {

constexpr double kSeconds = 30;                        // of processor time, without a wish
constexpr absl::Duration kWaitMax = absl::Minutes(3);  // for that time, on a machine that is busy
constexpr uint64_t kSchedulesMin = 500;                // fewer do not show all that can happen
constexpr uint64_t kTold = 10000;
constexpr uint64_t kSeedsForABug = 400;

std::optional<uint64_t> Wished(const char* name) {
  const char* const text = std::getenv(name);
  uint64_t number = 0;
  if (text == nullptr || !absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

double ProcessorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

TEST(Simulation, EveryScheduleKeepsTheInvariants) {
  if (const auto seed = Wished("PASSERELLE_SIMULATION_SEED")) {
    const Report report = RunSchedule(*seed, Bug::kNone, /*tell=*/true);
    std::cout << report.story;
    EXPECT_TRUE(report.violations.empty()) << report.Text();
    return;
  }
  const auto wished = Wished("PASSERELLE_SIMULATION_SCHEDULES");
  const uint64_t first = Wished("PASSERELLE_SIMULATION_FIRST_SEED").value_or(1);
  std::array<uint64_t, kEvents> events = {};
  const double start = ProcessorSeconds();
  uint64_t count = 0;
  const absl::Time end = absl::Now() + kWaitMax;
  const auto goes_on = [&] {
    if (wished) return count < *wished;
    return count < kSchedulesMin || (ProcessorSeconds() - start < kSeconds && absl::Now() < end);
  };
  for (; goes_on(); ++count) {
    if (count > 0 && count % kTold == 0) std::cout << count << " schedules so far" << std::endl;
    const Report report = RunSchedule(first + count);
    ASSERT_TRUE(report.violations.empty()) << report.Text() << "again: PASSERELLE_SIMULATION_SEED=" << report.seed;
    for (int i = 0; i < kEvents; ++i) events[i] += report.events[i];
  }
  const double seconds = ProcessorSeconds() - start;
  std::cout << count << " schedules from seed " << first << ", " << static_cast<int>(count / seconds)
            << " a second of processor time; in them:\n";
  for (int i = 0; i < kEvents; ++i) {
    std::cout << "  " << events[i] << " " << NameOf(static_cast<Event>(i)) << "\n";
    EXPECT_TRUE(events[i] > 0 || count < kSchedulesMin) << NameOf(static_cast<Event>(i)) << " never happened";
  }
}

TEST(Simulation, ASeedIsOneSchedule) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Report report = RunSchedule(seed, Bug::kNone, /*tell=*/true);
    EXPECT_FALSE(report.story.empty());
    EXPECT_EQ(report.story, RunSchedule(seed, Bug::kNone, /*tell=*/true).story);
  }
}

struct PlantedCase {
  const char* name;
  Bug bug;
  Invariant broken;
};

class PlantedBugs : public ::testing::TestWithParam<PlantedCase> {};

TEST_P(PlantedBugs, AreFound) {
  uint64_t seed = 1;
  for (; seed <= kSeedsForABug; ++seed) {
    const Report report = RunSchedule(seed, GetParam().bug);
    if (!report.Has(GetParam().broken)) continue;
    std::cout << "found by schedule " << seed << "\n" << report.Text();
    return;
  }
  FAIL() << "none of " << kSeedsForABug << " schedules breaks: " << NameOf(GetParam().broken);
}

INSTANTIATE_TEST_SUITE_P(
    Simulation, PlantedBugs,
    ::testing::Values(PlantedCase{"ForgetsRequestIds", Bug::kForgetsRequestIds, Invariant::kRequestId},
                      PlantedCase{"EffectTwice", Bug::kEffectTwice, Invariant::kEffect},
                      PlantedCase{"ForgetsMessages", Bug::kForgetsMessages, Invariant::kEffect},
                      PlantedCase{"TearsTransactions", Bug::kTearsTransactions, Invariant::kLeaf},
                      PlantedCase{"DropsLeaf", Bug::kDropsLeaf, Invariant::kLeaf},
                      PlantedCase{"ChangesReceipt", Bug::kChangesReceipt, Invariant::kReceipt},
                      PlantedCase{"TakesForeignAnswer", Bug::kTakesForeignAnswer, Invariant::kAnswer},
                      PlantedCase{"LosesMessage", Bug::kLosesMessage, Invariant::kRest},
                      PlantedCase{"ReopensExchange", Bug::kReopensExchange, Invariant::kStates},
                      PlantedCase{"ForksLog", Bug::kForksLog, Invariant::kLog}),
    [](const auto& planted) { return planted.param.name; });

}  // namespace
}  // namespace passerelle::simulation
