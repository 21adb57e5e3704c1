// What a caller may have of the node at a time.
#include "gateway/grpc/unary_call.h"

#include <any>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "gateway/system/system_clock.h"
#include "gtest/gtest.h"
#include "passerelle/relay/v1/relay_service.pb.h"

namespace passerelle::gateway {
namespace {

using base::Reason;

class CallerPartTest : public ::testing::Test {
 protected:
  CallerPartTest() : log_(std::tmpfile()) {
    CallRunner::Options options = RunnerOptions();
    options.places = places_;
    options.before_work = [this](const std::string& caller, const CallRunner::MethodEntry& method) -> absl::Status {
      ++asked_before_work_;
      if (caller != "barred") return absl::OkStatus();
      return base::Problem(Reason::kEmergencyAccess, method.service);
    };
    runner_ = MakeRunner(std::move(options));
    // As the runner of the port for wallets: another one on the same threads.
    CallRunner::Options second = RunnerOptions();
    second.places = places_;
    second.request_bytes_of_anybody_max = kRequestBytesPerCallerMax;
    second_runner_ = MakeRunner(std::move(second));
  }
  ~CallerPartTest() override { EndAll(); }

  CallRunner::Options RunnerOptions() {
    return {.pool = &pool_,
            .metrics = &metrics_,
            .log = &log_,
            .clock = &clock_,
            .call_limit = absl::Minutes(5),
            .authorise = [](const CallerCredentials& caller, absl::string_view) { return caller.certificate_sha256; }};
  }
  static std::unique_ptr<CallRunner> MakeRunner(CallRunner::Options options) {
    auto runner = std::make_unique<CallRunner>(std::move(options));
    runner->AddUnary<relay::v1::DeliverRequest, relay::v1::DeliverResponse>(
        "test.Service", "Wait", [](const CallInfo&, const relay::v1::DeliverRequest&, relay::v1::DeliverResponse*) {
          return absl::OkStatus();
        });
    return runner;
  }

  // Begins a call that waits until the node stops; OK while it does.
  absl::Status Begin(const std::string& caller, size_t bytes = 0) { return BeginOn(*runner_, caller, bytes); }
  absl::Status BeginOn(CallRunner& runner, const std::string& caller, size_t bytes = 0) {
    auto ended = std::make_shared<absl::Status>();
    CallOrigin origin;
    origin.caller.certificate_sha256 = caller;
    origin.request_bytes = bytes;
    calls_.push_back(runner.Begin(
        *runner.Find("test.Service/Wait"), std::move(origin),
        [](const CallInfo& info) { return info.stopping ? CallOutcome(absl::OkStatus()) : std::nullopt; },
        [ended](const grpc::Status& status) { *ended = FromPeer(status); }));
    // A refusal comes before Start returns; the rest ends with the test.
    calls_.back()->Start();
    return *ended;
  }
  void EndAll() {
    for (CallRunner* runner : {runner_.get(), second_runner_.get()}) {
      runner->Stop();
      EXPECT_TRUE(runner->WaitUntilIdle(absl::Now() + absl::Seconds(60)));
    }
    pool_.Drain();
    calls_.clear();
  }

