#include "gateway/node/metered.h"

#include <cstdio>
#include <string>

#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using ::passerelle::testing::HasReason;
using ::passerelle::testing::IsOkAndHolds;
using ::testing::HasSubstr;

constexpr char kMessageType[] = "passerelle.exchange.v1.CredentialQuery";

class CostlyHandler : public relay::Handler {
 public:
  std::string Type() const override { return kMessageType; }
  absl::StatusOr<std::string> Prepare(const relay::Opened& message) override {
    if (message.body.empty()) return base::Problem(base::Reason::kFieldMissing, "body");
    return "prepared " + message.body;
  }
  bool PrepareIsCostly() const override { return costly; }
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& /*message*/, const std::string& prepared,
                                      base::Transaction& /*tx*/) override {
    return relay::Reply{"reply", prepared};
  }
  bool costly = false;
};

class MeteredHandlerTest : public ::testing::Test {
 protected:
  MeteredHandlerTest() { message_.body = "body"; }
  ~MeteredHandlerTest() override { std::fclose(stream_); }

  std::FILE* const stream_ = std::tmpfile();
  Metrics metrics_;
  Log log_{stream_};
  CostlyHandler inner_;
  MeteredHandler handler_{&inner_, &metrics_, &log_};
  relay::Opened message_;
};

TEST_F(MeteredHandlerTest, SaysAllThatTheHandlerSays) {
  EXPECT_EQ(handler_.Type(), kMessageType);
  EXPECT_THAT(handler_.Prepare(message_), IsOkAndHolds("prepared body"));
  for (const bool costly : {false, true}) {
    inner_.costly = costly;
    EXPECT_EQ(handler_.PrepareIsCostly(), costly);
  }
  passerelle::testing::MemoryStore store;
  EXPECT_OK(store.Write([&](base::Transaction& tx) -> absl::Status {
    const absl::StatusOr<relay::Reply> reply = handler_.Handle(message_, "prepared", tx);
    EXPECT_EQ(reply.ok() ? reply->body : "", "prepared");
    return reply.status();
  }));
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"accepted\""));
}

TEST_F(MeteredHandlerTest, CountsWhatWasRefusedBeforeTheTransaction) {
  message_.body.clear();
  EXPECT_THAT(handler_.Prepare(message_), HasReason(base::Reason::kFieldMissing));
  EXPECT_THAT(metrics_.Text(), HasSubstr("outcome=\"refused\""));
}

}  // namespace
}  // namespace passerelle::gateway
