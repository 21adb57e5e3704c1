#include "gateway/grpc/worker_pool.h"

#include <atomic>

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
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.Submit([&ran] { ++ran; }).ok());
  pool.Drain();
  EXPECT_EQ(ran, 500);
}

TEST(WorkerPool, RefusesWhatDoesNotFitTheQueue) {
  absl::Notification started;
  absl::Notification go_on;
  std::atomic<int> ran = 0;
  WorkerPool pool(1, base::kQueuedCallsMax);
  ASSERT_TRUE(pool.Submit([&] {
                    started.Notify();
                    go_on.WaitForNotification();
                  })
                  .ok());
  started.WaitForNotification();
  for (size_t i = 0; i < base::kQueuedCallsMax; ++i) ASSERT_TRUE(pool.Submit([&ran] { ++ran; }).ok());
  EXPECT_EQ(ReasonOf(pool.Submit([&ran] { ++ran; })), Reason::kOverloaded);
  go_on.Notify();
  pool.Drain();
  EXPECT_EQ(ran, static_cast<int>(base::kQueuedCallsMax));
}

TEST(WorkerPool, RefusesWhatComesAfterDraining) {
  WorkerPool pool(2, 10);
  pool.Drain();
  pool.Drain();
  EXPECT_EQ(ReasonOf(pool.Submit([] {})), Reason::kStopping);
}

TEST(WorkerPool, WorksOnSeveralTasksAtATime) {
  WorkerPool pool(2, 10);
  absl::Notification second;
  absl::Notification done;
  ASSERT_TRUE(pool.Submit([&] {
                    second.WaitForNotification();
                    done.Notify();
                  })
                  .ok());
  ASSERT_TRUE(pool.Submit([&] { second.Notify(); }).ok());
  EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(30)));
}

}  // namespace
}  // namespace passerelle::gateway
