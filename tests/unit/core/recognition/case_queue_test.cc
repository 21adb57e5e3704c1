#include "core/recognition/case_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::recognition {
namespace {

using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kMay(2026, 5, 15);
const absl::CivilDay kJune(2026, 6, 1);

class CaseQueueTest : public ::testing::Test {
 protected:
  void Move(const std::string& id, std::optional<absl::CivilDay> from, std::optional<absl::CivilDay> to) {
    ASSERT_OK(store_.Write([&](base::Transaction& tx) { return MoveInQueue(id, from, to, tx); }));
  }
  absl::StatusOr<std::vector<QueuePlace>> List(const std::string& after, const std::string& until, int limit) {
    std::vector<QueuePlace> places;
    const absl::Status read = store_.Read([&](base::Transaction& tx) -> absl::Status {
      auto listed = ListQueue(after, until, limit, tx);
      if (listed.ok()) places = *listed;
      return listed.status();
    });
    if (!read.ok()) return read;
    return places;
  }
  std::vector<std::string> Ids(const std::string& after = "", const std::string& until = "", int limit = 100) {
    std::vector<std::string> ids;
    const auto places = List(after, until, limit);
    EXPECT_OK(places.status());
    for (const QueuePlace& place : *places) ids.push_back(absl::StrCat(place.case_id, "@", place.day));
    return ids;
  }

  passerelle::testing::MemoryStore store_;
};

TEST_F(CaseQueueTest, ListsByDayWhateverTheOrderInWhichCasesCame) {
  Move("a", std::nullopt, kJune);
  Move("b", std::nullopt, kMay);
  Move("c", std::nullopt, kJune);
  Move("d", std::nullopt, std::nullopt);
  EXPECT_THAT(Ids(), ElementsAre("b@2026-05-15", "a@2026-06-01", "c@2026-06-01"));
  EXPECT_THAT(Ids("", "2026-05-15"), ElementsAre("b@2026-05-15"));
  EXPECT_THAT(Ids("", "2026-05-14"), IsEmpty());
  EXPECT_THAT(Ids("", "", 2), ElementsAre("b@2026-05-15", "a@2026-06-01"));
  EXPECT_THAT(Ids("due/2026-06-01/a", "", 2), ElementsAre("c@2026-06-01"));
}

TEST_F(CaseQueueTest, ACaseHasOnePlaceAndADayThatIsEmptyGoes) {
  Move("a", std::nullopt, kMay);
  Move("a", kMay, kJune);
  EXPECT_THAT(Ids(), ElementsAre("a@2026-06-01"));
  Move("a", kJune, kJune);
  Move("a", kJune, std::nullopt);
  EXPECT_THAT(Ids(), IsEmpty());
  Move("a", kJune, std::nullopt);  // once more changes nothing
  EXPECT_THAT(Ids(), IsEmpty());
  ASSERT_OK(store_.Read([&](base::Transaction& tx) -> absl::Status {
    EXPECT_THAT(*tx.List(base::Table::kCase, "due", "", 10), IsEmpty());
    return absl::OkStatus();
  }));
}

TEST_F(CaseQueueTest, APlaceThatIsGoneLeadsBackToTheBeginOfItsDaySoThatNothingIsLeftOut) {
  for (const char* id : {"a", "b", "c"}) Move(id, std::nullopt, kMay);
  Move("d", std::nullopt, kJune);
  const auto first = List("", "", 2);
  ASSERT_OK(first.status());
  Move("b", kMay, std::nullopt);
  EXPECT_THAT(Ids((*first)[1].key), ElementsAre("a@2026-05-15", "c@2026-05-15", "d@2026-06-01"));
  // The last of its day is gone, and the day with it.
  Move("a", kMay, std::nullopt);
  Move("c", kMay, std::nullopt);
  EXPECT_THAT(Ids((*first)[1].key), ElementsAre("d@2026-06-01"));
}

TEST_F(CaseQueueTest, RefusesWhatIsNoPlace) {
  for (const char* key : {"a", "due/", "due/2026-13-01/a", "case/2026-05-15/a"}) {
    EXPECT_THAT(List(key, "", 2), HasReasonAt(base::Reason::kFieldInvalid, "page_token")) << key;
  }
}

// More days than one look at the list of days takes.
TEST_F(CaseQueueTest, FindsEveryDayOfMany) {
  for (int i = 0; i < 450; ++i) Move(absl::StrCat("case-", i), std::nullopt, kMay + (i * 7) % 450);
  const auto places = List("", "", 1000);
  ASSERT_OK(places.status());
  ASSERT_EQ(places->size(), 450u);
  for (size_t i = 1; i < places->size(); ++i) EXPECT_LT((*places)[i - 1].day, (*places)[i].day);
}

}  // namespace
}  // namespace passerelle::recognition
