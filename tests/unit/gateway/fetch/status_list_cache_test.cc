#include "gateway/fetch/status_list_cache.h"

#include <atomic>
#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::FakeClock;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::LoopbackServer;
using ::passerelle::testing::WebReply;

class StatusListCacheTest : public ::testing::Test {
 protected:
  // Fetches all that is due.
  void RefreshAll() {
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) more = cache_.Refresh();
    EXPECT_OK(more);
  }
  std::string Held(const std::string& path) const {
    const auto list = cache_.Find(server_.origin() + path);
    return list ? *list->bytes : "none";
  }

  std::atomic<int> version_ = 1;
  std::atomic<bool> broken_ = false;
  LoopbackServer server_{[this](const std::string& path, const std::string&) {
    return WebReply{broken_ || path.rfind("/none", 0) == 0 ? 503 : 200, path + std::to_string(version_), ""};
  }};
  FakeClock clock_;
  StatusListCache cache_{*Fetcher::Make({{server_.origin(), {}, ""}}), &clock_};
};

TEST_F(StatusListCacheTest, AQuestionFetchesNothingAndIsAWish) {
  EXPECT_EQ(Held("/a"), "none");
  EXPECT_EQ(server_.requests(), 0);
  RefreshAll();
  EXPECT_EQ(Held("/a"), "/a1");
  EXPECT_EQ(cache_.Find(server_.origin() + "/a")->fetched_at, clock_.Now());
  EXPECT_EQ(server_.requests(), 1);
}

TEST_F(StatusListCacheTest, WishesForOtherServersAreNotTaken) {
  EXPECT_EQ(cache_.Find("https://other.example/list"), std::nullopt);
  ASSERT_OK_AND_ASSIGN(const bool more, cache_.Refresh());
  EXPECT_FALSE(more);
}

TEST_F(StatusListCacheTest, ListsAreFetchedAnewBeforeTheyAreStale) {
  EXPECT_EQ(Held("/a"), "none");
  RefreshAll();
  version_ = 2;
  clock_.Advance(kStatusRefresh - absl::Seconds(1));
  RefreshAll();
  EXPECT_EQ(Held("/a"), "/a1");
  clock_.Advance(absl::Seconds(2));
  RefreshAll();
  EXPECT_EQ(Held("/a"), "/a2");
}

TEST_F(StatusListCacheTest, AServerThatFailsLeavesTheListWithItsAge) {
  EXPECT_EQ(Held("/a"), "none");
  RefreshAll();
  const absl::Time fetched = clock_.Now();
  broken_ = true;
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(cache_.Refresh(), HasReason(Reason::kNoEvidence));
  EXPECT_EQ(Held("/a"), "/a1");
  EXPECT_EQ(cache_.Find(server_.origin() + "/a")->fetched_at, fetched);
  // Left alone for a while, then tried again.
  broken_ = false;
  RefreshAll();
  EXPECT_EQ(server_.requests(), 2);
  clock_.Advance(kStatusRetry);
  RefreshAll();
  EXPECT_EQ(cache_.Find(server_.origin() + "/a")->fetched_at, clock_.Now());
}

TEST_F(StatusListCacheTest, ForgetsWhatNobodyAsksFor) {
  EXPECT_EQ(Held("/a"), "none");
  RefreshAll();
  clock_.Advance(kStatusUnused + absl::Seconds(1));
  RefreshAll();
  EXPECT_EQ(server_.requests(), 1);
  EXPECT_EQ(Held("/a"), "none");
}

// Whoever can have documents verified can have them name any address of an allowed server.
TEST_F(StatusListCacheTest, AddressesWithoutAListKeepNoListOutAndHoldNoneUp) {
  for (size_t i = 0; i < kStatusListsKeptMax; ++i) EXPECT_EQ(Held("/none" + std::to_string(i)), "none");
  for (size_t i = 0; i < kStatusListsKeptMax; ++i) EXPECT_THAT(cache_.Refresh(), HasReason(Reason::kNoEvidence));
  clock_.Advance(kStatusRetry);
  EXPECT_EQ(Held("/a"), "none");
  EXPECT_OK(cache_.Refresh());
  EXPECT_EQ(Held("/a"), "/a1");
  // Fetched anew before the others are tried again, though those have waited longer.
  version_ = 2;
  clock_.Advance(kStatusRefresh);
  EXPECT_OK(cache_.Refresh());
  EXPECT_EQ(Held("/a"), "/a2");
}

TEST_F(StatusListCacheTest, TakesUpNoMoreThanTheLimit) {
  for (size_t i = 0; i <= kStatusListsKeptMax; ++i) EXPECT_EQ(Held("/" + std::to_string(i)), "none");
  RefreshAll();
  EXPECT_EQ(server_.requests(), static_cast<int>(kStatusListsKeptMax));
}

}  // namespace
}  // namespace passerelle::gateway
