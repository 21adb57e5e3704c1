// The connector against a server that plays the router.
#include "gateway/registers/esc_router.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::FakeClock;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::LoopbackServer;
using ::passerelle::testing::WebReply;

std::string NumberOf(int i) { return absl::StrCat("5f0c7a10-3b2e-11ef-8a4d-", 100912345678 + i); }

class EscRouterTest : public ::testing::Test {
 protected:
  std::unique_ptr<EscRouter> Open(const std::string& origin, absl::Duration limit = absl::Seconds(5)) {
    config::v1::StudentCards config;
    config.set_router(origin);
    *config.mutable_time_limit() = base::ToProto(limit);
    return *EscRouter::Open(config, &clock_);
  }
  // "ACTIVE", or "CANNOT_BE_ESTABLISHED" and the reason.
  static std::string Status(EscRouter& router, int card = 0) {
    const auto answer = router.Check(NumberOf(card));
    if (!answer.ok()) return std::string(base::Catalogue(base::ReasonOf(answer.status())).name);
    const std::string word =
        authenticity::v1::StudentCardStatus_Name(answer->status()).substr(sizeof("STUDENT_CARD_STATUS_") - 1);
    return answer->reason().empty() ? word : absl::StrCat(word, " ", answer->reason());
  }
  WebReply Serve(const std::string& path) {
    const absl::MutexLock lock(&mutex_);
    paths_.push_back(path);
    if (!reply_.body.empty() || reply_.status != 200) return reply_;
    const std::string number = path.substr(path.rfind('/') + 1);
    return {200,
            absl::StrCat(R"({"cardNumber":")", number, R"(","cardStatusType":{"key":")", word_,
                         R"("},"expiresAt":"2030-01-02"})"),
            ""};
  }
  void Reply(const WebReply& reply) {
    const absl::MutexLock lock(&mutex_);
    reply_ = reply;
  }
  void Word(const std::string& word) {
    const absl::MutexLock lock(&mutex_);
    word_ = word;
  }

  FakeClock clock_;  // on 2030-01-02
  absl::Mutex mutex_;
  std::vector<std::string> paths_ ABSL_GUARDED_BY(mutex_);
  WebReply reply_ ABSL_GUARDED_BY(mutex_);  // instead of an answer about the card, unless empty
  std::string word_ ABSL_GUARDED_BY(mutex_) = "ACTIVE";
  LoopbackServer server_{[this](const std::string& path, const std::string&) { return Serve(path); }};
};

TEST_F(EscRouterTest, AsksTheInterfaceThatIsNamed) {
  config::v1::StudentCards config;
  config.set_router(server_.origin());
  *config.mutable_time_limit() = base::ToProto(absl::Seconds(5));
  EXPECT_OK((*EscRouter::Open(config, &clock_))->Check(NumberOf(0)));
  config.set_interface(config::v1::STUDENT_CARD_INTERFACE_STATUS_V2);
  EXPECT_OK((*EscRouter::Open(config, &clock_))->Check(NumberOf(0)));
  const absl::MutexLock lock(&mutex_);
  EXPECT_EQ(paths_, (std::vector<std::string>{"/esc-verifier-service/api/v1/cards/verify/" + NumberOf(0),
                                              "/esc-rest/api/v2/cards/" + NumberOf(0) + "/status"}));
}

struct RouterReply {
  const char* what;
  WebReply reply;
  const char* status;
};

TEST_F(EscRouterTest, WhatIsNoAnswerIsNeitherYesNorNo) {
  const auto router = Open(server_.origin());
  int card = 0;
  for (const RouterReply& row : {
           RouterReply{"the router fails", {500, "", ""}, "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE"},
           RouterReply{"the router is busy", {429, "{}", ""}, "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE"},
           RouterReply{"malformed", {200, "{", ""}, "CANNOT_BE_ESTABLISHED CARD_ROUTER_ANSWER"},
           RouterReply{"too large",
                       {200, std::string(registers::kCardAnswerBytesMax + 1, ' '), ""},
                       "CANNOT_BE_ESTABLISHED CARD_ROUTER_ANSWER"},
           RouterReply{"another card",
                       {200, R"({"cardNumber":"0","cardStatusType":{"key":"ACTIVE"}})", ""},
                       "CANNOT_BE_ESTABLISHED CARD_ROUTER_ANSWER"},
           RouterReply{
               "elsewhere", {302, "", "http://localhost:1/card"}, "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE"},
           RouterReply{"no such card", {404, R"({"code":"ER-0001"})", ""}, "NOT_REGISTERED"},
       }) {
    Reply(row.reply);
    EXPECT_EQ(Status(*router, ++card), row.status) << row.what;
  }
}

