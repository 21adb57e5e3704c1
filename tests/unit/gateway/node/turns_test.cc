#include "gateway/node/turns.h"

#include "core/base/status_macros.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using ::passerelle::testing::IsOkAndHolds;

constexpr absl::Duration kInterval = absl::Minutes(10);

TEST(Turns, OneOfSeveralReplicasHasTheTurn) {
  testing::MemoryStore store;
  const absl::Time now = absl::FromUnixSeconds(1800000000);
  EXPECT_THAT(TakeTurn(store, "forget", now, kInterval), IsOkAndHolds(true));
  EXPECT_THAT(TakeTurn(store, "forget", now, kInterval), IsOkAndHolds(false));
  EXPECT_THAT(TakeTurn(store, "other", now, kInterval), IsOkAndHolds(true));
  EXPECT_THAT(TakeTurn(store, "forget", now + kInterval - absl::Milliseconds(1), kInterval), IsOkAndHolds(false));
  EXPECT_THAT(TakeTurn(store, "forget", now + kInterval, kInterval), IsOkAndHolds(true));
}

TEST(Turns, ClocksThatDifferALittleMakeNoSecondTurn) {
  testing::MemoryStore store;
  const absl::Time now = absl::FromUnixSeconds(1800000000);
  EXPECT_THAT(TakeTurn(store, "forget", now, kInterval), IsOkAndHolds(true));
  EXPECT_THAT(TakeTurn(store, "forget", now - absl::Seconds(5), kInterval), IsOkAndHolds(false));
}

TEST(Turns, AClockThatWasFarAheadHoldsNothingUp) {
  testing::MemoryStore store;
  const absl::Time now = absl::FromUnixSeconds(1800000000);
  EXPECT_THAT(TakeTurn(store, "forget", now + absl::Hours(24 * 365), kInterval), IsOkAndHolds(true));
  EXPECT_THAT(TakeTurn(store, "forget", now, kInterval), IsOkAndHolds(true));
}

}  // namespace
}  // namespace passerelle::gateway
