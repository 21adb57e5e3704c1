#include "core/relay/circuit_breaker.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace passerelle::relay {
namespace {

using ::passerelle::base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  // A call from begin to end; whether it was let through.
  bool Call(bool reached, const std::string& node = "FR") {
    const absl::StatusOr<CircuitBreaker::Call> call = breaker_.Begin(node);
    if (!call.ok()) return false;
    breaker_.Ended(*call, reached);
    return true;
  }
  void Open() {
    for (int i = 0; i < kFailuresToOpen; ++i) ASSERT_TRUE(Call(false)) << i;
  }

  testing::FakeClock clock_;
  std::vector<std::string> changes_;
  CircuitBreaker breaker_{
      &clock_, [this](absl::string_view node, CircuitState before, CircuitState now) {
        changes_.push_back(absl::StrCat(node, " ", static_cast<int>(before), static_cast<int>(now)));
      }};
};

TEST_F(CircuitBreakerTest, ANodeThatIsNotReachedSeveralTimesInARowIsLeftAlone) {
  Open();
  EXPECT_THAT(breaker_.Begin("FR"), HasReasonAt(Reason::kPeerLeftAlone, "circuit"));
  EXPECT_EQ(breaker_.MayCallAt("FR"), clock_.Now() + kCircuitPauseFirst);
  EXPECT_THAT(changes_, ElementsAre("FR 02"));
}

TEST_F(CircuitBreakerTest, TheOthersAreCalledAsBefore) {
  Open();
  EXPECT_TRUE(Call(true, "NO"));
  EXPECT_EQ(breaker_.MayCallAt("NO"), absl::InfinitePast());
}

TEST_F(CircuitBreakerTest, OnlyFailuresInARowCount) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 1; i < kFailuresToOpen; ++i) ASSERT_TRUE(Call(false));
    ASSERT_TRUE(Call(true));
  }
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(CircuitBreakerTest, AfterThePauseOneCallDecides) {
  Open();
  clock_.Advance(kCircuitPauseFirst - absl::Milliseconds(1));
  EXPECT_THAT(breaker_.Begin("FR"), HasReason(Reason::kPeerLeftAlone));
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(breaker_.MayCallAt("FR"), absl::InfinitePast());
  ASSERT_OK_AND_ASSIGN(const CircuitBreaker::Call trial, breaker_.Begin("FR"));
  EXPECT_THAT(breaker_.Begin("FR"), HasReason(Reason::kPeerLeftAlone)) << "one at a time";
  EXPECT_EQ(breaker_.MayCallAt("FR"), clock_.Now() + kCircuitPauseFirst) << "the trial may be over soon";
  breaker_.Ended(trial, true);
  EXPECT_TRUE(Call(true));
  EXPECT_EQ(breaker_.MayCallAt("FR"), absl::InfinitePast());
  EXPECT_THAT(changes_, ElementsAre("FR 02", "FR 21", "FR 10"));
  // Whoever was reached again has its failures behind it.
  for (int i = 1; i < kFailuresToOpen; ++i) ASSERT_TRUE(Call(false));
  EXPECT_TRUE(Call(true));
}

TEST_F(CircuitBreakerTest, PausesDoubleUpToTheLast) {
  Open();
  absl::Duration pause = kCircuitPauseFirst;
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(breaker_.MayCallAt("FR"), clock_.Now() + pause);
    clock_.Advance(pause);
    ASSERT_TRUE(Call(false));
    pause = std::min(2 * pause, kCircuitPauseLast);
  }
  EXPECT_EQ(pause, kCircuitPauseLast);
  clock_.Advance(pause);
  ASSERT_TRUE(Call(true));
  Open();
  EXPECT_EQ(breaker_.MayCallAt("FR"), clock_.Now() + kCircuitPauseFirst) << "from the beginning";
}

TEST_F(CircuitBreakerTest, WhatWasBegunBeforeDecidesOnlyForTheNode) {
  ASSERT_OK_AND_ASSIGN(const CircuitBreaker::Call slow, breaker_.Begin("FR"));
  ASSERT_OK_AND_ASSIGN(const CircuitBreaker::Call slower, breaker_.Begin("FR"));
  Open();
  const absl::Time until = breaker_.MayCallAt("FR");
  breaker_.Ended(slow, false);
  EXPECT_EQ(breaker_.MayCallAt("FR"), until) << "it makes no pause longer";
  clock_.Advance(kCircuitPauseFirst);
  ASSERT_OK_AND_ASSIGN(const CircuitBreaker::Call trial, breaker_.Begin("FR"));
  breaker_.Ended(slow, false);
  EXPECT_THAT(changes_, ElementsAre("FR 02", "FR 21")) << "it decides no trial";
  breaker_.Ended(slower, true);
  EXPECT_TRUE(Call(true)) << "who answers is there";
  breaker_.Ended(trial, false);
  EXPECT_TRUE(Call(true)) << "one failure among many";
}

TEST_F(CircuitBreakerTest, ATrialOfWhichNothingIsHeardIsRepeated) {
  Open();
  clock_.Advance(kCircuitPauseFirst);
  ASSERT_OK(breaker_.Begin("FR").status());
  clock_.Advance(base::kClaimLife);
  EXPECT_TRUE(Call(true));
}

TEST_F(CircuitBreakerTest, AClockThatIsSetBackMakesNoPauseLonger) {
  Open();
  clock_.Advance(-absl::Hours(24));
  EXPECT_EQ(breaker_.MayCallAt("FR"), absl::InfinitePast());
  EXPECT_TRUE(Call(true));
}

}  // namespace
}  // namespace passerelle::relay
