#include "gateway/grpc/worker_pool.h"

#include <atomic>
#include <string>

#include "absl/synchronization/notification.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using base::ReasonOf;

TEST(WorkerPool, RunsWhatIsSubmittedAndWaitsForItWhenDraining) {
  std::atomic<int> ran = 0;
  WorkerPool pool(3, 1000);
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.Submit("a", [&ran] { ++ran; }).ok());
  pool.Drain();
  EXPECT_EQ(ran, 500);
}

TEST(WorkerPool, RefusesWhatDoesNotFitTheQueue) {
  absl::Notification started;
  absl::Notification go_on;
  std::atomic<int> ran = 0;
  WorkerPool pool(1, base::kQueuedCallsMax);
  ASSERT_TRUE(pool.Submit("a",
                          [&] {
                            started.Notify();
                            go_on.WaitForNotification();
                          })
                  .ok());
  started.WaitForNotification();
  for (size_t i = 0; i < base::kQueuedCallsMax; ++i) ASSERT_TRUE(pool.Submit("a", [&ran] { ++ran; }).ok());
  EXPECT_EQ(ReasonOf(pool.Submit("a", [&ran] { ++ran; })), Reason::kOverloaded);
  go_on.Notify();
  pool.Drain();
  EXPECT_EQ(ran, static_cast<int>(base::kQueuedCallsMax));
}

TEST(WorkerPool, LetsCallersTakeTurns) {
  absl::Notification started;
  absl::Notification go_on;
  std::string order;
  WorkerPool pool(1, 1000);
  ASSERT_TRUE(pool.Submit("first",
                          [&] {
                            started.Notify();
                            go_on.WaitForNotification();
                          })
                  .ok());
  started.WaitForNotification();
  for (const char* const caller : {"a", "a", "a", "a", "b", "b", "c"}) {
    ASSERT_TRUE(pool.Submit(caller, [&order, caller] { order += caller; }).ok());
  }
  go_on.Notify();
  pool.Drain();
  EXPECT_EQ(order, "abcabaa") << "as they come for each, and by turns among them";
}

TEST(WorkerPool, RefusesWhatComesAfterDraining) {
  WorkerPool pool(2, 10);
  pool.Drain();
  pool.Drain();
  EXPECT_EQ(ReasonOf(pool.Submit("a", [] {})), Reason::kStopping);
}

TEST(WorkerPool, WorksOnSeveralTasksAtATime) {
  WorkerPool pool(2, 10);
  absl::Notification second;
  absl::Notification done;
  ASSERT_TRUE(pool.Submit("a",
                          [&] {
                            second.WaitForNotification();
                            done.Notify();
                          })
                  .ok());
  ASSERT_TRUE(pool.Submit("a", [&] { second.Notify(); }).ok());
  EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(30)));
}

}  // namespace
}  // namespace passerelle::gateway