  std::atomic<int> asked_before_work_ = 0;
  SystemClock clock_;
  Log log_;
  Metrics metrics_;
  WorkerPool pool_{2, 2 * base::kQueuedCallsMax};
  const std::shared_ptr<CallPlaces> places_ = std::make_shared<CallPlaces>();
  std::unique_ptr<CallRunner> runner_;
  std::unique_ptr<CallRunner> second_runner_;
  std::vector<std::unique_ptr<RunningCall>> calls_;
};

TEST_F(CallerPartTest, NobodyHasAllCalls) {
  for (int i = 0; i < kCallsPerCallerMax; ++i) ASSERT_TRUE(Begin("greedy").ok()) << i;
  EXPECT_EQ(base::ReasonOf(Begin("greedy")), Reason::kOverloaded);
  EXPECT_TRUE(Begin("modest").ok());
}

TEST_F(CallerPartTest, StrangersShareFewCalls) {
  const std::string anybody(kAnybody);
  for (int i = 0; i < kCallsOfAnybodyMax; ++i) ASSERT_TRUE(Begin(anybody).ok()) << i;
  EXPECT_EQ(base::ReasonOf(Begin(anybody)), Reason::kOverloaded);
  EXPECT_TRUE(Begin("client").ok());
}

TEST_F(CallerPartTest, StrangersAreCountedOnceWhicheverWayTheyCome) {
  const std::string anybody(kAnybody);
  for (int i = 0; i < kCallsOfAnybodyMax; ++i) {
    ASSERT_TRUE(BeginOn(i % 2 == 0 ? *runner_ : *second_runner_, anybody).ok()) << i;
  }
  EXPECT_EQ(base::ReasonOf(BeginOn(*runner_, anybody)), Reason::kOverloaded);
  EXPECT_EQ(base::ReasonOf(BeginOn(*second_runner_, anybody)), Reason::kOverloaded);
  EXPECT_TRUE(Begin("client").ok());
}

TEST_F(CallerPartTest, StrangersHaveToBeBrief) {
  const std::string anybody(kAnybody);
  EXPECT_TRUE(Begin(anybody, kRequestBytesOfAnybodyMax).ok());
  const absl::Status refused = Begin(anybody, kRequestBytesOfAnybodyMax + 1);
  EXPECT_EQ(base::ReasonOf(refused), Reason::kInputTooLarge);
  EXPECT_EQ(base::PlaceOf(refused), "request");
  EXPECT_TRUE(Begin("client", kRequestBytesOfAnybodyMax + 1).ok());
  // Where the ways in have bounds of their own.
  EXPECT_TRUE(BeginOn(*second_runner_, anybody, kRequestBytesOfAnybodyMax + 1).ok());
}

TEST_F(CallerPartTest, NobodyHasAllTheMemory) {
  constexpr size_t kLarge = kRequestBytesPerCallerMax - 1;
  ASSERT_TRUE(Begin("greedy", kLarge).ok());
  EXPECT_TRUE(Begin("greedy", 1).ok());
  EXPECT_EQ(base::ReasonOf(Begin("greedy", 1)), Reason::kOverloaded);
  EXPECT_TRUE(Begin("modest", kLarge).ok());
  EXPECT_EQ(base::ReasonOf(Begin("third", 2)), Reason::kOverloaded);
  EXPECT_TRUE(Begin("third", 1).ok());
}

TEST_F(CallerPartTest, CallsThatWaitHoldNoThread) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(Begin("patient").ok()) << i;
  CallOrigin origin;
  origin.caller.certificate_sha256 = std::string("other");
  absl::Notification ended;
  auto call = runner_->Begin(
      *runner_->Find("test.Service/Wait"), std::move(origin), [](const CallInfo&) { return absl::OkStatus(); },
      [&](const grpc::Status&) { ended.Notify(); });
  call->Start();
  EXPECT_TRUE(ended.WaitForNotificationWithTimeout(absl::Seconds(30)));
  calls_.push_back(std::move(call));
}

TEST_F(CallerPartTest, WhatWaitsFindsWhatItKeptAndIsToldOfNews) {
  absl::Notification waits;
  absl::Notification ended;
  std::shared_ptr<Pause> pause;
  std::atomic<bool> news = false;
  grpc::Status answer;
  CallOrigin origin;
  origin.caller.certificate_sha256 = std::string("patient");
  auto call = runner_->Begin(
      *runner_->Find("test.Service/Wait"), std::move(origin),
      [&](const CallInfo& info) -> CallOutcome {
        if (!info.kept->has_value()) {
          *info.kept = std::string("kept");
          pause = info.pause;
          waits.Notify();
        }
        if (std::any_cast<std::string>(*info.kept) != "kept") return base::Problem(Reason::kInternal, "");
        return news ? CallOutcome(absl::OkStatus()) : std::nullopt;
      },
      [&](const grpc::Status& status) {
        answer = status;
        ended.Notify();
      });
  call->Start();
  waits.WaitForNotification();
  EXPECT_FALSE(ended.WaitForNotificationWithTimeout(absl::Milliseconds(50)));
  news = true;
  pause->End();
  ASSERT_TRUE(ended.WaitForNotificationWithTimeout(absl::Seconds(30)));
  EXPECT_TRUE(answer.ok());
  pause->End();  // late news do no harm
  calls_.push_back(std::move(call));
}

TEST_F(CallerPartTest, WhatComesBeforeTheWorkIsAskedOnceAndCanRefuse) {
  for (const char* caller : {"let in", "barred"}) {
    std::atomic<int> worked = 0;
    absl::Notification ended;
    absl::Status status;
    CallOrigin origin;
    origin.caller.certificate_sha256 = std::string(caller);
    auto call = runner_->Begin(
        *runner_->Find("test.Service/Wait"), std::move(origin),
        [&](const CallInfo&) { return ++worked == 3 ? CallOutcome(absl::OkStatus()) : std::nullopt; },
        [&](const grpc::Status& answer) {
          status = FromPeer(answer);
          ended.Notify();
        });
    asked_before_work_ = 0;
    call->Start();
    ASSERT_TRUE(ended.WaitForNotificationWithTimeout(absl::Seconds(30)));
    const bool barred = std::string(caller) == "barred";
    EXPECT_EQ(asked_before_work_, 1) << caller;
    EXPECT_EQ(worked, barred ? 0 : 3) << caller;
    EXPECT_EQ(status.ok(), !barred) << status;
    EXPECT_EQ(!status.ok() && base::ReasonOf(status) == Reason::kEmergencyAccess, barred) << status;
    calls_.push_back(std::move(call));
  }
}

TEST(PauseTest, NewsBeforeTheWaitEndItAtOnce) {
  const auto pause = std::make_shared<Pause>();
  int again = 0;
  pause->End();
  Pause::Begin(pause, [&] { ++again; });
  EXPECT_EQ(again, 1);
  // And only that one.
  absl::Notification over;
  Pause::Begin(pause, [&] { over.Notify(); });
  EXPECT_FALSE(over.HasBeenNotified());
  over.WaitForNotification();
}

TEST_F(CallerPartTest, WhatEndedCountsNoMore) {
  for (int i = 0; i < 3 * kCallsPerCallerMax; ++i) {
    CallOrigin origin;
    origin.caller.certificate_sha256 = std::string("busy");
    origin.request_bytes = kRequestBytesPerCallerMax;
    absl::Notification ended;
    absl::Status status;
    auto call = runner_->Begin(
        *runner_->Find("test.Service/Wait"), std::move(origin), [](const CallInfo&) { return absl::OkStatus(); },
        [&](const grpc::Status& answer) {
          status = FromPeer(answer);
          ended.Notify();
        });
    call->Start();
    ended.WaitForNotification();
    ASSERT_TRUE(status.ok()) << i << " " << status;
    calls_.push_back(std::move(call));
  }
}

}  // namespace
}  // namespace passerelle::gateway
