#include "core/base/idempotency.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;

constexpr char kId[] = "0b8f7a52-6c1e-4a39-9f0d-2f6f3d8a1c01";

class IdempotencyTest : public ::testing::Test {
 protected:
  // What Once returns when the work would name `reference`.
  absl::StatusOr<std::string> Send(absl::string_view client, absl::string_view id, absl::string_view request,
                                   const std::string& reference) {
    absl::StatusOr<std::string> result;
    const absl::Status status = store_.Write([&](Transaction& tx) -> absl::Status {
      result = Once(tx, client, id, request, now_, [&]() -> absl::StatusOr<std::string> {
        ++runs_;
        if (reference.empty()) return Problem(Reason::kFieldInvalid, "purpose");
        return reference;
      });
      return result.status();
    });
    return status.ok() ? result : status;
  }

  passerelle::testing::MemoryStore store_;
  absl::Time now_ = absl::FromUnixSeconds(1'900'000'000);
  int runs_ = 0;
};

TEST_F(IdempotencyTest, TheSameRequestIsCarriedOutOnceAndGivesTheFirstAnswer) {
  EXPECT_THAT(Send("a", kId, "request", "first"), IsOkAndHolds("first"));
  EXPECT_THAT(Send("a", kId, "request", "second"), IsOkAndHolds("first"));
  EXPECT_THAT(Send("a", "0B8F7A52-6C1E-4A39-9F0D-2F6F3D8A1C01", "request", "third"), IsOkAndHolds("first"));
  EXPECT_EQ(runs_, 1);
}

TEST_F(IdempotencyTest, TheSameIdWithAnotherContentIsRefused) {
  ASSERT_OK(Send("a", kId, "request", "first"));
  EXPECT_THAT(Send("a", kId, "another request", "second"), HasReasonAt(Reason::kRequestIdReused, "request_id"));
  EXPECT_EQ(runs_, 1);
}

TEST_F(IdempotencyTest, IdsCountPerClient) {
  EXPECT_THAT(Send("a", kId, "request", "first"), IsOkAndHolds("first"));
  EXPECT_THAT(Send("b", kId, "another request", "second"), IsOkAndHolds("second"));
}

TEST_F(IdempotencyTest, WhatFailedIsNotRemembered) {
  EXPECT_THAT(Send("a", kId, "request", ""), HasReason(Reason::kFieldInvalid));
  EXPECT_THAT(Send("a", kId, "corrected request", "second"), IsOkAndHolds("second"));
}

TEST_F(IdempotencyTest, ARequestIsForgottenWhenItsTimeIsOver) {
  ASSERT_OK(Send("a", kId, "request", "first"));
  const absl::Time sent = now_;
  now_ += kRequestMemory - absl::Seconds(1);
  // More than are deleted in one transaction.
  constexpr int kLater = 1200;
  for (int i = 0; i < kLater; ++i) ASSERT_OK(Send(absl::StrCat("client ", i), kId, "request", "later"));
  EXPECT_THAT(ForgetRequests(now_, store_), IsOkAndHolds(0));
  EXPECT_THAT(Send("a", kId, "request", "second"), IsOkAndHolds("first"));
  EXPECT_THAT(ForgetRequests(sent + kRequestMemory, store_), IsOkAndHolds(1));
  EXPECT_THAT(Send("a", kId, "another request", "third"), IsOkAndHolds("third"));
  EXPECT_THAT(ForgetRequests(now_ + kRequestMemory, store_), IsOkAndHolds(kLater + 1));
}

TEST_F(IdempotencyTest, RefusesWhatIsNoUuid) {
  EXPECT_THAT(Send("a", "", "request", "x"), HasReasonAt(Reason::kFieldMissing, "request_id"));
  for (const char* id : {"1", "0b8f7a526c1e4a399f0d2f6f3d8a1c01", "{0b8f7a52-6c1e-4a39-9f0d-2f6f3d8a1c01}",
                         "0b8f7a52-6c1e-4a39-9f0d-2f6f3d8a1c0g", "0b8f7a52-6c1e-4a39-9f0d-2f6f3d8a1c01 ",
                         "0b8f7a5206c1e-4a39-9f0d-2f6f3d8a1c01", "0b8f7a52-6c1e-4a39-9f0d-2f6f3d8a1c\xC3\xA9"}) {
    EXPECT_THAT(Send("a", id, "request", "x"), HasReasonAt(Reason::kFieldInvalid, "request_id")) << id;
  }
  EXPECT_EQ(runs_, 0);
}

// The example of RFC 9562, appendix A.6.
TEST(UuidTest, BeginsWithTheTime) {
  class Given : public Random {
    std::string Bytes(size_t count) override {
      const std::string bytes("\0\0\0\0\0\0\x0c\xc3\x18\xc4\xdc\x0c\x0c\x07\x39\x8f", 16);
      return bytes.substr(0, count);
    }
  } random;
  const std::string id = NewTimedUuid(random, absl::FromUnixMillis(1'645'557'742'000));
  EXPECT_EQ(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_LT(id, NewTimedUuid(random, absl::FromUnixMillis(1'645'557'742'001)));
  EXPECT_TRUE(IsUuid(id));
}

}  // namespace
}  // namespace passerelle::base