TEST_F(EscRouterTest, ARouterThatIsAwayOrSaysNothingIsNeitherYesNorNo) {
  std::string origin;
  {
    const LoopbackServer gone([](const std::string&, const std::string&) { return WebReply{}; });
    origin = gone.origin();
  }
  EXPECT_EQ(Status(*Open(origin)), "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE");
  absl::Notification over;
  const LoopbackServer silent([&over](const std::string&, const std::string&) {
    over.WaitForNotification();
    return WebReply{};
  });
  EXPECT_EQ(Status(*Open(silent.origin(), absl::Milliseconds(100))), "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE");
  over.Notify();
}

TEST_F(EscRouterTest, AnAnswerIsUsedAgainForAWhile) {
  const auto router = Open(server_.origin());
  ASSERT_OK_AND_ASSIGN(const auto first, router->Check(NumberOf(0)));
  EXPECT_EQ(base::FromProto(first.check_time()), absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now())));
  Word("INACTIVE");
  clock_.Advance(kCardAnswerLife - absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto again, router->Check(NumberOf(0)));
  EXPECT_EQ(again.DebugString(), first.DebugString());
  EXPECT_EQ(server_.requests(), 1);
  // Each card has its own.
  EXPECT_EQ(Status(*router, 1), "INACTIVE");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Status(*router), "INACTIVE");
  EXPECT_EQ(server_.requests(), 3);
}

TEST_F(EscRouterTest, ACardExpiresWhileItsAnswerIsKept) {
  const auto router = Open(server_.origin());
  clock_.Set(absl::FromUnixSeconds(1893628800) - absl::Minutes(1));  // a minute before 2030-01-03
  EXPECT_EQ(Status(*router), "ACTIVE");
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Status(*router), "EXPIRED");
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(EscRouterTest, AFailureIsKeptForLessLong) {
  const auto router = Open(server_.origin());
  Reply({503, "", ""});
  EXPECT_EQ(Status(*router), "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE");
  Reply({});
  clock_.Advance(kCardFailureLife - absl::Seconds(1));
  EXPECT_EQ(Status(*router), "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE");
  EXPECT_EQ(server_.requests(), 1);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Status(*router), "ACTIVE");
}

TEST_F(EscRouterTest, SoManyQuestionsGoOutInAMinute) {
  const auto router = Open(server_.origin());
  for (int i = 0; i < kCardQuestionsPerMinuteMax; ++i) ASSERT_EQ(Status(*router, i), "ACTIVE");
  EXPECT_THAT(router->Check(NumberOf(kCardQuestionsPerMinuteMax)), HasReasonAt(Reason::kOverloaded, "student_cards"));
  // What is kept needs no question.
  EXPECT_EQ(Status(*router, 7), "ACTIVE");
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(Status(*router, kCardQuestionsPerMinuteMax), "ACTIVE");
  EXPECT_EQ(server_.requests(), kCardQuestionsPerMinuteMax + 1);
}

TEST_F(EscRouterTest, SoManyQuestionsAreOutAtATime) {
  absl::Notification over;
  const LoopbackServer slow([&over](const std::string&, const std::string&) {
    over.WaitForNotification();
    return WebReply{503, "", ""};
  });
  const auto router = Open(slow.origin(), absl::Seconds(30));
  absl::Mutex mutex;
  std::vector<std::string> answered;
  std::vector<std::thread> clients;
  for (int i = 0; i <= kCardQuestionsAtOnceMax; ++i) {
    clients.emplace_back([&, i] {
      const std::string status = Status(*router, i);
      const absl::MutexLock lock(&mutex);
      answered.push_back(status);
    });
  }
  // Whoever comes last is told so while the others wait.
  {
    const absl::MutexLock lock(&mutex);
    const auto first = [&answered] { return !answered.empty(); };
    mutex.Await(absl::Condition(&first));
    EXPECT_EQ(answered, std::vector<std::string>{"OVERLOADED"});
  }
  over.Notify();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(std::count(answered.begin(), answered.end(), "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE"),
            kCardQuestionsAtOnceMax);
  // Their places are free again.
  EXPECT_EQ(Status(*router, kCardQuestionsAtOnceMax + 1), "CANNOT_BE_ESTABLISHED CARD_ROUTER_UNAVAILABLE");
}

TEST_F(EscRouterTest, TheOldestAnswerMakesRoom) {
  const auto router = Open(server_.origin());
  const int fit = static_cast<int>(kCardAnswersMax);
  for (int i = 0; i <= fit; ++i) {
    if (i > 0 && i % kCardQuestionsPerMinuteMax == 0) clock_.Advance(absl::Minutes(1));
    clock_.Advance(absl::Milliseconds(1));
    ASSERT_EQ(Status(*router, i), "ACTIVE");
  }
  ASSERT_EQ(server_.requests(), fit + 1);
  EXPECT_EQ(Status(*router, 1), "ACTIVE");
  EXPECT_EQ(Status(*router, fit), "ACTIVE");
  EXPECT_EQ(server_.requests(), fit + 1);
  EXPECT_EQ(Status(*router, 0), "ACTIVE");
  EXPECT_EQ(server_.requests(), fit + 2);
}

}  // namespace
}  // namespace passerelle::gateway
