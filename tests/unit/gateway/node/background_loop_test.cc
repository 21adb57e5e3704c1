#include "gateway/node/background_loop.h"

#include <atomic>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

bool Reaches(const std::atomic<int>& count, int wanted, absl::Duration limit = absl::Seconds(20)) {
  const absl::Time end = absl::Now() + limit;
  while (count < wanted && absl::Now() < end) absl::SleepFor(absl::Milliseconds(1));
  return count >= wanted;
}

TEST(BackgroundLoop, WorksAgainWhenTheIntervalIsOver) {
  Log log(std::tmpfile());
  std::atomic<int> count = 0;
  BackgroundLoop loop("test", absl::Milliseconds(5), &log, [&count]() -> absl::StatusOr<bool> {
    ++count;
    return false;
  });
  EXPECT_TRUE(Reaches(count, 5));
}

TEST(BackgroundLoop, WorksAtOnceWhenWokenOrWhenThereIsMoreToDo) {
  Log log(std::tmpfile());
  std::atomic<int> count = 0;
  BackgroundLoop loop("test", absl::Hours(1), &log, [&count]() -> absl::StatusOr<bool> { return ++count < 10; });
  EXPECT_TRUE(Reaches(count, 10));
  EXPECT_FALSE(Reaches(count, 11, absl::Milliseconds(50)));
  loop.Wake();
  EXPECT_TRUE(Reaches(count, 11));
}

TEST(BackgroundLoop, LeavesAProblemAloneForAWhileAndGoesOn) {
  Log log(std::tmpfile());
  std::atomic<int> count = 0;
  BackgroundLoop loop("test", absl::Milliseconds(1), &log, [&count]() -> absl::StatusOr<bool> {
    if (++count == 1) return base::Problem(base::Reason::kStoreUnavailable, "");
    return false;
  });
  EXPECT_TRUE(Reaches(count, 1));
  EXPECT_FALSE(Reaches(count, 2, absl::Milliseconds(300)));
  EXPECT_TRUE(Reaches(count, 2));
}

TEST(BackgroundLoop, EndsAfterTheWorkThatRuns) {
  Log log(std::tmpfile());
  absl::Notification started;
  absl::Notification go_on;
  std::atomic<int> count = 0;
  BackgroundLoop loop("test", absl::ZeroDuration(), &log, [&]() -> absl::StatusOr<bool> {
    if (++count == 1) started.Notify();
    go_on.WaitForNotification();
    return true;
  });
  started.WaitForNotification();
  loop.Stop();
  EXPECT_FALSE(loop.WaitUntilEnded(absl::Now() + absl::Milliseconds(50)));
  go_on.Notify();
  EXPECT_TRUE(loop.WaitUntilEnded(absl::Now() + absl::Seconds(20)));
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace passerelle::gateway
